import pg from 'pg';
import { expect } from 'vitest';

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
  readonly revealBecause?: string;
}

/** Does something, and gives the audit entries of the database's hubs that it left, in order. */
export async function entriesOf(databaseUrl: string, work: () => Promise<unknown>): Promise<readonly LeftEntry[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const sizes = new Map<string, string>();
    const heads = await client.query<{ log: string; size: string }>('select log, size from audit_head');
    for (const { log, size } of heads.rows) sizes.set(log, size);
    await work();
    const { rows } = await client.query<{ log: string; sequence: string; body: string }>(
      'select log, sequence, body from audit_entry order by log, sequence',
    );
    return rows
      .filter(({ log, sequence }) => BigInt(sequence) >= BigInt(sizes.get(log) ?? 0))
      .map(({ body }) => JSON.parse(body) as LeftEntry);
  } finally {
    await client.end();
  }
}

/** A clear id number: what no entry may hold. */
const NUMBER = /(?<![0-9a-f-])\d{15}(?:\d{2}[\dXx])?(?![0-9a-f-])/;

/**
 * AD of the attack list: the work left exactly one entry, a denial for this reason, by this client, with its key and the request's name
 * and no clear number.
 */
export async function expectDenied(
  databaseUrl: string,
  expected: { readonly reason: string; readonly client?: string },
  work: () => Promise<unknown>,
): Promise<LeftEntry> {
  const entries = await entriesOf(databaseUrl, work);
  expect(entries.map(({ decision, reason }) => [decision, reason])).toEqual([['DENIED', expected.reason]]);
  const [entry] = entries as readonly [LeftEntry];
  if (expected.client !== undefined) expect(entry.client).toBe(expected.client);
  expect(entry.request).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.stringify(entry)).not.toMatch(NUMBER);
  return entry;
}

/** AC of the attack list: the work left no entry at all; it was only counted. */
export async function expectOnlyCounted(databaseUrl: string, work: () => Promise<unknown>): Promise<void> {
  expect(await entriesOf(databaseUrl, work)).toEqual([]);
}
