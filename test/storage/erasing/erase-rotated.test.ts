import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IdentityDocument } from '../../../src/domain/identity/subject.ts';
import { sentRowReader } from '../../../src/flows/read-sent-rows.ts';
import { erasePerson } from '../../../src/storage/erasing/erase-person.ts';
import { openIndexKeys, type IndexKeys } from '../../../src/storage/subject-index/follow-index-keys.ts';
import { finishIndex, makeIndexKey } from '../../../src/storage/subject-index/rotate-index.ts';
import { subjectIndex } from '../../../src/storage/subject-index/subject-index.ts';
import type { KeptSubjectKeys } from '../../../src/storage/subject-keys.ts';
import { walledDatabase } from '../../../src/storage/walled-database.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';
import { documentsOf } from '../../support/documents.ts';
import { tablesNaming } from '../../support/erasing.ts';
import { residentId } from '../../support/id-numbers.ts';
import { TEST_KEYS } from '../../support/sealing-keys.ts';
import { INTAKE_PEPPER, intakeOn, openPlace, type Intake } from '../../support/two-ways.ts';

const PLACE = 'rotated';

let database: TestDatabase;
let keys: IndexKeys;
let ownersKeys: IndexKeys;
let index: KeptSubjectKeys;
let intake: Intake;
beforeAll(async () => {
  database = await testDatabase();
  keys = await openIndexKeys(database.hubPool, TEST_KEYS, INTAKE_PEPPER);
  ownersKeys = await openIndexKeys(database.pool, TEST_KEYS, INTAKE_PEPPER);
  index = subjectIndex(database.hubPool, keys);
  intake = intakeOn(database, openPlace, index);
});
afterAll(async () => {
  await keys?.close();
  await ownersKeys?.close();
  await database?.close();
});

const rowOf = (sequence: number) => ({
  idNumber: residentId(sequence),
  name: '张三',
  category: '低保对象',
  from: '2025-06-01',
});
const push = (sequence: number) =>
  intake.push(PLACE, { agency: 'civil-affairs', list: 'hardship', rows: [rowOf(sequence)] as never });

async function keyOf(sequence: number): Promise<string> {
  const document: IdentityDocument = { idType: 'RESIDENT_ID', idNumber: residentId(sequence) };
  return (await index.find(() => [document])).keyOf(document);
}

async function rotate(): Promise<void> {
  const { pool, sealing } = database;
  const ground = { pool, sealing, ring: TEST_KEYS, indexKeys: ownersKeys, jurisdictions: [PLACE] };
  await makeIndexKey(ground);
  const quiet = { onProgress: () => undefined, onWaiting: () => undefined };
  expect(await finishIndex(ground, quiet, undefined, 0)).toEqual({ done: true, strays: [] });
  await keys.look();
}

const erase = (key: string) =>
  erasePerson(walledDatabase(database.pool, database.sealing).of(PLACE), {
    ...{ jurisdiction: PLACE, key, forGood: true },
    reader: sentRowReader({}, index),
  });

/** The subjects that a resident's number is kept for. */
const subjectsOf = async (sequence: number): Promise<readonly string[]> =>
  (await documentsOf(database.walled, PLACE))
    .filter(({ idNumber }) => idNumber === residentId(sequence))
    .map(({ key }) => key);

it('erases by number after a rotation, and whoever is pushed again is there once and found', async () => {
  await push(1);
  await rotate();
  // One from before and one who was first heard of since.
  await push(2);
  for (const sequence of [1, 2]) {
    const key = await keyOf(sequence);
    expect(await subjectsOf(sequence)).toEqual([key]);
    expect(await erase(key)).toMatchObject({ person: key });
    expect(await subjectsOf(sequence)).toEqual([]);
    // The number still leads to the pseudonym, and that to nobody.
    expect(await keyOf(sequence)).toBe(key);
    expect(await tablesNaming(database.pool, [key])).toEqual(['subject_index']);
    await push(sequence);
    expect(await subjectsOf(sequence)).toEqual([key]);
  }
});

it('whoever was erased and is held by nobody is forgotten by the next rotation, and comes back as somebody new', async () => {
  const before = await keyOf(2);
  await erase(before);
  await rotate();
  expect(await tablesNaming(database.pool, [before])).toEqual([]);
  await push(2);
  const after = await keyOf(2);
  expect(after).not.toBe(before);
  expect(await subjectsOf(2)).toEqual([after]);
});
