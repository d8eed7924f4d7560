/** Questions that share a statement; what waits beyond takes its turn. */
const MOST_TOGETHER = 32;

/** What makes answers out of what the database told, in the order in which the questions were given. */
type MakeAnswers<A> = () => readonly A[];

/** Asks questions about one jurisdiction. */
type AskTogether<Q, A> = (jurisdiction: string, questions: readonly Q[]) => Promise<MakeAnswers<A>>;

/**
 * Has questions about a jurisdiction share a statement that are asked in one turn of the process, or while another is on its way: one more
 * in it costs a fraction of a statement, and of two on their way at a time each would be shared by half as many. They are asked in the order
 * in which they came. Where a shared statement fails each is asked alone, so that what is wrong with one is nobody else's trouble.
 */
export function gathered<Q, A>(ask: AskTogether<Q, A>): (jurisdiction: string, question: Q) => Promise<A> {
  const places = new Map<string, Gatherer<Q, A>>();
  return (jurisdiction, question) => {
    const place = places.get(jurisdiction) ?? new Gatherer((questions) => ask(jurisdiction, questions));
    places.set(jurisdiction, place);
    return place.ask(question);
  };
}

/** A question that somebody waits for. */
interface Waiting<Q, A> {
  readonly question: Q;
  readonly done: (answer: A) => void;
  readonly failed: (error: unknown) => void;
}

class Gatherer<Q, A> {
  readonly #ask: (questions: readonly Q[]) => Promise<MakeAnswers<A>>;
  readonly #waiting: Waiting<Q, A>[] = [];
  #isUnderWay = false;

  constructor(ask: (questions: readonly Q[]) => Promise<MakeAnswers<A>>) {
    this.#ask = ask;
  }

  ask(question: Q): Promise<A> {
    return new Promise((done, failed) => {
      const waiting = this.#waiting.push({ question, done, failed });
      if (waiting === 1) setImmediate(() => this.#askWaiting());
    });
  }

  #askWaiting(): void {
    if (!this.#isUnderWay && this.#waiting.length > 0) void this.#askNext();
  }

  async #askNext(): Promise<void> {
    const some = this.#waiting.splice(0, MOST_TOGETHER);
    this.#isUnderWay = true;
    const answer = await this.#asked(some);
    this.#isUnderWay = false;
    this.#askWaiting();
    // Once the next statement is sent: PostgreSQL works on it while these answers are made, and what comes of them.
    process.nextTick(answer);
  }

  /** Asks for everybody, and gives what answers them; never rejects. */
  async #asked(some: readonly Waiting<Q, A>[]): Promise<() => void> {
    try {
      const make = await this.#ask(some.map(({ question }) => question));
      return () => this.#answer(some, make);
    } catch (error) {
      return () => this.#failed(some, error);
    }
  }

  #answer(some: readonly Waiting<Q, A>[], make: MakeAnswers<A>): void {
    try {
      const answers = make();
      some.forEach(({ done }, index) => done(answers[index]!));
    } catch (error) {
      this.#failed(some, error);
    }
  }

  #failed(some: readonly Waiting<Q, A>[], error: unknown): void {
    if (some.length === 1) some[0]!.failed(error);
    else for (const one of some) void this.#asked([one]).then((answer) => answer());
  }
}
