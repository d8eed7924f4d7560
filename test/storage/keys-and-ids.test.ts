import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agencyKeys, type AgencyKeys } from '../../src/storage/agency-keys.ts';
import { contentDigest } from '../../src/storage/content-digest.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

describe('subject keys', () => {
  const keys = hmacSubjectKeys('a pepper of at least 32 characters');

  test('are the same for the same document, and UUIDs of version 8', () => {
    const key = keys.keyOf({ idType: 'RESIDENT_ID', idNumber: '11010519491231002X' });
    expect(key).toBe('bab95255-f609-8a82-a0c0-a33caa0581d5');
    expect(key).toBe(keys.keyOf({ idType: 'RESIDENT_ID', idNumber: '11010519491231002X' }));
  });

  test('differ by number, by type and by pepper', () => {
    const document = { idType: 'RESIDENT_ID', idNumber: '11010519491231002X' } as const;
    const all = [
      keys.keyOf(document),
      keys.keyOf({ ...document, idNumber: '110105194912310021' }),
      keys.keyOf({ ...document, idType: 'BIRTH_CERTIFICATE' }),
      hmacSubjectKeys('another pepper of at least 32 characters').keyOf(document),
    ];
    expect(new Set(all).size).toBe(4);
  });
});

test('ids are UUIDs of version 7 that sort in the order made, none twice', () => {
  const ids = uuidv7Ids();
  const made = Array.from({ length: 20_000 }, () => ids.next());
  expect(made.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
    true,
  );
  expect([...made].sort()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
});

describe('a content digest', () => {
  const same: ReadonlyArray<[why: string, a: unknown, b: unknown]> = [
    ['keys in another order', { a: 1, b: { c: [1], d: 2 } }, { b: { d: 2, c: [1] }, a: 1 }],
    ['a value not given', { a: 1, b: undefined }, { a: 1 }],
  ];
  test.each(same)('does not change with %s', (_why, a, b) => expect(contentDigest(a)).toBe(contentDigest(b)));

  const other: ReadonlyArray<[why: string, a: unknown, b: unknown]> = [
    ['rows in another order', [1, 2], [2, 1]],
    ['a number as text', { a: 1 }, { a: '1' }],
    ['null is something said', { a: null }, {}],
    ['text that looks like structure', ['a","b'], ['a', 'b']],
  ];
  test.each(other)('changes: %s', (_why, a, b) => expect(contentDigest(a)).not.toBe(contentDigest(b)));

  test('is SHA-256 of the canonical JSON', () => {
    expect(contentDigest({ b: 1, a: [] })).toBe('1c8f8816506a8ccbc55140d8a7bb70214a8942c7030fc0fc2914cec675cd1c15');
  });
});

describe('agency keys', () => {
  let database: TestDatabase;
  let keys: AgencyKeys;
  beforeAll(async () => {
    database = await testDatabase();
    keys = agencyKeys(database);
  });
  afterAll(() => database.close());

  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  };
  const at = new Date('2025-11-01T00:00:00Z');

  test('are found for their agency alone, once however often they are added', async () => {
    await keys.add('130628', 'tax', 'thumb-1', jwk, at);
    await keys.add('130628', 'tax', 'thumb-1', jwk, at);
    expect(await keys.find('130628', 'tax')).toEqual([jwk]);
    expect(await keys.find('130628', 'health')).toEqual([]);
    expect(await keys.find('140405', 'tax')).toEqual([]);
    await keys.remove('130628', 'tax', 'thumb-1');
    expect(await keys.find('130628', 'tax')).toEqual([]);
  });

  test('a private key is never taken', async () => {
    await expect(keys.add('130628', 'tax', 'thumb-2', { ...jwk, d: 'secret' }, at)).rejects.toThrow(
      'AGENCY_KEY_IS_WEAK',
    );
    expect(await keys.find('130628', 'tax')).toEqual([]);
  });

  test('an assertion is good once, also where many come with it at once', async () => {
    const soon = new Date(Date.now() + 60_000);
    const told = await Promise.all(Array.from({ length: 8 }, () => keys.remember('one', soon)));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await keys.remember('another', soon)).toBe(true);
    expect(await keys.remember('x'.repeat(100_000), soon)).toBe(true);
  });

  test('what has expired is forgotten on the way', async () => {
    await keys.remember('old', new Date(Date.now() - 1000));
    await keys.remember('new', new Date(Date.now() + 60_000));
    const kept = await database.pool.query(
      'select count(*)::int as many from replayed_assertion where expires_at < now()',
    );
    expect(kept.rows).toEqual([{ many: 0 }]);
  });
});
