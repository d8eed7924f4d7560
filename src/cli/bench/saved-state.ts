import pg from 'pg';

/** The hub's tables as they were at one moment, kept beside them in the database. */
export interface SavedState {
  /** Makes the tables what they were; rejects where not as many rows come out. The hub must be at rest. */
  goBack(): Promise<void>;
  /** Rejects unless every row of every table is what it was, by a hash of all of them. */
  assertSame(): Promise<void>;
}

interface Table {
  readonly name: string;
  /** Quoted, without those that the database works out itself. */
  readonly columns: readonly string[];
  /** Quoted columns of the primary key. */
  readonly key: readonly string[];
}

/** How many rows a table has, and a sum over hashes of all of them. */
interface Content {
  readonly rows: string;
  readonly hash: string;
}

/** Schema of the copies. */
const SAVED = 'bench_saved';

/**
 * Tables that belong to whoever comes in, not to what is pushed; so do those of the audit log, to which is only added, and the keys of what
 * is sealed, with how much they have sealed.
 */
const OF_THE_DOOR = [
  'agency_key',
  'mikro_orm_migrations',
  'replayed_assertion',
  'revocation',
  'sealing_key',
  'sealing_use',
];

/** Copies the hub's tables within the database, whatever tables and columns there are, in place of copies made before. */
export async function saveState(pool: pg.Pool): Promise<SavedState> {
  const { rows: tables } = await pool.query<Table>(TABLES, [OF_THE_DOOR]);
  const keyless = tables.find(({ key }) => !key);
  if (keyless) throw new Error(`${keyless.name} has no primary key: the bench could not put it back`);
  const before = new Map<string, Content>();
  let mark = await inTransaction(pool, async (client) => {
    await client.query(`drop schema if exists ${SAVED} cascade; create schema ${SAVED}`);
    for (const table of tables) {
      before.set(table.name, await contentOf(client, table));
      await client.query(
        `create unlogged table ${savedOf(table)} as select ${listOf(table.columns)} from ${of(table)}`,
      );
      await client.query(`analyze ${savedOf(table)}`);
    }
    return transactionOf(client);
  });

  return {
    goBack: async () => {
      const changed: Table[] = [];
      mark = await inTransaction(pool, async (client) => {
        // Rows go and come in any order, and nothing that watches them is to act.
        await client.query('set local session_replication_role = replica');
        for (const table of tables) {
          if (await restored(client, table, Number(before.get(table.name)!.rows), mark)) changed.push(table);
        }
        return transactionOf(client);
      });
      for (const table of changed) await pool.query(`vacuum ${of(table)}`);
    },
    assertSame: async () => {
      for (const table of tables) {
        const [was, is] = [before.get(table.name)!, await contentOf(pool, table)];
        if (was.rows !== is.rows || was.hash !== is.hash) throw new Error(`${table.name} is not what it was before`);
      }
    },
  };
}

/**
 * Puts a table back: every row written since the mark goes, and rows come back from the copy. Gives whether anything had changed.
 * A row that was not written since is the row that was copied, so that with as many rows as before all are as before.
 */
async function restored(client: pg.ClientBase, table: Table, rows: number, mark: string): Promise<boolean> {
  const written = `age(xmin) < age('${mark}'::xid)`;
  const now = await client.query<{ rows: string; written: string }>(
    `select count(*) as rows, count(*) filter (where ${written}) as written from ${of(table)}`,
  );
  const left = Number(now.rows[0]!.rows) - Number(now.rows[0]!.written);
  if (Number(now.rows[0]!.written) === 0 && left === rows) return false;

  const key = listOf(table.key);
  await client.query(`create temp table bench_gone on commit drop as select ${key} from ${of(table)} limit 0`);
  await client.query(
    `with gone as (delete from ${of(table)} where ${written} returning ${key}) insert into bench_gone select * from gone`,
  );
  await client.query('analyze bench_gone');
  const comeBack = async (which: string): Promise<number> =>
    (await client.query(
      `insert into ${of(table)} (${listOf(table.columns)}) overriding system value
       select ${listOf(table.columns)} from ${savedOf(table)} where ${which}`,
    ))!.rowCount!;
  const replaced = await comeBack(`(${key}) in (select ${key} from bench_gone)`);
  const removed =
    left + replaced === rows
      ? 0
      : await comeBack(
          `not exists (select from ${of(table)} as left_over where (${listOf(table.key, 'left_over.')}) = (${listOf(table.key, `${savedOf(table)}.`)}))`,
        );
  await client.query('drop table bench_gone');
  if (left + replaced + removed !== rows) {
    throw new Error(`${table.name} has ${left + replaced + removed} rows where it had ${rows} before`);
  }
  return true;
}

const contentOf = async (client: pg.ClientBase | pg.Pool, table: Table): Promise<Content> =>
  (
    await client.query<Content>(
      `select count(*) as rows, coalesce(sum(hashtextextended(kept::text, 0)), 0) as hash
       from (select ${listOf(table.columns)} from ${of(table)}) as kept`,
    )
  ).rows[0]!;

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin isolation level repeatable read');
    const done = await work(client);
    await client.query('commit');
    broken = false;
    return done;
  } finally {
    // One that broke off in the middle goes, and what it began with it.
    client.release(broken);
  }
}

const transactionOf = async (client: pg.ClientBase): Promise<string> =>
  (await client.query<{ id: string }>('select pg_current_xact_id()::xid::text as id')).rows[0]!.id;

const of = ({ name }: Table): string => `public.${pg.escapeIdentifier(name)}`;
const savedOf = ({ name }: Table): string => `${SAVED}.${pg.escapeIdentifier(name)}`;
const listOf = (columns: readonly string[], before = ''): string =>
  columns.map((column) => `${before}${column}`).join(', ');

const TABLES = `
select c.relname::text as name,
  (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_index i
   join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
   where i.indrelid = c.oid and i.indisprimary) as key
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and c.relname <> all($1) and c.relname not like 'audit\\_%' and c.relname not like 'bench\\_%'
order by 1`;
