import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditEntry, canonicalText, readEntry, type AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { sha256Tree } from '../../src/storage/audit-tree.ts';
import type { AuditFault } from '../../src/storage/audit-range.ts';
import { verifyLog, type HeldHead } from '../../src/storage/audit-verify.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const LOG = '130628';
const SIZE = 1_000;
const PERSON = '018f0000-0000-7000-8000-000000000000';

let database: TestDatabase;
/** What an agency's receipt said when there were so many entries. */
let receipts: HeldHead[];

const entryOf = (index: number): AuditEntry =>
  auditEntry({
    at: new Date(Date.UTC(2026, 0, 1) + index),
    actor: { client: '130628:tax', key: null, operator: null },
    request: `request ${index}`,
    operation: 'Test',
    act: 'test',
    person: index % 3 === 0 ? PERSON : null,
    submissions: index % 5 === 0 ? [PERSON] : [],
  });

async function write(entries: readonly AuditEntry[], at: readonly number[]): Promise<HeldHead[]> {
  const log = auditLog(database.url);
  const heads: HeldHead[] = [];
  let from = 0;
  for (const until of [...at, entries.length]) {
    const { size, root } = await log.append(LOG, entries.slice(from, until));
    heads.push({ size, root, from: `receipt of ${size}` });
    from = until;
  }
  await log.close();
  return heads;
}

beforeEach(async () => {
  database = await testDatabase();
  receipts = await write(
    Array.from({ length: SIZE }, (_, index) => entryOf(index)),
    [300, 700],
  );
});
afterEach(() => database?.close());

/** Somebody with all rights over the database changes what they like. */
async function asSuperuser(...statements: readonly (string | readonly [string, readonly unknown[]])[]): Promise<void> {
  const client = await database.pool.connect();
  await client.query('set session_replication_role = replica');
  for (const one of statements) {
    if (typeof one === 'string') await client.query(one);
    else await client.query(one[0], [...one[1]]);
  }
  client.release(true);
}

const faultBy = async (held: readonly HeldHead[] = []): Promise<AuditFault | null> =>
  (await verifyLog(database.url, LOG, held)).fault;

const OTHER = canonicalText({ ...entryOf(617), actor: { client: '130628:finance', key: null, operator: null } });

it('108. a log that nobody touched is sound, whatever is held of it', async () => {
  expect(await verifyLog(database.url, LOG, receipts)).toEqual({ log: LOG, sound: SIZE, fault: null });
});

it('108. a log that is added to while it is checked is sound', async () => {
  const log = auditLog(database.url);
  const checked = new AbortController();
  const adding = (async () => {
    for (let index = SIZE; !checked.signal.aborted; index++) await log.append(LOG, [entryOf(index)]);
  })();
  const faults: (AuditFault | null)[] = [];
  for (let time = 0; time < 20; time++) faults.push(await faultBy(receipts));
  checked.abort();
  await adding;
  await log.close();
  expect(faults).toEqual(faults.map(() => null));
});

it.each<[why: string, statement: string | readonly [string, readonly unknown[]], fault: AuditFault]>([
  [
    'a text changed',
    ['update audit_entry set body = $1 where sequence = 617', [OTHER]],
    { sequence: 617, what: 'ENTRY' },
  ],
  ['an entry deleted', 'delete from audit_entry where sequence = 617', { sequence: 617, what: 'MISSING' }],
  ['the first deleted', 'delete from audit_entry where sequence = 0', { sequence: 0, what: 'MISSING' }],
  ['the last deleted', 'delete from audit_entry where sequence = 999', { sequence: 999, what: 'MISSING' }],
  ['all deleted', 'truncate audit_entry', { sequence: 0, what: 'MISSING' }],
  [
    'a person hidden from the search',
    'update audit_entry set person = null where sequence = 618',
    { sequence: 618, what: 'COLUMNS' },
  ],
  [
    'a submission hidden from the search',
    'update audit_entry set submissions = null where sequence = 615',
    { sequence: 615, what: 'COLUMNS' },
  ],
  [
    'an instant moved',
    "update audit_entry set at = at + interval '1 ms' where sequence = 617",
    { sequence: 617, what: 'COLUMNS' },
  ],
  [
    'a text changed with its hash',
    ['update audit_entry set body = $1, leaf = $2 where sequence = 617', [OTHER, Buffer.from(sha256Tree.leaf(OTHER))]],
    { sequence: 512, what: 'RANGE', until: 768 },
  ],
  [
    'a kept subtree changed',
    'update audit_subtree set hash = leaf from audit_entry where index = 1 and sequence = 0',
    { sequence: 256, what: 'RANGE', until: 512 },
  ],
  ['the head changed', "update audit_head set root = ''", { sequence: 1_000, what: 'HEAD' }],
  ['the head gone', 'truncate audit_head', { sequence: 0, what: 'HEAD' }],
])('108. past the triggers, the verifier names the first bad entry: %s', async (_why, statement, fault) => {
  await asSuperuser(statement);
  expect(await faultBy()).toEqual(fault);
});

it('109. a tail deleted with its head is caught by a receipt', async () => {
  const entries = Array.from({ length: 800 }, (_, index) => entryOf(index));
  await asSuperuser('truncate audit_entry, audit_subtree, audit_head');
  await write(entries, []);
  expect(await faultBy()).toBeNull();
  expect(await faultBy(receipts)).toEqual({ sequence: 800, what: 'HELD', until: SIZE, from: 'receipt of 1000' });
});

it('109. a whole log hashed anew is caught by a receipt, between it and the one before', async () => {
  const { rows } = await database.pool.query<{ body: string }>('select body from audit_entry order by sequence');
  const entries = rows.map(({ body }) => readEntry(body)!);
  entries[617] = readEntry(OTHER)!;
  await asSuperuser('truncate audit_entry, audit_subtree, audit_head');
  await write(entries, [300, 700]);
  expect(await faultBy()).toBeNull();
  expect(await faultBy(receipts)).toEqual({ sequence: 300, what: 'HELD', until: 700, from: 'receipt of 700' });
});
