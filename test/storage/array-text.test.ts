import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainArray, textArray } from '../../src/storage/array-text.ts';
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
