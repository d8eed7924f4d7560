import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { AgencyKeyEntity } from './entities.ts';
import { runningEmbedded, startEmbeddedPostgres, type EmbeddedOptions } from './embedded-postgres.ts';
import { migrateJobs } from './jobs.ts';
import { migrations } from './migrations/migrations.ts';

/** The hub's database: two ways to the same tables, and the way to let go of them. */
export interface Database {
  /** Address of the database, for another process of the same user (`DATABASE_URL`). */
  readonly url: string;
  /** Mapped entities, for the ordinary flows. */
  readonly orm: MikroORM;
  /** Prepared and set-based SQL. A `date` comes as its text, a `timestamptz` as a Date. */
  readonly pool: pg.Pool;
  /** Is the database there, and does it answer? */
  isReady(): Promise<boolean>;
  /** Lets running statements finish, then closes every connection and stops an embedded server. */
  close(): Promise<void>;
}

/** Which database to open: the embedded server on a folder, or one reached by address. */
export type DatabaseSource =
  | ({ readonly kind: 'embedded'; readonly dir: string } & EmbeddedOptions)
  | { readonly kind: 'server'; readonly url: string };

/** How to open it. */
export interface OpenOptions {
  /** Connections for prepared and set-based SQL. */
  readonly poolSize?: number;
  /** Leave the tables as they are; for databases copied from a migrated one. */
  readonly skipMigrations?: boolean;
  /** Told of connections that the server dropped while they were idle; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

const EMBEDDED_DATABASE = 'yidang';
/** Small: mapped entities serve the flows that are not hot. */
const ORM_POOL_SIZE = 4;
/** Any constant that nothing else in the database uses. */
const MIGRATION_LOCK = 0x7964_0001;

/** Opens the database, making it and bringing its tables up to date where needed. Several processes may do so at once. */
export async function openDatabase(source: DatabaseSource, options: OpenOptions = {}): Promise<Database> {
  const embedded = source.kind === 'embedded' ? await startEmbeddedPostgres(source.dir, source) : undefined;
  try {
    const url = embedded?.urlOf(EMBEDDED_DATABASE) ?? (source as { url: string }).url;
    await ensureDatabase(url);
    const pool = openPool(url, options);
    const orm = await openOrm(url);
    if (!options.skipMigrations) await migrate(orm, pool);
    return {
      url,
      orm,
      pool,
      isReady: async () => {
        try {
          await pool.query('select 1');
          return true;
        } catch {
          return false;
        }
      },
      close: async () => {
        await Promise.all([pool.end(), orm.close(true)]);
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** The same database, by address where a hub of this folder is running: for commands beside it. */
export function besideHub(source: DatabaseSource): DatabaseSource {
  const url = source.kind === 'embedded' ? runningEmbedded(source.dir, EMBEDDED_DATABASE) : undefined;
  return url === undefined ? source : { kind: 'server', url };
}

/**
 * Connections for prepared and set-based SQL of a database that is there and migrated.
 *
 * @param options.work for jobs: their statements work on many rows at once, so that the best plan hangs on how many, and one that
 *   runs long must not go on, nor hold what it has locked, when the process that asked for it has died
 */
export function openPool(
  url: string,
  options: Pick<OpenOptions, 'poolSize' | 'onIdleError'> & { readonly work?: boolean } = {},
): pg.Pool {
  const types = new pg.TypeOverrides();
  // A day has no time zone; pg would read it as midnight of the machine's own.
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? 10,
    types,
    // A statement of the ordinary flows has one good plan, by its indexes. Left to itself PostgreSQL plans the read of a
    // person anew each time, which takes longer than the read.
    options: options.work ? '-c client_connection_check_interval=1s' : '-c plan_cache_mode=force_generic_plan',
  });
  // Without a listener a connection that the server drops would end the process, be it idle or lent out.
  pool.on('error', options.onIdleError ?? (() => undefined));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function openOrm(url: string): Promise<MikroORM> {
  return MikroORM.init({
    dbName: databaseOf(url),
    driverOptions: { connectionString: url },
    pool: { max: ORM_POOL_SIZE },
    entities: [AgencyKeyEntity],
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, silent: true },
    ensureDatabase: false,
  });
}

async function migrate(orm: MikroORM, pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // Processes that start together take turns; the later ones find nothing left to do.
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await orm.migrator.up();
    await migrateJobs(pool);
  } finally {
    // Closing the connection gives the lock back, whatever happened.
    client.release(true);
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

const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';

/** The same server's `postgres` database, from which others are made. */
function maintenanceUrl(url: string): string {
  const other = new URL(url);
  other.pathname = '/postgres';
  return other.toString();
}
