import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import type { StoredSubmission } from '../../src/flows/ports.ts';
import { cardStore } from '../../src/storage/card-store.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { intakeOn, type Intake, type PushSketch } from '../support/two-ways.ts';

let database: TestDatabase;
let intake: Intake;
let places = 0;

beforeAll(async () => {
  database = await testDatabase();
  intake = intakeOn(database);
});
afterAll(() => database.close());

const WAYS: ReadonlyArray<[way: string, push: (place: string, sketch: PushSketch) => Promise<StoredSubmission>]> = [
  ['inline', (place, sketch) => intake.push(place, sketch)],
  [
    'as a file',
    async (place, sketch) => {
      const kept = await intake.keep(place, sketch);
      await intake.takeIn(kept);
      return intake.submission(place, kept.id);
    },
  ],
];

/** A place where somebody of a name and birthday is known, by a number that the pepper of tests keys. */
async function placeWith(idNumber: string, said: object): Promise<string> {
  const place = `place-${(places += 1)}`;
  const row = { name: '王芳', idNumber, bornOn: '2025-10-01', ...said };
  await intake.push(place, { agency: 'health', list: 'births', rows: [row] });
  const found = await database.pool.query<{ person: string }>(
    'select person_id as person from subject_link where jurisdiction = $1 and until is null',
    [place],
  );
  const { person } = found.rows[0]!;
  await cardStore(database.walled, (one) => database.walled.of(one).seal).replace(
    place,
    [person],
    [person],
    [
      {
        ...{ person, bareName: '王芳', birthDate: '2025-10-01' },
        ...{ regionCode: null, householdNumber: null, deceased: false },
      },
    ],
  );
  return place;
}

async function codesOf(place: string, { id }: StoredSubmission): Promise<readonly (readonly string[])[]> {
  const { items } = await submissionStore(database.walled).rows(place, id, null, 100, null);
  return items.map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)]);
}

const FIRST = residentId(1, '2025-10-01');
const SECOND = residentId(2, '2025-10-01');
const CERTIFICATE = 'P130000001';
const FLAGGED = ['FLAGGED', 'SAME_NAME_OTHER_NUMBER'];

const cases: ReadonlyArray<[why: string, row: RawRow, codes: readonly string[]]> = [
  ['the same name and birthday under another number', { idNumber: SECOND }, FLAGGED],
  ['the name spelt with a space', { idNumber: SECOND, name: '王 芳' }, FLAGGED],
  ['the name in full-width and other spaces', { idNumber: SECOND, name: '王\u3000芳' }, FLAGGED],
  ['another name', { idNumber: SECOND, name: '王方' }, ['ACCEPTED']],
  ['another birthday', { idNumber: residentId(2, '2025-10-02'), bornOn: '2025-10-02' }, ['ACCEPTED']],
  ['the number that is known', { idNumber: FIRST, name: '王芳', regionCode: '130628101' }, ['ACCEPTED']],
  [
    'the document that is known, named beside the new number',
    { idNumber: SECOND, certificateNumber: CERTIFICATE },
    ['ACCEPTED'],
  ],
  [
    'a row that corrects',
    { idNumber: SECOND, change: 'CORRECT' },
    ['FLAGGED', 'NOTHING_TO_CORRECT', 'SAME_NAME_OTHER_NUMBER'],
  ],
  ['a row that removes', { idNumber: SECOND, change: 'REMOVE' }, ['FLAGGED', 'NOTHING_TO_REMOVE']],
  ['a row that is rejected', { idNumber: SECOND, bornOn: '2025-13-01' }, ['REJECTED', 'DAY_NOT_ON_CALENDAR']],
];

describe.each(WAYS)('%s', (_way, push) => {
  it.each(cases)('%s', async (_why, said, codes) => {
    const place = await placeWith(FIRST, { certificateNumber: CERTIFICATE });
    const row = { name: '王芳', bornOn: '2025-10-01', ...said };
    const pushed = await push(place, { agency: 'health', list: 'births', rows: [row] });
    expect((await codesOf(place, pushed)).map((one) => one.toSorted())).toEqual([codes.toSorted()]);
  });

  it('the birthday that the number carries, in a list that states none', async () => {
    const place = await placeWith(FIRST, {});
    const rows = [FIRST, SECOND].map((idNumber) => ({ name: '王芳', idNumber, diedOn: '2025-10-20' }));
    const pushed = await push(place, { agency: 'health', list: 'deaths', rows });
    expect(await codesOf(place, pushed)).toEqual([['ACCEPTED'], FLAGGED]);
  });
});
