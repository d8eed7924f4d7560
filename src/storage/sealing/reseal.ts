import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { inOwnersTransaction } from './owners-transaction.ts';
import type { PlaceSeal } from './place-seal.ts';
import type { SealedColumn } from './sealed-column.ts';
import type { Sealing } from './no-sealing.ts';

/** Rows of one transaction: short, so that whoever waits for one of them waits little. */
const ROWS_AT_ONCE = 200;
/** Milliseconds until rows that somebody was working on are tried again. */
const TRY_AGAIN_AFTER = 500;

/** What it takes to seal values anew. */
export interface ResealGround {
  /** Connections of the owner of the tables, who alone may write every column. */
  readonly pool: pg.Pool;
  readonly sealing: Sealing;
  readonly columns: readonly SealedColumn[];
  readonly jurisdictions: readonly string[];
}

/** Values of a column in a jurisdiction that lie in clear, or under another key than the one that seals now. */
export interface OldValues {
  readonly column: string;
  readonly jurisdiction: string;
  readonly old: number;
}

/** How far the values of a column in a jurisdiction are. */
export interface ResealProgress extends OldValues {
  /** Sealed anew in this pass, of the `old` at its beginning. */
  readonly done: number;
}

/** Counts what is still to be sealed anew. */
export async function countOld({ pool, sealing, columns, jurisdictions }: ResealGround): Promise<readonly OldValues[]> {
  const counts: OldValues[] = [];
  for (const column of columns) {
    for (const jurisdiction of jurisdictions) {
      const old = await inOwnersTransaction(pool, jurisdiction, (client) =>
        column.countOld(client, jurisdiction, sealing.head()),
      );
      counts.push({ column: column.name, jurisdiction, old });
    }
  }
  return counts;
}

/**
 * Seals under the current key whatever is in clear or under another, in short transactions, until nothing is left. It keeps no notes: what
 * is done shows in the values, so that it may be killed anywhere and begun again, and readers open both kinds all the time.
 *
 * @param stop ends it after the transaction under way
 * @return whether nothing is left
 */
export async function resealAll(
  ground: ResealGround,
  onProgress: (progress: ResealProgress) => void,
  stop?: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const left = (await countOld(ground)).filter(({ old }) => old > 0);
    if (left.length === 0) return true;
    let resealed = 0;
    for (const values of left) resealed += await resealPass(ground, values, onProgress, stop);
    if (stop?.aborted) return false;
    // All that is left is being worked on.
    if (resealed === 0) await sleep(TRY_AGAIN_AFTER);
  }
}

async function resealPass(
  { pool, sealing, columns }: ResealGround,
  values: OldValues,
  onProgress: (progress: ResealProgress) => void,
  stop: AbortSignal | undefined,
): Promise<number> {
  const { jurisdiction } = values;
  const column = columns.find(({ name }) => name === values.column)!;
  const seal: PlaceSeal = sealing.of(jurisdiction);
  let done = 0;
  let after: string | null = null;
  for (;;) {
    if (stop?.aborted) break;
    const work = { jurisdiction, head: sealing.head(), after, limit: ROWS_AT_ONCE };
    const batch: Awaited<ReturnType<SealedColumn['resealSome']>> = await inOwnersTransaction(
      pool,
      jurisdiction,
      (client) => column.resealSome(client, seal, work),
    );
    done += batch.resealed;
    onProgress({ ...values, done });
    after = batch.last;
    if (after === null) break;
  }
  return done;
}
