import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase, openPool, type Database } from '../../src/storage/database.ts';
import { hubUrlOf } from './global-database.ts';
import { TEST_KEYS } from './sealing-keys.ts';

/** A database of one test file's own, migrated and empty. Its `pool` is the owner's, which sees every row. */
export interface TestDatabase extends Database {
  /** How a hub is started on it: `DATABASE_URL`, or `config.database`. */
  readonly source: { readonly kind: 'server'; readonly url: string };
  /** The hub's own connections, over which its stores work. */
  readonly hubPool: pg.Pool;
}

/**
 * Makes a fresh database on the run's one PostgreSQL, by copying the migrated template (about 50 ms). Call it in
 * `beforeAll` and `close()` it in `afterAll`; the database itself goes with the run.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return attachedDatabase(await newDatabase({ migrated: true }));
}

/** A database that is there and migrated, such as a hub's, by either of its addresses. */
export async function attachedDatabase(url: string): Promise<TestDatabase> {
  const source = { kind: 'server', url: asHub(url) } as const;
  const database = await openDatabase(source, { sealingKeys: TEST_KEYS });
  const pool = openPool(asOwner(url));
  const close = async (): Promise<void> => {
    await pool.end();
    await database.close();
  };
  return { ...database, pool, hubPool: database.pool, source, close };
}

/** The address of the same database for the owner of its tables, who sees every row. */
export const asOwner = (url: string): string => withPathOf(url, inject('testServer').template);

/** The address of the same database for the role that hubs run as. */
export const asHub = (url: string): string => withPathOf(url, hubUrlOf(inject('testServer').template));

function withPathOf(url: string, address: string): string {
  const other = new URL(address);
  other.pathname = new URL(url).pathname;
  return other.toString();
}

/**
 * Makes a fresh database and gives its address for a hub; nothing is connected to it. Unmigrated ones are for tests of migration, with
 * {@link asOwner}.
 */
export async function newDatabase(options: { readonly migrated: boolean }): Promise<string> {
  const { maintenance, template, prefix } = inject('testServer');
  const name = `${prefix}${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: maintenance });
  await client.connect();
  try {
    const from = options.migrated ? `${prefix}template` : 'template0';
    await client.query(`create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(from)}`);
  } finally {
    await client.end();
  }
  return withPathOf(`postgres:///${name}`, hubUrlOf(template));
}
