import type pg from 'pg';

/** A count of SQL statements, begun by `countStatements`. */
export interface StatementCount {
  /** Ends the counting and gives the number. */
  stop(): number;
}

/** Counts every statement that goes through a pool, `begin` and `commit` too. */
export function countStatements(pool: pg.Pool): StatementCount {
  let count = 0;
  const patched: (() => void)[] = [];
  const patch = (client: pg.PoolClient): void => {
    const query = client.query;
    client.query = ((...args: never[]) => {
      count += 1;
      return (query as (...all: never[]) => unknown).apply(client, args);
    }) as typeof client.query;
    patched.push(() => void (client.query = query));
  };
  pool.on('acquire', patch);
  return {
    stop: () => {
      pool.off('acquire', patch);
      for (const restore of patched.reverse()) restore();
      return count;
    },
  };
}
