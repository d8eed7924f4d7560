import type pg from 'pg';

/**
 * Where in the database any of some values stands in clear, as whoever holds a dump would find it: every column of every row of every
 * table as text, and bytes as what they say.
 */
export async function clearIn(owner: pg.Pool, values: readonly string[]): Promise<readonly string[]> {
  const { rows: tables } = await owner.query<{ name: string }>(TABLES);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await owner.query<{ text: string }>(`select t::text as text from ${name} t`);
    for (const value of values) {
      // Bytes are written as hex.
      const asBytes = Buffer.from(value).toString('hex');
      if (rows.some(({ text }) => text.includes(value) || text.includes(asBytes))) found.push(`${name}: ${value}`);
    }
  }
  return found;
}

const TABLES = `
select format('%I.%I', schemaname, tablename) as name from pg_tables
where schemaname not in ('pg_catalog', 'information_schema')`;
