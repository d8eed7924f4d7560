import type pg from 'pg';
import { expect, vi } from 'vitest';

/** Waits until jobs are done with everybody, and each run has left its entry. */
export async function jobsDone(database: pg.Pool | pg.ClientBase): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await database.query(
        `select (select count(*) from graphile_worker._private_jobs)::integer as jobs,
           (select count(*) from submission where decided_at is null)::integer as undecided`,
      );
      expect(rows[0]).toEqual({ jobs: 0, undecided: 0 });
    },
    { timeout: 60_000 },
  );
}
