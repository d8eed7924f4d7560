/** Statements of one place on their way at a time, but for what is asked alone after a failure: PostgreSQL works on one while answers are made of what another brought. */
const UNDER_WAY = 2;
/** Questions that share a statement; what waits beyond takes its turn. */
const MOST_TOGETHER = 32;

/** Answers questions about one jurisdiction, in the order given. */
type AskTogether<Q, A> = (jurisdiction: string, questions: readonly Q[]) => Promise<readonly A[]>;

/**
 * Has questions about a jurisdiction share a statement that are asked in one turn of the process, or while others are on their way: one
 * more in it costs a fraction of a statement. They are asked in the order in which they came. Where a shared statement fails each is asked
 * alone, so that what is wrong with one is nobody else's trouble.
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
  readonly #ask: (questions: readonly Q[]) => Promise<readonly A[]>;
  readonly #waiting: Waiting<Q, A>[] = [];
  #underWay = 0;

  constructor(ask: (questions: readonly Q[]) => Promise<readonly A[]>) {
    this.#ask = ask;
  }

  ask(question: Q): Promise<A> {
    return new Promise((done, failed) => {
      const waiting = this.#waiting.push({ question, done, failed });
      if (waiting === 1) setImmediate(() => this.#askWaiting());
    });
  }

  #askWaiting(): void {
    while (this.#underWay < UNDER_WAY && this.#waiting.length > 0) void this.#askNext();
  }

  async #askNext(): Promise<void> {
    this.#underWay += 1;
    await this.#answer(this.#waiting.splice(0, MOST_TOGETHER));
    this.#underWay -= 1;
    this.#askWaiting();
  }

  /** Answers everybody; never rejects. */
  async #answer(some: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.#ask(some.map(({ question }) => question));
      some.forEach(({ done }, index) => done(answers[index]!));
    } catch (error) {
      if (some.length === 1) some[0]!.failed(error);
      else await Promise.all(some.map((one) => this.#answer([one])));
    }
  }
}
