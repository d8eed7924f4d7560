import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyOut } from '../../src/storage/copy-out.ts';
import { StandingRows } from '../../src/storage/standing-rows.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const PERSON = 'a0b1c2d3-e4f5-8071-9283-9aabbccddeef';
const CLAIM = '01a20323-2436-70a5-ba4f-9bdd72dd6b4f';

/** One claim a row: its agency, and its first and last day. */
const claimsOf = (said: readonly (readonly [agency: string, from: string | null, to: string | null])[]): string => `
select '${PERSON}'::uuid, '${PERSON}'::uuid, timestamptz '2026-03-10 01:00Z', 'RESIDENT_ID', null::text, date '1952-02-29', true,
  '${CLAIM}'::uuid, s.agency, 'payments', s.valid_from::date, s.valid_to::date, timestamptz '2026-03-10 01:00Z', null::timestamptz,
  '{"name": "张三"}'::jsonb, 'key', '${CLAIM}'::uuid, 7
from (values ${said.map(([agency, from, to]) => `('${agency}', ${text(from)}, ${text(to)})`).join(', ')})
  as s(agency, valid_from, valid_to)`;

const text = (value: string | null): string => (value === null ? 'null' : `'${value}'`);

it('reads ids, days near and far, and words that begin alike', async () => {
  const said = [
    ['tax', '1850-01-01', '1899-12-31'],
    ['tay', '1900-01-01', '1999-12-31'],
    ['tax', '2000-01-01', '2000-02-29'],
    ['taxi', '2049-12-31', '2050-01-01'],
    ['tay', '2199-12-31', null],
    ['', null, '0001-01-01'],
  ] as const;
  const client = await database.pool.connect();
  try {
    // Twice: what is remembered is read as what was read first.
    const { seal } = database.walled.of('130628');
    for (const standing of [new StandingRows('130628', seal), new StandingRows('130628', seal)]) {
      const read = [];
      for await (const rows of copyOut(client, claimsOf(said), (bytes, at) => standing.read(bytes, at), 2)) {
        read.push(...rows);
      }
      expect(read.map(({ claim }) => [claim!.agency, claim!.validFrom, claim!.validTo])).toEqual(said);
      expect(new Set(read.map(({ person, claim }) => [person, claim!.id, claim!.submission].join()))).toEqual(
        new Set([[PERSON, CLAIM, CLAIM].join()]),
      );
      expect(read[0]!.subject!.subject).toMatchObject({ key: PERSON, birthDate: '1952-02-29', sex: 'MALE' });
    }
  } finally {
    client.release();
  }
});
