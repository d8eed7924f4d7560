import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { PLACE } from '../made-persons.ts';

/** How often is looked, in milliseconds. */
const LOOK_EVERY = 20;
/** Work that takes longer hangs. */
const LONGEST = 30 * 60_000;

/** Looks again and again until something is so; gives what the look gave. */
export async function until<T>(look: () => Promise<T | undefined>, what: string, signal: AbortSignal): Promise<T> {
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() - started > LONGEST) throw new Error(`waited in vain: ${what}`);
    await sleep(LOOK_EVERY);
  }
}

/** Waits until the hub has nothing left to do: everybody of the made persons' place is decided, and no job waits or runs. */
export async function settled(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const { rows } = await pool.query<{ settled: boolean }>(SETTLED, [PLACE]);
      return rows[0]!.settled || undefined;
    },
    'the hub is at rest',
    signal,
  );
}

const SETTLED = {
  name: 'settled',
  text: `
    select count(*) > 0 and bool_and(generation is not null and building is null)
      and not exists (select from graphile_worker._private_jobs) as settled
    from decision_set where jurisdiction = $1`,
};
