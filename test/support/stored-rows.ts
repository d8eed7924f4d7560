import type pg from 'pg';

/** How many rows each table of the hub holds: two equal answers mean that nothing was stored in between. */
export async function countRows(pool: pg.Pool): Promise<Readonly<Record<string, number>>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like 'audit_%' order by 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    // Tokens leave their assertions behind, refusals their entry in the audit log; that is not what anybody told.
    if (NOT_TOLD.has(name)) continue;
    const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from "${name}"`);
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}

const NOT_TOLD = new Set(['replayed_assertion']);
