import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { inTransaction } from '../../src/storage/in-transaction.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { findConflicts } from '../../src/storage/resolve-identities.ts';
import { settle, undo, type IdentitySettlement } from '../../src/storage/settle-identities.ts';
import { testDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { linksNow } from '../support/links.ts';
import { intakeOn, type Intake } from '../support/two-ways.ts';

let intake: Intake;
beforeAll(async () => {
  intake = intakeOn(await testDatabase());
});
afterAll(() => intake?.database.close());

let place = '';
let places = 0;
beforeEach(() => {
  place = `settling-${(places += 1)}`;
});

const at = (hour: number): Date => new Date(Date.UTC(2025, 10, 1, hour));
const keyOf = (idNumber: string, idType: 'RESIDENT_ID' | 'PASSPORT' = 'RESIDENT_ID'): string =>
  intake.ports.subjectKeys.keyOf({ idType, idNumber });
const [one, other, third] = [1, 2, 3].map((sequence) => residentId(sequence)) as [string, string, string];

async function registered(hour: number, ...rows: RawRow[]): Promise<void> {
  intake.setNow(at(hour));
  const said = rows.map((row, index) => ({
    policyYear: 2020 + index,
    registeredOn: '2025-10-01',
    name: '王芳',
    ...row,
  }));
  await intake.push(place, { agency: 'medical-insurance', list: 'registrations', rows: said });
}
const task = (): string => intake.ports.ids.next();
const settled = (by: string, settlement: IdentitySettlement, hour: number) => {
  const inside = intake.database.walled.of(place);
  const numbers = { seal: inside.seal, subjectKeys: intake.ports.subjectKeys };
  return inTransaction(inside, (client) => settle(client, numbers, place, by, settlement, at(hour)));
};
const undone = (by: string, hour: number) =>
  inTransaction(intake.database.walled.of(place), (client) => undo(client, sealHere(), place, by, at(hour)));
const sealHere = () => intake.database.walled.of(place).seal;
const personOf = async (key: string, hour = 20) =>
  (await personStore(intake.database.walled).findBySubjects(place, [key], at(hour))).get(key);

test('two numbers of one person, and the history of it', async () => {
  await registered(1, { idNumber: one }, { idNumber: other });
  const [a, b] = [keyOf(one), keyOf(other)].sort() as [string, string];
  const by = task();
  expect(await settled(by, { kind: 'SAME_PERSON', subjects: [b, a] }, 2)).toEqual([a, b]);
  expect((await personOf(b))?.id).toBe(a);
  expect((await personOf(b, 1))?.id).toBe(b);
  expect(await undone(by, 3)).toEqual([a, b]);
  expect(await undone(by, 4)).toEqual([]);

  const links = await intake.database.pool.query(
    `select person_id as person, since, until, because, submission = $3 as by_task from subject_link
    where jurisdiction = $1 and subject_key = $2 order by since`,
    [place, b, by],
  );
  expect(links.rows).toEqual([
    { person: b, since: at(1), until: at(2), because: 'SUBJECT_OF_ROW', by_task: false },
    { person: a, since: at(2), until: at(3), because: 'SETTLED', by_task: true },
    { person: b, since: at(3), until: null, because: 'SEPARATED', by_task: true },
  ]);
});

test('rows in conflict are told, until it is settled whose the document is', async () => {
  const passport = { otherIdType: 'PASSPORT', otherIdNumber: 'E12345678' };
  await registered(1, { idNumber: one, ...passport }, { idNumber: other, ...passport });
  const all = [keyOf(one), keyOf(other), keyOf('E12345678', 'PASSPORT')];
  expect(await findConflicts(intake.database.pool, sealHere(), place, [all[0]!])).toEqual([all.toSorted()]);
  expect(new Set((await linksNow(intake.database.pool, place)).values()).size).toBe(3);

  const by = task();
  await settled(by, { kind: 'DIFFERENT_PEOPLE', subjects: [all[1]!, all[2]!] }, 2);
  expect(await findConflicts(intake.database.pool, sealHere(), place, all)).toEqual([]);
  expect((await personOf(all[2]!))?.id).toBe(all[0]);
  await settled(task(), { kind: 'SAME_PERSON', subjects: [all[1]!, all[2]!] }, 3);
  expect((await personOf(all[2]!))?.id).toBe(all[1]);
  // What was settled since stands; of the first settlement nothing does that could be undone.
  expect(await undone(by, 4)).toEqual([]);
  expect((await personOf(all[2]!))?.id).toBe(all[1]);
});

test('one number, two people: each name its own person, with the documents that its rows name', async () => {
  const passport = { otherIdType: 'PASSPORT', otherIdNumber: 'E12345678' };
  await registered(1, { idNumber: one, name: '王芳' }, { idNumber: one, name: '李 强', ...passport });
  const subject = keyOf(one);
  expect((await personOf(subject))?.subjects).toHaveLength(2);
  const by = task();
  const touched = await settled(by, { kind: 'OTHER_PERSONS_NAMES', subject, names: ['李强'] }, 2);

  const li = (await personOf(keyOf('E12345678', 'PASSPORT')))!;
  expect(touched).toEqual(expect.arrayContaining([subject, li.id]));
  expect(li.id).not.toBe(subject);
  // Shown by the number they have; a passport of their own tells better who they are than a number of two.
  expect(li.subjects.map(({ idNumber }) => idNumber).sort()).toEqual([one, 'E12345678']);
  expect(li.id).toBe(keyOf('E12345678', 'PASSPORT'));
  expect((await personOf(subject))?.subjects).toHaveLength(1);

  await undone(by, 3);
  expect((await personOf(subject))?.subjects.map(({ idNumber }) => idNumber).sort()).toEqual([one, 'E12345678']);
});

test('the value that counts is the one settled last, and undoing brings back the one before', async () => {
  await registered(1, { idNumber: third });
  const subject = keyOf(third);
  const keep = (value: string) => ({ kind: 'KEEP_VALUE', subject, attribute: 'name', value }) as const;
  const standing = async () => {
    const found = await intake.database.pool.query(
      'select value from settled_value where jurisdiction = $1 and until is null',
      [place],
    );
    return found.rows.map(({ value }) => value);
  };
  const [first, second] = [task(), task()];
  expect(await settled(first, keep('王芳'), 2)).toEqual([subject]);
  await settled(second, keep('王方'), 3);
  expect(await standing()).toEqual([nameKeyOf(sealHere(), '王方')]);
  expect(await undone(second, 4)).toEqual([subject]);
  expect(await standing()).toEqual([nameKeyOf(sealHere(), '王芳')]);
  await undone(first, 5);
  expect(await standing()).toEqual([]);
});
