import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { AgencyKeyEntity } from './entities.ts';
import { migrateJobs } from './jobs.ts';
import { migrations } from './migrations/migrations.ts';
import { raiseWall } from './wall.ts';

/** Any constant that nothing else in the database uses. */
const MIGRATION_LOCK = 0x7964_0001;

/**
 * Makes the database where it is missing, brings its tables up to date and raises the wall around them, as their owner. Several
 * processes may do so at once.
 *
 * @param ownerUrl address by which the owner of the tables reaches the database
 * @param url address by which the hub's processes will: its user becomes the role that they run as
 */
export async function migrateDatabase(ownerUrl: string, url: string): Promise<void> {
  await ensureDatabase(ownerUrl);
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  // Whoever waits for a statement is told; a connection that nobody waits for must not end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const client = await pool.connect();
    try {
      // Processes that start together take turns; the later ones find nothing left to do.
      await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
      if ((await missingMigrations(client)).length > 0) await migrateTables(ownerUrl);
      await migrateJobs(pool);
      await raiseWall(client, url);
    } finally {
      // Closing the connection gives the lock back, whatever happened.
      client.release(true);
    }
  } finally {
    await pool.end();
  }
}

/** Names of the migrations that this hub has and the database has not. */
export async function missingMigrations(client: pg.ClientBase | pg.Pool): Promise<readonly string[]> {
  const found = await client.query<{ there: boolean }>(
    "select to_regclass('public.mikro_orm_migrations') is not null as there",
  );
  const names = migrations.map(({ name }) => name);
  if (!found.rows[0]!.there) return names;
  const done = await client.query<{ name: string }>('select name from public.mikro_orm_migrations');
  const known = new Set(done.rows.map(({ name }) => name));
  return names.filter((name) => !known.has(name));
}

async function migrateTables(url: string): Promise<void> {
  const orm = await MikroORM.init({
    dbName: databaseOf(url),
    driverOptions: { connectionString: url },
    pool: { max: 1 },
    entities: [AgencyKeyEntity],
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, silent: true },
    ensureDatabase: false,
  });
  try {
    await orm.migrator.up();
  } finally {
    await orm.close(true);
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const missing = await withClient(url, async () => undefined).then(
    () => false,
    (error: { code?: string }) => {
      if (error.code === '3D000') return true;
      throw error;
    },
  );
  if (!missing) return;
  await withClient(maintenanceUrl(url), (client) =>
    client
      .query(`create database ${pg.escapeIdentifier(databaseOf(url))} encoding 'UTF8' template template0`)
      .catch((error: { code?: string }) => {
        // Another process made it at the same moment.
        if (error.code !== '42P04' && error.code !== '23505') throw error;
      }),
  );
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The name of the database that an address leads to. */
export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';

/** The same server's `postgres` database, from which others are made. */
function maintenanceUrl(url: string): string {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.toString();
}
