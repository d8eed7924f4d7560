import pg from 'pg';

/** A count of SQL statements, begun by `countStatements`. */
export interface StatementCount {
  /** Ends the counting and gives the number. */
  stop(): number;
}

/** Counts every statement of requests that goes through a pool, `begin` and `commit` too. */
export function countStatements(pool: pg.Pool): StatementCount {
  let count = 0;
  const originals = new Map<pg.PoolClient, pg.PoolClient['query']>();
  const listen = (client: pg.PoolClient): void => {
    if (originals.has(client)) return;
    const query = client.query as (...args: unknown[]) => unknown;
    originals.set(client, client.query);
    client.query = ((...args: unknown[]) => {
      if (!isOfNoRequest(args[0])) count += 1;
      return query.apply(client, args);
    }) as typeof client.query;
  };
  pool.on('acquire', listen);
  return {
    stop: () => {
      pool.off('acquire', listen);
      for (const [client, query] of originals) client.query = query;
      return count;
    },
  };
}

/** A statement as it is handed to the library: with a name where it is prepared. */
interface Handed {
  readonly name?: string;
  readonly values?: readonly unknown[];
}

/** Looks made every few seconds for all requests together, and what one of them tells. */
const OF_ALL = new Set(['standing-revocations', 'sealing-keys', 'sealing-use', 'index-keys']);

/**
 * A look for all requests; and a draw of persons ahead, of which one serves until they are used up. A draw of misses is its request's
 * own.
 */
function isOfNoRequest(statement: unknown): boolean {
  const { name, values } = (statement ?? {}) as Handed;
  return OF_ALL.has(name ?? '') || (name === 'budget-draw' && values?.[3] === 'PERSONS');
}

/** Counts every statement of this process, through whichever pool: for a hub that runs within the test. */
export function countEveryStatement(): StatementCount {
  let count = 0;
  const original = pg.Client.prototype.query;
  pg.Client.prototype.query = function counted(this: pg.Client, ...args: unknown[]) {
    if (!isOfNoRequest(args[0])) count += 1;
    return (original as (...args: unknown[]) => unknown).apply(this, args);
  } as typeof original;
  return {
    stop: () => {
      pg.Client.prototype.query = original;
      return count;
    },
  };
}
