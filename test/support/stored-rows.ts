import { createHash } from 'node:crypto';
import pg from 'pg';

/** How many rows each table of the hub holds: two equal answers mean that nothing was stored in between. */
export async function countRows(pool: pg.Pool): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const name of await tablesOfWhatIsTold(pool)) {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from ${pg.escapeIdentifier(name)}`,
    );
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}

/** S0 of the attack list: number and order-free hash of the rows of every business table; equal where no row was added or changed. */
export async function fingerprintOf(pool: pg.Pool): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await tablesOfWhatIsTold(pool)) {
    const { rows } = await pool.query(
      `select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as sum from ${pg.escapeIdentifier(name)} t`,
    );
    hash.update(JSON.stringify([name, rows]));
  }
  return hash.digest('hex');
}

/** Tokens leave their assertions behind, refusals their entry in the audit log, keys how often they were used; that is not what anybody told. */
async function tablesOfWhatIsTold(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'replayed_assertion' and table_name not like all ('{audit_%,sealing_%}')
     order by 1`,
  );
  return rows.map(({ name }) => name);
}
