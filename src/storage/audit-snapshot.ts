import pg from 'pg';

/** A database as it was at one moment, for whoever has a connection of their own. */
export interface CheckedSnapshot {
  readonly url: string;
  /** By which PostgreSQL knows the moment; `null`: this one. */
  readonly snapshot: string | null;
}

/**
 * Connects, to read the database as it was at that moment and to change nothing. Nothing is sorted that can come in order by an index. Ending
 * the connection ends that.
 */
export async function readingAt({ url, snapshot }: CheckedSnapshot): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // The statement that needs the connection next tells that it is gone.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    // Entries come by their key, in order. Of a log that was not analyzed yet PostgreSQL believes it to be short, and would sort each range.
    await client.query('set local enable_sort = off');
    if (snapshot !== null) await client.query(`set transaction snapshot ${pg.escapeLiteral(snapshot)}`);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Lets others read the database as this connection does, for as long as it lives. */
export async function shareSnapshot(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
  return rows[0]!.snapshot;
}
