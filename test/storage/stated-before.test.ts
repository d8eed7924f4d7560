import { afterAll, beforeAll, expect, it } from 'vitest';
import { STATED_BEFORE } from '../../src/storage/migrations/stated-before.ts';
import { testDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { brokenHistories, linksNow, linksRebuilt } from '../support/links.ts';
import { intakeOn, type Intake } from '../support/two-ways.ts';

let intake: Intake;
beforeAll(async () => {
  intake = intakeOn(await testDatabase());
});
afterAll(() => intake?.database.close());

const PLACE = 'joined-before';
const BORN = '2025-10-05';
const [CHILD, TWIN, OTHER] = [1, 2, 3].map((sequence) => ({
  name: '王小明',
  idNumber: residentId(sequence, BORN),
  bornOn: BORN,
}));
const certified = (child: typeof CHILD, certificateNumber: string) => ({ ...child, certificateNumber });

it('brings what births lists joined before to what the rows come to now', async () => {
  const { pool } = intake.database;
  const births = { agency: 'health', list: 'births' } as const;
  const first = await intake.push(PLACE, { ...births, rows: [{ ...CHILD, idNumber: 'P130000001' }, OTHER!] });
  await intake.push(PLACE, {
    ...births,
    rows: [certified(CHILD, 'P130000001'), certified(TWIN, 'P130000002'), certified(OTHER, 'P130000002')],
  });
  const wanted = await linksNow(pool, PLACE);
  const keyOf = (idType: 'RESIDENT_ID' | 'BIRTH_CERTIFICATE', idNumber: string): string =>
    intake.ports.subjectKeys.keyOf({ idType, idNumber });
  const [certificate, torn] = ['P130000001', 'P130000002'].map((number) => keyOf('BIRTH_CERTIFICATE', number));

  // As it was before: claims named nobody else, and whoever was heard of first gave the person its id.
  await pool.query(`update claim set attributes = attributes - 'sameAs'`);
  await pool.query(`delete from subject_link`);
  const before: [string, string, string][] = [
    [certificate!, certificate!, 'SUBJECT_OF_ROW'],
    [keyOf('RESIDENT_ID', CHILD!.idNumber), certificate!, 'BIRTH_LIST'],
    [torn!, torn!, 'BIRTH_LIST'],
    [keyOf('RESIDENT_ID', TWIN!.idNumber), torn!, 'BIRTH_LIST'],
    [keyOf('RESIDENT_ID', OTHER!.idNumber), torn!, 'BIRTH_LIST'],
  ];
  for (const [subject, person, because] of before) {
    await pool.query(
      `insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
      values (gen_random_uuid(), $1, $2, $3, '2025-10-31', $4, $5)`,
      [subject, PLACE, person, because, first.id],
    );
  }

  await pool.query(STATED_BEFORE);
  expect(await linksNow(pool, PLACE)).toEqual(wanted);
  expect(await linksRebuilt(pool, PLACE)).toEqual(wanted);
  expect(await brokenHistories(pool, PLACE)).toEqual([]);
  const again = await intake.push(PLACE, { ...births, rows: [certified(CHILD, 'P130000001')] });
  expect(again.counts.unchanged).toBe(1);
});
