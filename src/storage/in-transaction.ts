import pg from 'pg';
import type { WalledPart } from './walled-database.ts';

/** Does work for one jurisdiction in a transaction on a connection of its own: all of it or nothing. */
export async function inTransaction<T>(inside: WalledPart, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return committed(await inside.begin(), work);
}

/** Does work that has begun a transaction or begins one, commits it, and gives the connection back. */
export async function committed<T>(client: pg.PoolClient, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let whole = false;
  try {
    const result = await work(client);
    await client.query('commit');
    whole = true;
    return result;
  } finally {
    // A connection that is closed rolls back what it began.
    client.release(!whole);
  }
}

/** Does work in a transaction on a connection that is held for more than it, such as one with a session's lock. */
export async function inTransactionOn<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Does work once more from its start where PostgreSQL ended it for the sake of other work that waited for it in turn. */
export async function againAfterDeadlock<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== DEADLOCK) throw error;
    return work();
  }
}

const DEADLOCK = '40P01';
