import type pg from 'pg';
import type { PlaceSeal } from './place-seal.ts';

/** What a batch of one column is to be done with. */
export interface ResealWork {
  readonly jurisdiction: string;
  /** The first bytes of values under the key that seals now. */
  readonly head: Buffer;
  /** Where the last batch ended, as the column told; null: from the start. */
  readonly after: string | null;
  /** The most rows of one batch. */
  readonly limit: number;
}

/** A column whose values are sealed, for the command that seals them anew. Its statements run as the owner of the tables. */
export interface SealedColumn {
  /** As its values are bound to it: `identifier.id_number`. */
  readonly name: string;
  /** Rows of a jurisdiction whose value is in clear, or under another key than the one that seals now. */
  countOld(client: pg.ClientBase, jurisdiction: string, head: Buffer): Promise<number>;
  /**
   * Seals such rows anew, a batch in the order of their keys, within a transaction for the jurisdiction. Never waits for a row: whoever
   * works on one has it, and it is met in the next pass. `last` is where the batch ended, null where nothing is behind it.
   */
  resealSome(
    client: pg.ClientBase,
    seal: PlaceSeal,
    work: ResealWork,
  ): Promise<{ readonly resealed: number; readonly last: string | null }>;
}
