import pg from 'pg';
import type { WalledDatabase } from './walled-database.ts';

const CHANNEL = 'yidang_revoked';
/** Milliseconds for which what is known of revocations is used without looking again, should the database's call not reach us. */
const LOOK_AGAIN_AFTER = 2_000;
/** Milliseconds after which nothing is let in before they have been looked up again. */
const OLDEST = 4_000;
/** Milliseconds that a look may take. */
const LOOK_TIME = 3_000;

/** What was taken from clients while tokens that say otherwise are still alive. */
export interface RevocationStore {
  /** Takes a key from a client for ever: no new token by it, and none of the old ones is let in. False where it was revoked before. */
  revokeKey(client: string, thumbprint: string, at: Date): Promise<boolean>;
  /** Shuts a client out until it is let in again. False where it was shut out before. */
  suspend(client: string, at: Date): Promise<boolean>;
  /** Lets a client in again; false where it was not shut out. */
  resume(client: string, at: Date): Promise<boolean>;
  /** The keys registered for agencies of these jurisdictions, and whatever stands against keys and clients. */
  list(jurisdictions: readonly string[]): Promise<readonly KeyStanding[]>;
}

/** One key of a client, or with an empty thumbprint the client itself. */
export interface KeyStanding {
  readonly client: string;
  readonly thumbprint: string;
  readonly revokedSince: Date | null;
}

/** Keeps revocations; every process hears of a change as it is committed. */
export function revocationStore({
  pool,
  walled,
}: {
  readonly pool: pg.Pool;
  readonly walled: WalledDatabase;
}): RevocationStore {
  const change = async (text: string, client: string, ...values: readonly unknown[]): Promise<boolean> => {
    const { rows } = await walled.of(jurisdictionOf(client)).query<{ changed: boolean }>(text, [client, ...values]);
    return rows[0]!.changed;
  };
  return {
    revokeKey: (client, thumbprint, at) => change(REVOKE_KEY, client, thumbprint, at),
    suspend: (client, at) => change(REVOKE_KEY, client, '', at),
    resume: (client, at) => change(RESUME, client, at),
    list: async (jurisdictions) => {
      const registered = await Promise.all(
        jurisdictions.map(async (id) => (await walled.of(id).query<KeyStanding>(REGISTERED)).rows),
      );
      const { rows: revoked } = await pool.query<KeyStanding>(REVOKED);
      return [...registered.flat(), ...revoked].toSorted(
        (a, b) => compare(a.client, b.client) || compare(a.thumbprint, b.thumbprint),
      );
    },
  };
}

const jurisdictionOf = (client: string): string => client.split(':', 1)[0]!;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** In one statement, so in one transaction: the key goes, the revocation stands, and the call is sent when both are there. */
const REVOKE_KEY = `
with gone as (delete from agency_key where jurisdiction || ':' || agency = $1 and thumbprint = $2),
added as (
  insert into revocation (client, thumbprint, since) values ($1, $2, $3)
  on conflict (client, thumbprint) where until is null do nothing
  returning true
)
select exists (select from added) as changed, pg_notify('${CHANNEL}', '')`;

const RESUME = `
with ended as (
  update revocation set until = greatest($2, since) where client = $1 and thumbprint = '' and until is null returning true
)
select exists (select from ended) as changed, pg_notify('${CHANNEL}', '')`;

const REGISTERED = `select jurisdiction || ':' || agency as client, thumbprint, null as "revokedSince" from agency_key`;

const REVOKED = `select client, thumbprint, since as "revokedSince" from revocation where until is null`;

/** What a process knows of standing revocations. */
export interface Revocations {
  /** Is the client suspended, or one of these keys of its revoked? Never known worse than some seconds late; rejects where it cannot be known. */
  isRevoked(client: string, thumbprints: readonly string[]): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Follows revocations on a connection of its own: told by the database at once, and where that call is lost, seen by looking again
 * before a request is let in. Nothing runs while nobody asks.
 */
export function followRevocations(url: string): Revocations {
  let standing: ReadonlySet<string> = new Set();
  let lookedAt = -Infinity;
  let connection: Promise<pg.Client> | undefined;
  let look: Promise<void> | undefined;

  const drop = (): void => {
    const dropped = connection;
    connection = undefined;
    lookedAt = -Infinity;
    void dropped?.then((client) => client.end()).catch(() => undefined);
  };
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: LOOK_TIME,
      query_timeout: LOOK_TIME,
    });
    client.on('notification', () => void lookAgain().catch(drop));
    client.on('error', drop);
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return client;
  };
  const lookNow = async (): Promise<void> => {
    // Taken before the question: an answer is no newer than the moment at which it was asked for.
    const at = performance.now();
    const client = await (connection ??= connect());
    const { rows } = await client.query<{ entry: string }>(STANDING);
    standing = new Set(rows.map(({ entry }) => entry));
    lookedAt = at;
  };
  /** All who ask while one looks share what it sees, except a call from the database: what is under way may have looked too early. */
  const lookAgain = async (): Promise<void> => {
    await look?.catch(() => undefined);
    await lookOnce();
  };
  const lookOnce = (): Promise<void> => {
    look ??= lookNow()
      .catch((error: unknown) => {
        drop();
        throw error;
      })
      .finally(() => (look = undefined));
    return look;
  };
  return {
    isRevoked: async (client, thumbprints) => {
      const age = performance.now() - lookedAt;
      if (age > OLDEST) await lookOnce();
      else if (age > LOOK_AGAIN_AFTER) void lookOnce().catch(() => undefined);
      return standing.has(client) || thumbprints.some((thumbprint) => standing.has(`${client} ${thumbprint}`));
    },
    close: async () => {
      const open = connection;
      connection = undefined;
      await open?.then((client) => client.end()).catch(() => undefined);
    },
  };
}

const STANDING = {
  name: 'standing-revocations',
  text: `
select case thumbprint when '' then client else client || ' ' || thumbprint end as entry
from revocation
where until is null`,
};
