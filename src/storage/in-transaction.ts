import type pg from 'pg';

/** Does work in a transaction on a connection of its own: all of it or nothing. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let whole = false;
  try {
    await client.query('begin');
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
