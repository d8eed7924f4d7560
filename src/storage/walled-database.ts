import pg from 'pg';
import type { PlaceSeal } from './sealing/place-seal.ts';
import { NO_SEALING, type Sealing } from './sealing/no-sealing.ts';

/**
 * The way to what belongs to jurisdictions: PostgreSQL shows and takes rows of one of them at a time (row level security, ADR 0018),
 * and whoever reads or writes says here of which.
 */
export interface WalledDatabase {
  of(jurisdiction: string): WalledPart;
}

/** What belongs to one jurisdiction. A statement meets no row of another, whatever it asks for, and can write none. */
export interface WalledPart extends Queryable {
  /**
   * Lends a connection that has begun a transaction for this jurisdiction. What it may see ends with the transaction. The borrower
   * commits or rolls back, and releases it.
   *
   * @param settings SQL to be done together with its beginning, such as `set local work_mem = '64MB'`
   */
  begin(settings?: string): Promise<pg.PoolClient>;
  /**
   * Lends a connection that sees this jurisdiction for as long as it lives, for work with locks or settings of a session. It is closed
   * afterwards, so that it never serves another.
   */
  session<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Seals and opens the values of this jurisdiction. */
  readonly seal: PlaceSeal;
}

/** Whatever statements can be given to. */
export interface Queryable {
  // The library's own default: a row is what the statement says.
  // oxlint-disable-next-line typescript/no-explicit-any
  query<R extends pg.QueryResultRow = any>(
    statement: string | pg.QueryConfig,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<R>>;
}

/**
 * Opens the way over the connections of a pool. They serve any jurisdiction, one after the other, and keep nothing of it.
 *
 * @param sealing without it whatever is sealed can be neither read nor kept
 */
export function walledDatabase(pool: pg.Pool, sealing: Sealing = NO_SEALING): WalledDatabase {
  return { of: (jurisdiction) => insideOf(pool, jurisdiction, sealing.of(jurisdiction)) };
}

function insideOf(pool: pg.Pool, jurisdiction: string, seal: PlaceSeal): WalledPart {
  return {
    seal,
    query: (statement, values) => queried(pool, new WalledQuery(jurisdiction, statement, values)),
    begin: async (settings = '') => {
      const client = await pool.connect();
      try {
        await client.query(`begin; ${settings}; set local hub.jurisdiction = ${pg.escapeLiteral(jurisdiction)}`);
        return client;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
    session: async (work) => {
      const client = await pool.connect();
      try {
        await client.query(`set hub.jurisdiction = ${pg.escapeLiteral(jurisdiction)}`);
        return await work(client);
      } finally {
        client.release(true);
      }
    },
  };
}

/** Given a query that submits itself, the pool promises its result as it does for any other; its types do not tell. */
const queried = <R extends pg.QueryResultRow>(pool: pg.Pool, query: WalledQuery): Promise<pg.QueryResult<R>> =>
  pool.query(query as unknown as pg.Submittable) as unknown as Promise<pg.QueryResult<R>>;

/** Prepared once a connection. `true`: until the end of the transaction, which here is the one statement that follows. */
const SET_JURISDICTION = {
  name: 'set-jurisdiction',
  text: `select set_config('hub.jurisdiction', $1, true)`,
};

/** The connection as the library hands it to a query; see its `lib/connection.js`. */
interface Connection {
  readonly parsedStatements: Record<string, string>;
  parse(statement: typeof SET_JURISDICTION): void;
  bind(bound: { readonly statement: string; readonly values: readonly string[] }): void;
  execute(portal: object): void;
}

/** What the library's own query does besides what its types tell; see its `lib/query.js`. */
declare class LibraryQuery {
  constructor(statement: string | pg.QueryConfig, values?: readonly unknown[]);
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
}

/**
 * A query that says of which jurisdiction it is in the same write: PostgreSQL takes everything up to the next `Sync` for one
 * transaction, so that the setting holds for this statement, costs no round trip, and is gone when the answer is there, also where
 * the statement fails or is broken off. The pool closes a connection on which a statement failed, so that nothing is taken for
 * prepared that is not.
 */
class WalledQuery extends (pg.Query as unknown as typeof LibraryQuery) {
  readonly #jurisdiction: string;
  #isSet = false;

  constructor(jurisdiction: string, statement: string | pg.QueryConfig, values?: readonly unknown[]) {
    super(statement, values);
    this.#jurisdiction = jurisdiction;
  }

  /** Also without parameters: statements sent as mere text cannot be joined with another. */
  requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: Connection): void {
    const { name, text } = SET_JURISDICTION;
    if (connection.parsedStatements[name] === undefined) {
      connection.parse(SET_JURISDICTION);
      connection.parsedStatements[name] = text;
    }
    connection.bind({ statement: name, values: [this.#jurisdiction] });
    connection.execute({});
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (this.#isSet) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#isSet) super.handleCommandComplete(message, connection);
    this.#isSet = true;
  }
}
