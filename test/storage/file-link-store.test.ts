import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileLinkStore } from '../../src/storage/file-link-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';

const WORDS = '核对陈明的姓名';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

it.each([WORDS, undefined])('keeps why names are to be shown sealed, and gives it back: %s', async (words) => {
  const place = jurisdictionWith({ tax: { name: '测试局', pushes: {} } });
  const asker = { ...callerOf(place, 'tax'), ...(words === undefined ? {} : { revealBecause: words }) };
  const links = fileLinkStore(database.walled);
  const [askedAt, until] = [new Date('2026-03-02T02:00:00Z'), new Date('2026-03-02T02:05:00Z')];
  const wish = { kind: 'rejected.csv', id: '018f0000-0000-7000-8000-000000000000', purpose: null } as const;
  const secret = await links.add({ wish, asker, askedAt, until });
  const { rows } = await database.pool.query<{ row: string }>('select l::text as row from file_link l');
  expect(rows.filter(({ row }) => row.includes(WORDS))).toEqual([]);
  expect((await links.use(asker.jurisdiction, secret, askedAt))?.asker).toEqual(asker);
});
