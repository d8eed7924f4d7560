import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEntry, canonicalText, type AuditEntry } from '../../src/domain/audit/audit-entry.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { sha256Tree } from '../../src/storage/audit-tree.ts';
import type { AuditFault } from '../../src/storage/audit-range.ts';
import { verifyLog, type HeldHead } from '../../src/storage/audit-verify.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

/** Somebody with all rights over the database changes what they like. */
async function asSuperuser(statement: string): Promise<void> {
  const client = await database.pool.connect();
  await client.query('set session_replication_role = replica');
  await client.query(statement);
  client.release(true);
}

const faultOf = async (log: string, held: readonly HeldHead[] = []): Promise<AuditFault | null> =>
  (await verifyLog(database.url, log, held)).fault;

const PLAIN: AuditEntry = auditEntry({
  at: new Date('2026-03-02T02:00:00.123Z'),
  actor: { client: '130628:tax', key: null, operator: null },
  request: 'request',
  operation: 'Test',
  act: 'test',
});

describe('what entries are searched by', () => {
  const PERSON = '018f0000-0000-7000-8000-00000000abcd';
  const DAYS = [
    ...['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '1900-02-28T23:59:59.001Z', '1900-03-01T00:00:00.000Z'],
    ...['2000-02-29T12:34:56.789Z', '2038-01-19T03:14:07.999Z', '2038-01-19T03:14:08.000Z', '2100-02-28T23:59:59.999Z'],
    ...['2100-03-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '0001-01-01T00:00:00.000Z', '0099-12-31T23:59:59.999Z'],
  ].map((text) => new Date(text));
  const WORDS = [
    ...['', '"', '\\', '\\"', '","person":"x","', '{"everybody":true}', '],"submissions":[', 'a\u0000b\tc\r\nd'],
    ...['王·李', '𠮷𠀀', '👨‍👩‍👧', '\uD800', '\u202E'],
  ];
  const KINDS: readonly AuditEntry[] = [
    PLAIN,
    ...DAYS.flatMap((at) => [
      { ...PLAIN, at },
      { ...PLAIN, knownAt: at },
    ]),
    ...WORDS.map((words) => ({
      ...PLAIN,
      ...{ actor: { client: words, key: words, operator: words }, request: words, operation: words, act: words },
      ...{ decision: 'DENIED' as const, reason: words, purpose: 'AUDIT' as const, sealedBecause: words, digest: words },
    })),
    { ...PLAIN, person: PERSON },
    { ...PLAIN, person: PERSON, knownAt: new Date(0), submissions: [PERSON], everybody: true, count: 0 },
    { ...PLAIN, submissions: [PERSON, '018f0000-0000-7000-8000-000000000001', PERSON] },
    { ...PLAIN, kinds: ['RECORD', 'NUMBERS'], scopes: ['person:read', 'person:reveal'], count: 12 },
    { ...PLAIN, everybody: true, digest: 'd'.repeat(64) },
  ];

  it('agrees with the text of every kind of entry, which is kept byte for byte', async () => {
    const log = auditLog(database.url);
    await log.append('kinds', KINDS);
    await log.close();
    const { rows } = await database.pool.query<{ body: string }>(
      "select body from audit_entry where log = 'kinds' order by sequence",
    );
    expect(rows.map(({ body }) => body)).toEqual(KINDS.map(canonicalText));
    expect(await verifyLog(database.url, 'kinds', [])).toEqual({ log: 'kinds', sound: KINDS.length, fault: null });
  });

  it('agrees with entries of before, whose reasons lie in clear', async () => {
    const text = canonicalText({ ...PLAIN, person: PERSON, revealBecause: '当面核对 "王"' });
    expect(text).toMatch(/^\{"v":1,.*"revealBecause":"当面核对/);
    const leaf = sha256Tree.leaf(text);
    await database.pool.query("insert into audit_head (log, size, frontier, root) values ('before', 1, $1, $1)", [
      leaf,
    ]);
    await database.pool.query(
      `insert into audit_entry (log, sequence, at, known_at, person, everybody, body, leaf)
       values ('before', 0, $1, $1, $2, false, $3, $4)`,
      [PLAIN.at, PERSON, text, leaf],
    );
    const log = auditLog(database.url, { sealing: database.sealing });
    await log.append('before', [{ ...PLAIN, person: PERSON, revealBecause: '又一次' }]);
    await log.close();
    expect(await verifyLog(database.url, 'before', [])).toEqual({ log: 'before', sound: 2, fault: null });
  });

  it('agrees with the text of whatever entry there may be', async () => {
    const words = fc.string({ unit: 'binary', maxLength: 40 });
    const instant = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    const id = fc.uuid();
    const entry = fc
      .record({
        at: instant,
        actor: fc.record({ client: words, key: fc.option(words), operator: fc.option(words) }),
        ...{ request: words, operation: words, act: words },
        decision: fc.constantFrom('GRANTED' as const, 'DENIED' as const),
        reason: fc.option(words),
        purpose: fc.constantFrom('AUDIT' as const, null),
        scopes: fc.constantFrom([], ['person:read' as const], ['person:read' as const, 'audit:read' as const]),
        person: fc.option(id),
        knownAt: fc.option(instant),
        kinds: fc.constantFrom([], ['RECORD' as const], ['CLAIMS' as const, 'LOOKS' as const]),
        sealedBecause: fc.option(words),
        submissions: fc.array(id, { maxLength: 3 }),
        everybody: fc.boolean(),
        count: fc.option(fc.nat()),
        digest: fc.option(words),
      })
      .map(auditEntry);
    const log = auditLog(database.url);
    const put: AuditEntry[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 60 }), async (entries) => {
        await log.append('any', entries);
        put.push(...entries);
        expect(await faultOf('any')).toBeNull();
      }),
      { numRuns: 30 },
    );
    await log.close();
    const { rows } = await database.pool.query<{ body: string }>(
      "select body from audit_entry where log = 'any' order by sequence",
    );
    expect(rows.map(({ body }) => body)).toEqual(put.map(canonicalText));
  });

  const FULL: AuditEntry = { ...PLAIN, person: PERSON, knownAt: new Date(0), submissions: [PERSON], everybody: true };
  it.each([
    ...["at = at + interval '1 ms'", "known_at = known_at + interval '200 years'", 'known_at = at', "at = 'infinity'"],
    ...['person = null', "person = '018f0000-0000-7000-8000-00000000abce'", 'everybody = false', 'submissions = null'],
    ...["submissions = '{}'", 'submissions = submissions || submissions', 'submissions[1] = gen_random_uuid()'],
  ])('does not agree where somebody sets %s', async (change) => {
    const log = auditLog(database.url);
    await log.append(change, [PLAIN, FULL]);
    await log.close();
    expect(await faultOf(change)).toBeNull();
    const set = `update audit_entry set ${change} where sequence = 1 and log = $l$${change}$l$`;
    await asSuperuser(set);
    expect(await faultOf(change)).toEqual({ sequence: 1, what: 'COLUMNS' });
  });

  it.each([
    'person = gen_random_uuid()',
    'everybody = true',
    'submissions = array[gen_random_uuid()]',
    'known_at = now()',
  ])('does not agree where somebody sets %s of an entry about nobody', async (change) => {
    const log = auditLog(database.url);
    await log.append(`none ${change}`, [PLAIN]);
    await log.close();
    await asSuperuser(`update audit_entry set ${change} where log = $l$none ${change}$l$`);
    expect(await faultOf(`none ${change}`)).toEqual({ sequence: 0, what: 'COLUMNS' });
  });
});

describe('a long log, which several threads check', { timeout: 120_000 }, () => {
  const LOG = 'long';
  const SIZE = 70_000;
  const held: HeldHead[] = [];

  // Somebody holds the root where a range ends as well.
  const HELD = [1_000, 8_192, 20_000, 41_000, 65_536, SIZE];

  beforeAll(async () => {
    const log = auditLog(database.url);
    for (let from = 0; from < SIZE;) {
      const to = Math.min(from + 1_000, ...HELD.filter((size) => size > from));
      const entries = Array.from({ length: to - from }, (_, index) => ({
        ...PLAIN,
        request: `request ${from + index}`,
      }));
      const { size, root } = await log.append(LOG, entries);
      // The largest first: whoever holds something brings it in any order.
      if (HELD.includes(size)) held.unshift({ size, root, from: `receipt of ${size}` });
      from = to;
    }
    await log.close();
  }, 180_000);

  it('is sound, as everybody holds it', async () => {
    expect(await verifyLog(database.url, LOG, held)).toEqual({ log: LOG, sound: SIZE, fault: null });
  });

  it('is sound while it is added to', async () => {
    const log = auditLog(database.url);
    const checked = new AbortController();
    const adding = (async () => {
      for (let index = SIZE; !checked.signal.aborted; index++) await log.append(LOG, [PLAIN]);
    })();
    try {
      expect([await faultOf(LOG, held), await faultOf(LOG, held)]).toEqual([null, null]);
    } finally {
      checked.abort();
      await adding;
      await log.close();
    }
  });

  it('is sound beside a head of the time when it was empty, which hides no other', async () => {
    const empty = { size: 0, root: createHash('sha256').digest('hex'), from: 'receipt of 0' };
    const few = held.filter(({ size }) => size === 1_000);
    expect(few).toHaveLength(1);
    expect(await faultOf(LOG, [empty, ...few])).toBeNull();
    expect(await faultOf(LOG, [empty, { ...few[0]!, root: 'ab'.repeat(32) }])).toMatchObject({
      what: 'HELD',
      until: 1_000,
    });
  });

  it.each([1_000, 8_192, 20_000, 65_536, SIZE])('is not what somebody holds of %i entries', async (size) => {
    const other = held.map((one) => (one.size === size ? { ...one, root: 'ab'.repeat(32) } : one));
    const before = [0, ...held.map((one) => one.size).toSorted((a, b) => a - b)].findLast((one) => one < size);
    expect(await faultOf(LOG, other)).toEqual({
      ...{ sequence: before, what: 'HELD', until: size, from: `receipt of ${size}` },
    });
  });

  it.each<[why: string, change: string, back: string, fault: AuditFault]>([
    [
      'two bad entries: the first of them',
      `update audit_entry set body = body || ' ' where log = '${LOG}' and sequence in (30000, 60001)`,
      `update audit_entry set body = rtrim(body) where log = '${LOG}' and sequence in (30000, 60001)`,
      { sequence: 30_000, what: 'ENTRY' },
    ],
    [
      'a large subtree',
      `update audit_subtree set hash = reverse(hash) where log = '${LOG}' and level = 16`,
      `update audit_subtree set hash = reverse(hash) where log = '${LOG}' and level = 16`,
      { sequence: 0, what: 'RANGE', until: 65_536 },
    ],
    [
      'a small subtree behind the first ranges',
      `update audit_subtree set hash = reverse(hash) where log = '${LOG}' and level = 8 and index = 100`,
      `update audit_subtree set hash = reverse(hash) where log = '${LOG}' and level = 8 and index = 100`,
      { sequence: 25_600, what: 'RANGE', until: 25_856 },
    ],
  ])('is bad by %s', async (_why, change, back, fault) => {
    await asSuperuser(change);
    expect(await faultOf(LOG)).toEqual(fault);
    await asSuperuser(back);
    expect(await faultOf(LOG)).toBeNull();
  });

  it('fails where a thread cannot read', async () => {
    await asSuperuser(`alter table audit_entry rename column known_at to gone`);
    await expect(faultOf(LOG)).rejects.toMatchObject({ code: '42703' });
    await asSuperuser(`alter table audit_entry rename column gone to known_at`);
  });
});
