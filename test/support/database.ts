import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase, type Database } from '../../src/storage/database.ts';

/** A database of one test file's own, migrated and empty. */
export interface TestDatabase extends Database {
  /** How a hub is started on it: `DATABASE_URL`, or `config.database`. */
  readonly source: { readonly kind: 'server'; readonly url: string };
}

/**
 * Makes a fresh database on the run's one PostgreSQL, by copying the migrated template (about 50 ms). Call it in
 * `beforeAll` and `close()` it in `afterAll`; the database itself goes with the run.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const url = await newDatabase({ migrated: true });
  const database = await openDatabase({ kind: 'server', url }, { skipMigrations: true });
  return { ...database, source: { kind: 'server', url } };
}

/** Makes a fresh database and gives its address; nothing is connected to it. Unmigrated ones are for tests of migration. */
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
  const url = new URL(template);
  url.pathname = `/${name}`;
  return url.toString();
}
