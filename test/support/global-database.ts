import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/storage/database.ts';
import { startEmbeddedPostgres } from '../../src/storage/embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses for this run: of the server's `postgres` database and of the migrated template; `prefix` begins the name of every test database. */
    testServer: { readonly maintenance: string; readonly template: string; readonly prefix: string };
    /** Names of tables, columns and constraints, as no word of an answer is written: small letters joined by underscores. */
    databaseWords: readonly string[];
  }
}

/**
 * Before all tests: one PostgreSQL for the run (an embedded one in a folder of its own, or that of `DATABASE_URL`) with
 * one migrated database, from which tests copy theirs. Afterwards nothing of it is left.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL;
  removeLeftovers();
  const folder = mkdtempSync(join(roomiest(), `${FOLDER}${process.pid}-`));
  const embedded = url
    ? undefined
    : await startEmbeddedPostgres(join(folder, 'pg'), { fast: true, maxConnections: 400 });
  const urlOf = (database: string): string => embedded?.urlOf(database, 'postgres') ?? withDatabase(url!, database);
  const prefix = `yidang_test_${process.pid}_`;
  const server = { maintenance: urlOf('postgres'), template: urlOf(`${prefix}template`), prefix };

  await (await openDatabase({ kind: 'server', url: hubUrlOf(server.template), ownerUrl: server.template })).close();
  project.provide('testServer', server);
  project.provide('databaseWords', await wordsOf(server.template));

  return async () => {
    if (!embedded) await dropDatabases(server.maintenance, prefix);
    await embedded?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

const FOLDER = 'yidang-test-';

/** Removes what runs left in memory that were broken off: nothing is told to them then, and it would lie there until the machine stops. */
function removeLeftovers(): void {
  if (!existsSync(MEMORY)) return;
  for (const name of readdirSync(MEMORY)) {
    const owner = name.startsWith(FOLDER) && /^(\d+)-/.exec(name.slice(FOLDER.length))?.[1];
    if (!owner || lives(Number(owner))) continue;
    try {
      rmSync(join(MEMORY, name), { recursive: true, force: true });
    } catch {
      // Another user's, who removes it.
    }
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** A disk that is kept in memory, on most Linux machines. */
const MEMORY = '/dev/shm';
/** Bytes that some hundred databases take, with what is written before them. */
const ROOM = 8 * 2 ** 30;

/** Where the databases of a run lie, unless `TMPDIR` says so: each is made of 500 files, which takes a tenth of the time in memory. */
function roomiest(): string {
  if (process.env.TMPDIR !== undefined || !existsSync(MEMORY) || process.availableMemory() < ROOM) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize < ROOM ? tmpdir() : MEMORY;
}

/** The same database for the role that hubs run as in tests, from its owner's address. */
export function hubUrlOf(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  if (url.username === '') url.searchParams.set('user', HUB_ROLE);
  else [url.username, url.password] = [HUB_ROLE, url.password === '' ? '' : HUB_ROLE];
  return url.toString();
}

const HUB_ROLE = 'hub_app';

function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.toString();
}

async function wordsOf(template: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: template });
  await client.connect();
  try {
    const { rows } = await client.query<{ word: string }>(WORDS);
    return rows.map(({ word }) => word);
  } finally {
    await client.end();
  }
}

const WORDS = `
with own as (select c.oid, c.relname from pg_class c where c.relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace))
select word from (
  select relname::text from own
  union
  select a.attname::text from own join pg_attribute a on a.attrelid = own.oid and a.attnum > 0
  union
  select n.conname::text from own join pg_constraint n on n.conrelid = own.oid
) as named (word)
where word ~ '^[a-z0-9_]{6,}$' and word ~ '[a-z]_[a-z]'`;

async function dropDatabases(maintenance: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenance });
  await client.connect();
  const found = await client.query<{ datname: string }>(
    'select datname from pg_database where starts_with(datname, $1)',
    [prefix],
  );
  for (const { datname } of found.rows)
    await client.query(`drop database ${pg.escapeIdentifier(datname)} with (force)`);
  await client.end();
}
