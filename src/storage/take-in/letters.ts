import type { RowCounts, RowOutcome } from '../../domain/intake/list-definition.ts';
import { LETTERS } from '../row-blocks.ts';

const codeOf = (outcome: RowOutcome): number => LETTERS[outcome].charCodeAt(0);

/** One letter a row for what has become of it: all that the work on a submission keeps in memory of every row. */
export class Letters {
  readonly #letters: Buffer;

  constructor(letters: number | Buffer) {
    this.#letters = typeof letters === 'number' ? Buffer.alloc(letters, LETTERS.ACCEPTED) : Buffer.from(letters);
  }

  /** The same letters, to be changed apart from these. */
  copy(): Letters {
    return new Letters(this.#letters);
  }

  /** Sets the outcome of a row, counted from 1. */
  set(row: number, outcome: RowOutcome): void {
    this.#letters[row - 1] = codeOf(outcome);
  }

  /** Letters of `rowCount` rows from `firstRow` on. */
  text(firstRow: number, rowCount: number): string {
    return this.#letters.toString('latin1', firstRow - 1, firstRow - 1 + rowCount);
  }

  /** How many of `rowCount` rows from `firstRow` on had each outcome; of all rows by default. */
  counts(firstRow = 1, rowCount = this.#letters.length): RowCounts {
    const found = new Uint32Array(256);
    for (let index = firstRow - 1; index < firstRow - 1 + rowCount; index++) found[this.#letters[index]!]! += 1;
    return {
      sent: rowCount,
      accepted: found[codeOf('ACCEPTED')]!,
      unchanged: found[codeOf('UNCHANGED')]!,
      flagged: found[codeOf('FLAGGED')]!,
      rejected: found[codeOf('REJECTED')]!,
    };
  }
}
