import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { to } from 'pg-copy-streams';

/** Every table by COPY, as pg_dump writes it; for the owner, whom no wall hides rows from. */
export async function dumpOf(pool: pg.Pool): Promise<Buffer> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const parts: Buffer[] = [];
  const client = await pool.connect();
  try {
    for (const { name } of tables) {
      const rows = client.query(to(`copy (select * from ${name}) to stdout`));
      await pipeline(rows, async (chunks) => {
        for await (const chunk of chunks) parts.push(Buffer.from(chunk as Buffer));
      });
    }
  } finally {
    client.release();
  }
  const names = new Set(tables.map(({ name }) => name));
  for (const table of ['submission_block', 'identifier', 'subject_name', 'sealing_key']) {
    if (!names.has(`public.${table}`)) throw new Error(`the dump lacks ${table}`);
  }
  return Buffer.concat(parts);
}

/** The ways in which bytes can stand in a dump: as they are, as the hex of `bytea`, in base64 at any of its three places. */
function spellings(bytes: Buffer): readonly string[] {
  const inBase64 = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return whole.slice(Math.ceil((offset * 4) / 3), (offset + bytes.length) % 3 === 0 ? undefined : -3);
  });
  return [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    ...inBase64,
    ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...escaped(bytes),
  ];
}

/** As JSON may write what is not ASCII, and as COPY doubles the backslash of it. */
function escaped(bytes: Buffer): readonly string[] {
  const units = bytes.toString().replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return units.includes('\\u') ? [units, units.replaceAll('\\', '\\\\')] : [];
}

/** Names of what stands in a dump, in whatever spelling. */
export function foundIn(dump: Buffer, what: ReadonlyMap<string, Buffer>): readonly string[] {
  const text = dump.toString('latin1');
  return [...what]
    .filter(([, bytes]) => spellings(bytes).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
}
