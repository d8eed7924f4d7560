import pg from 'pg';
import { expect } from 'vitest';
import { readEntry } from '../../src/domain/audit/audit-entry.ts';
import { openReasons } from '../../src/storage/audit-reasons.ts';
import { sealOf } from './sealing-keys.ts';

/** An entry of the audit log, as its text says. */
export interface LeftEntry {
  readonly client: string;
  readonly request: string;
  readonly operation: string;
  readonly act: string;
  readonly decision: 'GRANTED' | 'DENIED';
  readonly reason?: string;
  readonly purpose?: string;
  readonly person?: string;
  readonly kinds?: readonly string[];
  readonly scopes?: readonly string[];
  readonly submissions?: readonly string[];
  readonly count?: number;
  readonly key?: string;
  readonly operator?: string;
  /** Opened; `ERASED` where it is said of somebody whose key was destroyed. */
  readonly revealBecause?: string;
  readonly sealedBecause?: string;
  readonly everybody?: boolean;
  readonly signature?: string;
  readonly emergency?: string;
}

/** Does something, and gives the audit entries of the database's hubs that it left, in order. */
export async function entriesOf(databaseUrl: string, work: () => Promise<unknown>): Promise<readonly LeftEntry[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const before = await logSizes(client);
    await work();
    return await entriesSince(client, before);
  } finally {
    await client.end();
  }
}

/** How many entries each log holds. */
export type LogSizes = Readonly<Record<string, string>>;

/** How many entries each log holds now. */
export async function logSizes(database: pg.Pool | pg.ClientBase): Promise<LogSizes> {
  const { rows } = await database.query<{ log: string; size: string }>('select log, size from audit_head');
  return Object.fromEntries(rows.map(({ log, size }) => [log, size]));
}

/** The entries that came since the logs were so long, in order. */
export async function entriesSince(database: pg.Pool | pg.ClientBase, before: LogSizes): Promise<readonly LeftEntry[]> {
  const { rows } = await database.query<{ log: string; body: string }>(
    'select log, body from audit_entry where sequence >= coalesce(($1::json ->> log)::bigint, 0) order by log, sequence',
    [JSON.stringify(before)],
  );
  return Promise.all(
    rows.map(async ({ log, body }) => {
      const left = JSON.parse(body) as LeftEntry;
      return left.sealedBecause === undefined ? left : { ...left, revealBecause: await reasonIn(database, log, body) };
    }),
  );
}

async function reasonIn(database: pg.Pool | pg.ClientBase, log: string, body: string): Promise<string> {
  const [reason] = await openReasons(database, await sealOf(database, log), log, [readEntry(body)!]);
  return typeof reason === 'object' ? reason!.words : reason!;
}

/** Lets no hub write the log while something is done; it can be read. */
export async function withoutLog(owner: pg.Pool, work: () => Promise<void>): Promise<void> {
  await owner.query('revoke insert on audit_entry from hub_app');
  try {
    await work();
  } finally {
    await owner.query('grant insert on audit_entry to hub_app');
  }
}

/** A clear id number: what no entry may hold. */
const NUMBER = /(?<![0-9a-f-])\d{15}(?:\d{2}[\dXx])?(?![0-9a-f-])/;

/** Who was denied and why. */
interface Denial {
  readonly reason: string;
  readonly client?: string;
  /** Thumbprint of the key by which the token was obtained. */
  readonly key?: string;
}

/**
 * AD of the attack list: the work left exactly one entry, a denial for this reason, by this client, with its key and the request's name
 * and no clear number.
 */
export async function expectDenied(
  databaseUrl: string,
  expected: Denial,
  work: () => Promise<unknown>,
): Promise<LeftEntry> {
  const entries = await entriesOf(databaseUrl, work);
  expect(entries.map(({ decision, reason }) => [decision, reason])).toEqual([['DENIED', expected.reason]]);
  const [entry] = entries as readonly [LeftEntry];
  if (expected.client !== undefined) expect(entry.client).toBe(expected.client);
  if (expected.key !== undefined) expect(entry.key).toBe(expected.key);
  expect(entry.request).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.stringify(entry)).not.toMatch(NUMBER);
  return entry;
}

/** AC of the attack list: the work left no entry at all; it was only counted. */
export async function expectOnlyCounted(databaseUrl: string, work: () => Promise<unknown>): Promise<void> {
  expect(await entriesOf(databaseUrl, work)).toEqual([]);
}
