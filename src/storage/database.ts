import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { AgencyKeyEntity } from './entities.ts';
import { runningEmbedded, startEmbeddedPostgres, type EmbeddedOptions } from './embedded-postgres.ts';
import { checkWall } from './check-wall.ts';
import { databaseOf, migrateDatabase } from './migrate.ts';
import type { KeyRing } from './sealing/key-ring.ts';
import { NO_SEALING, type Sealing } from './sealing/no-sealing.ts';
import { openSealing } from './sealing/sealing.ts';
import { walledDatabase, type WalledDatabase } from './walled-database.ts';

/** The hub's database: two ways to the same tables, and the way to let go of them. */
export interface Database {
  /** Address of the database for the role of the hub's processes, for another process of the same user (`DATABASE_URL`). */
  readonly url: string;
  /** Address for the owner of the tables, where it is known: for whoever looks in from beside the hub, such as a measurement. */
  readonly ownerUrl: string | undefined;
  /** Mapped entities, for the ordinary flows. */
  readonly orm: MikroORM;
  /** Whatever belongs to a jurisdiction, by prepared and set-based SQL. A `date` comes as its text, a `timestamptz` as a Date. */
  readonly walled: WalledDatabase;
  /** What `walled` seals and opens by, for another way to the same rows. */
  readonly sealing: Sealing;
  /** The same connections for what belongs to no jurisdiction: the queue of jobs, revocations. It sees no row of any. */
  readonly pool: pg.Pool;
  /** Is the database there, and does it answer? */
  isReady(): Promise<boolean>;
  /** Lets running statements finish, then closes every connection and stops an embedded server. */
  close(): Promise<void>;
}

/** Which database to open: the embedded server on a folder, or one reached by address. */
export type DatabaseSource =
  | ({ readonly kind: 'embedded'; readonly dir: string } & EmbeddedOptions)
  | {
      readonly kind: 'server';
      /** For the role that the hub's processes run as. */
      readonly url: string;
      /** For the owner of the tables, who migrates them; without it they must be up to date. */
      readonly ownerUrl?: string;
    };

/** How to open it. */
export interface OpenOptions {
  /** Connections for prepared and set-based SQL. */
  readonly poolSize?: number;
  /** Keys that unwrap the data keys. Without them whatever is sealed can be neither read nor kept. */
  readonly sealingKeys?: KeyRing | undefined;
  /** Refuse a server under whose settings acknowledged rows may be lost. */
  readonly durable?: boolean;
  /** Told of connections that the server dropped while they were idle; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

const EMBEDDED_DATABASE = 'yidang';
/** Roles of the embedded server: who made it owns the tables, and the hub's processes own nothing. */
const EMBEDDED_OWNER = 'postgres';
const EMBEDDED_ROLE = 'hub_app';
/** Small: mapped entities serve the flows that are not hot. */
const ORM_POOL_SIZE = 4;

/**
 * Opens the database for the hub's processes, and brings it up to date first where its owner's address is known. Several processes may
 * do so at once. Throws a `DatabaseUnsafe` where the wall between jurisdictions has a gap, or the keys are not those of this database.
 */
export async function openDatabase(source: DatabaseSource, options: OpenOptions = {}): Promise<Database> {
  const embedded = source.kind === 'embedded' ? await startEmbeddedPostgres(source.dir, source) : undefined;
  const addresses = embedded
    ? {
        url: embedded.urlOf(EMBEDDED_DATABASE, EMBEDDED_ROLE),
        ownerUrl: embedded.urlOf(EMBEDDED_DATABASE, EMBEDDED_OWNER),
      }
    : (source as Extract<DatabaseSource, { kind: 'server' }>);
  const { url, ownerUrl } = addresses;
  let pool: pg.Pool | undefined;
  let stopLooking = async (): Promise<void> => undefined;
  try {
    if (ownerUrl !== undefined) await migrateDatabase(ownerUrl, url);
    const opened = openPool(url, options);
    pool = opened;
    await checkWall(opened, { durable: options.durable ?? false });
    const sealing = options.sealingKeys ? await openSealing(opened, options.sealingKeys) : NO_SEALING;
    stopLooking = () => sealing.close();
    const orm = await openOrm(url);
    return {
      url,
      ownerUrl,
      orm,
      walled: walledDatabase(opened, sealing),
      sealing,
      pool: opened,
      isReady: async () => {
        try {
          await opened.query('select 1');
          return true;
        } catch {
          return false;
        }
      },
      close: async () => {
        await sealing.close();
        await Promise.all([opened.end(), orm.close(true)]);
        await embedded?.stop();
      },
    };
  } catch (error) {
    await stopLooking();
    await pool?.end();
    await embedded?.stop();
    throw error;
  }
}

/** The same database, by address where a hub of this folder is running: for commands beside it. */
export function besideHub(source: DatabaseSource): DatabaseSource {
  const url = source.kind === 'embedded' ? runningEmbedded(source.dir, EMBEDDED_DATABASE, EMBEDDED_ROLE) : undefined;
  return url === undefined ? source : { kind: 'server', url };
}

/** The address for the owner of the tables, for a command that is given it or runs beside a hub of this folder. */
export function ownerUrlBesideHub(source: DatabaseSource): string | undefined {
  return source.kind === 'embedded' ? runningEmbedded(source.dir, EMBEDDED_DATABASE, EMBEDDED_OWNER) : source.ownerUrl;
}

/**
 * Connections for prepared and set-based SQL of a database that is there and migrated. They see no jurisdiction until one is set
 * (`walledDatabase`).
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
    ensureDatabase: false,
  });
}
