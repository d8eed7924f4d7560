/** Questions that share a statement; what waits beyond takes its turn. */
const MOST_TOGETHER = 32;

/** What makes answers out of what the database told, in the order in which the questions were given. */
type MakeAnswers<A> = () => readonly A[];

/** Asks questions about one jurisdiction. */
type AskTogether<Q, A> = (jurisdiction: string, questions: readonly Q[]) => Promise<MakeAnswers<A>>;

/**
 * Has questions about a jurisdiction share a statement that are asked in one turn of the process, or while another is on its way: one more
 * in it costs a fraction of a statement. Two at a time would each be shared by half as many. They are asked in the order in which they came.
 * Where a shared statement fails, or no answers can be made of what it brought, each is asked alone, so that what is wrong with one is nobody
 * else's trouble; others wait meanwhile, but for those of one statement that may be on its way already.
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
  /** Those of whose answers none could be made, until they are answered. */
  #askedAgain: Promise<void> | undefined;

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
    this.#isUnderWay = true;
    if (this.#askedAgain) await this.#askedAgain;
    const answer = await this.#asked(this.#waiting.splice(0, MOST_TOGETHER));
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
      return this.#failed(some, error);
    }
  }

  #answer(some: readonly Waiting<Q, A>[], make: MakeAnswers<A>): void {
    try {
      const answers = make();
      some.forEach(({ done }, index) => done(answers[index]!));
    } catch (error) {
      const again = this.#failed(some, error).then((answer) => answer());
      this.#askedAgain = again;
      void again.then(() => {
        if (this.#askedAgain === again) this.#askedAgain = undefined;
      });
    }
  }

  async #failed(some: readonly Waiting<Q, A>[], error: unknown): Promise<() => void> {
    if (some.length === 1) return () => some[0]!.failed(error);
    const answers = await Promise.all(some.map((one) => this.#asked([one])));
    return () => answers.forEach((answer) => answer());
  }
}
