import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import type { StoredSubmission } from '../../src/flows/ports.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { intakeOn, type Intake, type PushSketch } from '../support/two-ways.ts';

const ZEROS = '0'.repeat(18);
const GUARDIAN = residentId(1);
const LATER = new Date('2100-01-01T00:00:00Z');

let database: TestDatabase;
let intake: Intake;
let places = 0;

beforeAll(async () => {
  database = await testDatabase();
  intake = intakeOn(database);
});
afterAll(() => database.close());

/** Pushes rows as the graph does, or keeps them whole as a file is and takes them in. */
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

/** What became of the rows of a submission: outcomes and codes. */
async function verdictsOf(place: string, { id }: StoredSubmission): Promise<readonly (readonly string[])[]> {
  const { items } = await submissionStore(database.walled).rows(place, id, null, 100, null);
  return items.map(({ outcome, findings }) => [outcome, ...findings.map(({ code }) => code)]);
}

/** Everybody in a place: who has which numbers and what is told of them. */
async function everybody(place: string) {
  const links = await database.pool.query<{ subject_key: string }>(
    'select subject_key from subject_link where jurisdiction = $1 and until is null',
    [place],
  );
  const keys = links.rows.map((link) => link.subject_key);
  const found = await personStore(database.walled).findBySubjects(place, keys, LATER);
  return [...new Map([...found.values()].map((person) => [person.id, person])).values()]
    .map(({ subjects, claims }) => ({
      numbers: subjects.map(({ idNumber }) => idNumber).sort(),
      told: claims.map(({ list, attributes }) => `${list} ${attributes.name}`).sort(),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe.each(WAYS)('%s', (_way, push) => {
  const deaths = (rows: readonly RawRow[]): PushSketch => ({ agency: 'health', list: 'deaths', rows });
  const births = (rows: readonly RawRow[]): PushSketch => ({ agency: 'health', list: 'births', rows });
  const newPlace = (): string => `place-${(places += 1)}`;

  it('two people under the same placeholder stay two people', async () => {
    const place = newPlace();
    const rows = ['甲', '乙'].map((name) => ({ name, idNumber: ZEROS, diedOn: '2025-10-01' }));
    const first = await push(place, deaths(rows));
    expect(await verdictsOf(place, first)).toEqual(rows.map(() => ['FLAGGED', 'NUMBER_NOT_THEIR_OWN']));
    expect(await everybody(place)).toEqual([
      { numbers: [ZEROS], told: ['deaths 乙'] },
      { numbers: [ZEROS], told: ['deaths 甲'] },
    ]);

    const again = await push(place, deaths(rows));
    expect(again).toMatchObject({ counts: { unchanged: 2 }, claimsAdded: 0 });
    expect(await everybody(place)).toHaveLength(2);
  });

  it('a newborn under the guardian’s number is not the guardian', async () => {
    const place = newPlace();
    await push(place, deaths([{ name: '母', idNumber: GUARDIAN, diedOn: '2025-10-02' }]));
    const born = await push(
      place,
      births([
        { name: '婴', idNumber: GUARDIAN, bornOn: '2025-10-01', guardianIdNumber: GUARDIAN },
        { name: '婴二', idNumber: GUARDIAN, bornOn: '2025-10-01', certificateNumber: 'P130000001' },
      ]),
    );
    expect((await verdictsOf(place, born)).map(([outcome, code]) => [outcome, code])).toEqual([
      ['FLAGGED', 'NUMBER_NOT_THEIR_OWN'],
      ['FLAGGED', 'NUMBER_NOT_THEIR_OWN'],
    ]);
    expect(await everybody(place)).toEqual([
      { numbers: [GUARDIAN, 'P130000001'], told: ['births 婴二'] },
      { numbers: [GUARDIAN], told: ['births 婴'] },
      { numbers: [GUARDIAN], told: ['deaths 母'] },
    ]);
  });

  it('a row that removes finds nothing and says so', async () => {
    const place = newPlace();
    const row = { name: '甲', idNumber: ZEROS, diedOn: '2025-10-01' };
    await push(place, deaths([row]));
    const removing = await push(place, deaths([{ ...row, change: 'REMOVE' }]));
    expect((await verdictsOf(place, removing)).map((codes) => codes.toSorted())).toEqual([
      ['FLAGGED', 'NOTHING_TO_REMOVE', 'NUMBER_NOT_THEIR_OWN'],
    ]);
    expect(await everybody(place)).toEqual([{ numbers: [ZEROS], told: ['deaths 甲'] }]);
  });

  it('a row that corrects takes nobody’s place, and is not taken in twice', async () => {
    const place = newPlace();
    const row = { name: '甲', idNumber: ZEROS, diedOn: '2025-10-01' };
    await push(place, deaths([row]));
    const correcting = { ...row, diedOn: '2025-10-02', change: 'CORRECT' };
    const corrected = await push(place, deaths([correcting]));
    expect((await verdictsOf(place, corrected)).map((codes) => codes.toSorted())).toEqual([
      ['FLAGGED', 'NOTHING_TO_CORRECT', 'NUMBER_NOT_THEIR_OWN'],
    ]);
    await push(place, deaths([correcting]));
    expect(await everybody(place)).toHaveLength(2);
    const marked = await database.pool.query('select attributes from claim where jurisdiction = $1', [place]);
    expect(marked.rows.map(({ attributes }) => attributes.heldApart)).toEqual([true, true]);
  });
});
