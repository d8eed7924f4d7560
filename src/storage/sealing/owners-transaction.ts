import type pg from 'pg';
import { committed } from '../in-transaction.ts';

/**
 * Does work of the owner of the tables in a transaction for a jurisdiction. It need not be on disk when it ends: what a crash takes is done
 * again.
 */
export async function inOwnersTransaction<T>(
  pool: pg.Pool,
  jurisdiction: string,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  return committed(await pool.connect(), async (client) => {
    await client.query('begin; set local synchronous_commit = off');
    await client.query(`select set_config('hub.jurisdiction', $1, true)`, [jurisdiction]);
    return work(client);
  });
}
