import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NamedSubject, ReceiveStore } from '../../src/flows/ports.ts';
import { cardStore } from '../../src/storage/card-store.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { subject, submission } from '../support/pushes.ts';

const PLACE = '130628';
const known = subject('namesake-known');
const certificate = subject('P130000077', 'BIRTH_CERTIFICATE');

let database: TestDatabase;
let store: ReceiveStore;

beforeAll(async () => {
  database = await testDatabase();
  store = receiveStore(database.walled, uuidv7Ids());
  const since = new Date('2025-11-01T08:00:00Z');
  await store.inTransaction(PLACE, (tx) => tx.linkSubjects(PLACE, [known, certificate], since, submission().id));
  const card = { name: '王 芳', bareName: '王芳', regionCode: null, householdNumber: null, deceased: false };
  const cards = [
    { ...card, person: known.key, birthDate: '1980-05-15' },
    { ...card, person: certificate.key, birthDate: '2025-10-01' },
  ];
  await cardStore(database.walled, (place) => database.walled.of(place).seal).replace(
    PLACE,
    [known.key, certificate.key],
    [],
    cards,
  );
});
afterAll(() => database.close());

const asked = (said: Partial<NamedSubject> = {}): NamedSubject => ({
  subjectKey: subject('namesake-new').key,
  bareName: '王芳',
  birthDate: '1980-05-15',
  others: [],
  ...said,
});

const cases: ReadonlyArray<[why: string, asked: NamedSubject, place: string, found: boolean]> = [
  ['somebody new of that name and birthday', asked(), PLACE, true],
  ['of that name alone', asked({ birthDate: '1980-05-16' }), PLACE, false],
  ['of that birthday alone', asked({ bareName: '王方' }), PLACE, false],
  ['in another jurisdiction', asked(), '140405', false],
  ['who is known', asked({ subjectKey: known.key }), PLACE, false],
  [
    'who is named together with the one of that name',
    asked({ birthDate: '2025-10-01', others: [certificate.key] }),
    PLACE,
    false,
  ],
  ['who is named together with somebody else', asked({ others: [certificate.key] }), PLACE, true],
  [
    'who is named together with documents never seen',
    asked({ others: [subject('x').key, subject('y').key] }),
    PLACE,
    true,
  ],
];

test.each(cases)('namesakes of %s', async (_why, one, place, found) => {
  const told = await store.inTransaction(place, (tx) => tx.namesakesOf(place, [one]));
  expect([...told]).toEqual(found ? [one.subjectKey] : []);
});

test('are looked for all at once', async () => {
  const [other, none] = [subject('namesake-other').key, subject('namesake-none').key];
  const all = [asked(), asked({ subjectKey: other }), asked({ subjectKey: none, bareName: '李强' })];
  const told = await store.inTransaction(PLACE, (tx) => tx.namesakesOf(PLACE, all));
  expect(told).toEqual(new Set([asked().subjectKey, other]));
  expect(await store.inTransaction(PLACE, (tx) => tx.namesakesOf(PLACE, []))).toEqual(new Set());
});
