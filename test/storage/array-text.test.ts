import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainArray, textArray, uuidArray } from '../../src/storage/array-text.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

it('gives the server back what was written, whatever it holds', async () => {
  const texts = ['', 'NULL', null, 'a,b', '{}', '"', '\\', '\\"', ' 张 三 ', "'", '\n', 'null'];
  const numbers = [1, null, -2];
  const found = await database.pool.query<{ texts: unknown; numbers: unknown; none: unknown; flags: unknown }>(
    'select $1::text[] as texts, $2::integer[] as numbers, $3::text[] as none, $4::boolean[] as flags',
    [textArray(texts), plainArray(numbers), textArray([]), plainArray([true, false, null])],
  );

  expect(found.rows[0]).toEqual({ texts, numbers, none: [], flags: [true, false, null] });
});

it('gives the server ids, with dashes and without, and where there is none', async () => {
  const ids = ['01a20323-2436-70a5-ba4f-9bdd72dd6b4f', null, 'ffffffffffffffffffffffffffffffff'];
  const found = await database.pool.query<{ ids: unknown; none: unknown; nobody: unknown }>(
    'select $1::uuid[]::text[] as ids, $2::uuid[] as none, $3::uuid[] as nobody',
    [uuidArray(ids), uuidArray([]), uuidArray([null])],
  );
  expect(found.rows[0]).toEqual({
    ids: [ids[0], null, 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    none: [],
    nobody: [null],
  });
});
