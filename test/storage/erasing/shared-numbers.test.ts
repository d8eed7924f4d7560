import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityDocument } from '../../../src/domain/identity/subject.ts';
import type { RawRow } from '../../../src/domain/intake/list-definition.ts';
import { sentRowReader } from '../../../src/flows/read-sent-rows.ts';
import { erasePerson, hasErased, type Erased } from '../../../src/storage/erasing/erase-person.ts';
import { sealRows } from '../../../src/storage/sealed-blocks.ts';
import { walledDatabase } from '../../../src/storage/walled-database.ts';
import { attachedDatabase, type TestDatabase } from '../../support/database.ts';
import { documentsOf, subjectKeysOf } from '../../support/documents.ts';
import { tablesNaming } from '../../support/erasing.ts';
import { residentId } from '../../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../../support/pushing-hub.ts';
import { openedBlocks } from '../../support/sealing-keys.ts';
import { fingerprintOf } from '../../support/stored-rows.ts';

// Whoever is erased leaves rows of others as they are, also where these name a number that was told of the erased as well.

const PLACE = '130628';
const [POLICE, HEALTH] = [`${PLACE}:public-security`, `${PLACE}:health`] as const;
const ZEROS = '0'.repeat(18);

let hub: PushingHub;
let database: TestDatabase;
beforeAll(async () => {
  hub = await pushingHub({ work: 'elsewhere' });
  database = await attachedDatabase(hub.databaseUrl);
  hub.setDay('2026-03-02');
});
afterAll(async () => {
  await database?.close();
  await hub?.stop();
});

const home = { householdNumber: 'H1', registration: 'HUKOU', regionCode: PLACE, from: '2020-01-01' };
const bornOn = '2026-01-05';

const erase = (
  key: string,
  placeholders: readonly string[] = [],
  document?: IdentityDocument,
): Promise<Erased | undefined> =>
  erasePerson(walledDatabase(database.pool, database.sealing).of(PLACE), {
    ...{ jurisdiction: PLACE, key, forGood: true, ...(document && { document }) },
    reader: sentRowReader({ placeholderNumbers: new Set(placeholders) }, subjectKeysOf(hub)),
  });

/** The rows of a submission as they lie. */
const sentIn = async ({ id }: { readonly id: string }): Promise<readonly RawRow[]> =>
  (await openedBlocks(database.pool, id)).flatMap(({ rows }) => rows);

/** Has other rows lie in a submission of one block. */
async function resealed(id: string, rows: readonly RawRow[]): Promise<void> {
  const { codec, sent } = sealRows(database.walled.of(PLACE).seal, id, 1, rows);
  await database.pool.query('update submission_block set codec = $2, sent = $3 where submission = $1', [
    id,
    codec,
    sent,
  ]);
}

/** The subjects of which the rows of a submission tell, in their order. */
async function subjectsIn({ id }: { readonly id: string }): Promise<readonly string[]> {
  const told = 'select subject_key as key from claim where submission = $1 order by row_number';
  return (await database.pool.query<{ key: string }>(told, [id])).rows.map(({ key }) => key);
}

const at = ({ id: submission }: { readonly id: string }, list: string, row: number, column: string | null) => {
  const agency = list === 'residents' ? 'public-security' : 'health';
  return { submission, agency, list, row, column };
};

const numbersKept = async (): Promise<readonly string[]> =>
  (await documentsOf(database.walled, PLACE)).map(({ idNumber }) => idNumber);

/** As after a dry run by file, which forgets whom its rows were about, and where a file was withdrawn before it was judged. */
const FORGOTTEN: ReadonlyArray<[how: string, statement: string]> = [
  ['kept', 'select $1::uuid'],
  [
    'forgotten after a dry run',
    "update submission_block set subjects = decode(repeat('00', length(subjects)), 'hex') where submission = $1",
  ],
  ['never known', 'update submission_block set subjects = null where submission = $1'],
];

describe.each(FORGOTTEN)('a newborn entered under the guardian’s number, their rows’ subjects %s', (_how, forget) => {
  let sequence = 200;
  let guardian: string;
  let registered: { readonly id: string };
  let births: { readonly id: string };
  let subjects: readonly string[];
  const rows = () => ({
    guardian: { name: '陈明', idNumber: guardian, ...home },
    newborn: { name: '陈小', idNumber: guardian, bornOn, guardianIdNumber: guardian },
    sibling: { name: '陈大', idNumber: `U1300${guardian.slice(-6, -1)}`, bornOn, guardianIdNumber: guardian },
  });

  beforeEach(async () => {
    await database.pool.query('truncate submission, submission_block, claim, claim_same_as, identifier, subject_link');
    guardian = residentId((sequence += 1));
    registered = await hub.received(POLICE, 'Residents', [rows().guardian]);
    births = await hub.received(HEALTH, 'Births', [rows().newborn, rows().sibling]);
    subjects = [...(await subjectsIn(registered)), ...(await subjectsIn(births))];
    expect(new Set(subjects)).toHaveProperty('size', 3);
    for (const { id } of [registered, births]) await database.pool.query(forget, [id]);
  });

  it('is erased from their own rows, and the guardian keeps hers', async () => {
    expect(await erase(subjects[1]!)).toMatchObject({
      left: [at(registered, 'residents', 1, 'idNumber'), at(births, 'births', 2, 'guardianIdNumber')],
    });
    expect(await tablesNaming(database.pool, [subjects[1]!])).toEqual([]);
    expect(await sentIn(registered)).toEqual([expect.objectContaining(rows().guardian)]);
    expect(await sentIn(births)).toEqual([{}, expect.objectContaining(rows().sibling)]);
    expect(await numbersKept()).toContain(guardian);
  });

  it('stays where the guardian is erased: the number by which they were entered, and not that it is the guardian’s', async () => {
    expect(await erase(subjects[0]!)).toMatchObject({ left: [at(births, 'births', 1, 'idNumber')] });
    expect(await sentIn(registered)).toEqual([{}]);
    expect(await sentIn(births)).toEqual([
      expect.objectContaining({ ...rows().newborn, guardianIdNumber: null }),
      expect.objectContaining({ ...rows().sibling, guardianIdNumber: null }),
    ]);
    expect(await tablesNaming(database.pool, [subjects[1]!])).toContain('claim');
  });

  it('is erased after the guardian too, by whose number in it their row was known', async () => {
    expect(await erase(subjects[0]!)).toBeDefined();
    expect(await erase(subjects[1]!)).toBeDefined();
    expect(await tablesNaming(database.pool, [subjects[1]!])).toEqual([]);
    expect(await sentIn(births)).toEqual([{}, expect.objectContaining({ ...rows().sibling, guardianIdNumber: null })]);
  });
});

describe.each(FORGOTTEN)(
  'a newborn entered under a permit, which tells no birthday, their row’s subject %s',
  (how, forget) => {
    it('stays where the guardian comes back and is erased once more', async () => {
      const number = `H7000000${FORGOTTEN.findIndex(([one]) => one === how)}`;
      const guardian = { name: '何大', idNumber: number, ...home };
      const newborn = { name: '何小', idNumber: number, bornOn, guardianIdNumber: number };
      const births = await hub.received(HEALTH, 'Births', [newborn]);
      await database.pool.query(forget, [births.id]);
      for (const from of ['2020-01-01', '2021-01-01']) {
        const registered = await hub.received(POLICE, 'Residents', [{ ...guardian, from }]);
        expect(await erase((await subjectsIn(registered))[0]!)).toBeDefined();
        expect(await sentIn(registered)).toEqual([{}]);
        expect(await sentIn(births)).toEqual([expect.objectContaining({ ...newborn, guardianIdNumber: null })]);
      }
    });
  },
);

it('a newborn’s row whose kind of document was told wrongly stays where the guardian is erased, and one of the guardian’s goes', async () => {
  const guardian = residentId(230);
  const registered = await hub.received(POLICE, 'Residents', [{ name: '陈明', idNumber: guardian, ...home }]);
  const newborn = { name: '陈小', idNumber: guardian, idType: 'PASSPORT', bornOn, guardianIdNumber: guardian };
  const births = await hub.push(HEALTH, 'Births', [newborn]);
  const mistaken = { name: '陈明', idNumber: guardian, idType: 'PASSPORT', ...home };
  const again = await hub.push(POLICE, 'Residents', [mistaken]);
  for (const pushed of [births, again]) expect(pushed).toMatchObject({ counts: { rejected: 1 } });
  const [key] = await subjectsIn(registered);
  expect(await erase(key!)).toMatchObject({ left: [{ list: 'births', row: 1, column: 'idNumber' }] });
  expect(await sentIn(births as { readonly id: string })).toEqual([
    expect.objectContaining({ ...newborn, guardianIdNumber: null }),
  ]);
  expect(await sentIn(again as { readonly id: string })).toEqual([{}]);
});

describe('a placeholder', () => {
  const died = (name: string, idNumber = ZEROS) => ({ name, idNumber, diedOn: '2026-01-05' });

  it('stays in the rows of whoever else is told of under it, and of those who name it', async () => {
    const deaths = await hub.received(HEALTH, 'Deaths', [died('甲'), died('乙')]);
    const named = { name: '丙', idNumber: 'U130000003', bornOn, guardianIdNumber: ZEROS };
    const rejected = await hub.push(HEALTH, 'Births', [named, { ...named, idNumber: '' }]);
    expect(rejected).toMatchObject({ counts: { rejected: 2 } });
    const [first] = await subjectsIn(deaths);
    expect(await erase(first!)).toMatchObject({
      left: [
        at(deaths, 'deaths', 2, 'idNumber'),
        { list: 'births', row: 1, column: 'guardianIdNumber' },
        { list: 'births', row: 2, column: 'guardianIdNumber' },
      ],
    });
    expect(await sentIn(deaths)).toEqual([{}, expect.objectContaining(died('乙'))]);
    expect(await sentIn(rejected as { readonly id: string })).toMatchObject([
      { name: '丙', guardianIdNumber: ZEROS },
      { name: '丙', guardianIdNumber: ZEROS },
    ]);
  });

  it('that a place names only after it led to somebody is taken from nobody else', async () => {
    const repeated = residentId(240);
    const first = await hub.received(POLICE, 'Residents', [{ name: '丁', idNumber: repeated, ...home }]);
    const row = { name: '戊', idNumber: residentId(241), ...home, householdNumber: repeated };
    const second = await hub.received(POLICE, 'Residents', [row]);
    expect(await erase((await subjectsIn(first))[0]!, [repeated])).toMatchObject({
      left: [at(second, 'residents', 1, 'householdNumber')],
    });
    expect([await sentIn(first), await sentIn(second)]).toEqual([[{}], [expect.objectContaining(row)]]);
  });

  it('holds nobody up for the submissions of others, and does for a row that is theirs', async () => {
    const deaths = await hub.received(HEALTH, 'Deaths', [died('己')]);
    const others = await hub.received(HEALTH, 'Deaths', [died('庚')]);
    const again = await hub.received(HEALTH, 'Deaths', [died('己')]);
    const [key] = await subjectsIn(deaths);
    const under = 'update submission set status = $2 where id = $1';
    await database.pool.query('update submission_block set subjects = null where submission = any($1::uuid[])', [
      [others.id, again.id],
    ]);
    for (const { id } of [others, again]) await database.pool.query(under, [id, 'QUEUED']);
    const before = await fingerprintOf(database.pool);
    await expect(erase(key!)).rejects.toMatchObject({ code: 'UNFINISHED', of: [again.id] });
    expect(await fingerprintOf(database.pool)).toBe(before);
    await database.pool.query(under, [again.id, 'WITHDRAWN']);
    expect(await erase(key!)).toBeDefined();
    expect(await sentIn(others)).toEqual([expect.objectContaining(died('庚'))]);
    await database.pool.query(under, [others.id, 'WITHDRAWN']);
  });
});

describe('a short passport', () => {
  it('is taken where its kind is told, and stays where it may be another number', async () => {
    const short = { idType: 'PASSPORT', idNumber: PLACE };
    const other = { otherIdType: 'PASSPORT', otherIdNumber: PLACE };
    const bearer = { name: '史密斯', ...short, ...home };
    const resident = (sequence: number, said: object) => ({
      ...{ name: '辛', idNumber: residentId(sequence), ...home },
      ...said,
    });
    const rows = [
      bearer,
      resident(250, { householdNumber: PLACE }),
      // Two who claim it, so that it is neither’s.
      resident(251, other),
      resident(252, other),
    ];
    const { id } = await hub.received(POLICE, 'Residents', rows);
    const unread = { name: '壬', idNumber: PLACE, ...home };
    const rejected = await hub.push(POLICE, 'Residents', [unread]);
    const [key] = await subjectsIn({ id });
    expect(await erase(key!)).toMatchObject({
      left: [at({ id }, 'residents', 2, 'householdNumber'), { list: 'residents', row: 1, column: 'idNumber' }],
    });
    expect(await sentIn({ id })).toEqual([
      {},
      expect.objectContaining({ householdNumber: PLACE, regionCode: PLACE }),
      expect.objectContaining({ otherIdNumber: null, regionCode: PLACE }),
      expect.objectContaining({ otherIdNumber: null, regionCode: PLACE }),
    ]);
    expect(await sentIn(rejected as { readonly id: string })).toEqual([expect.objectContaining(unread)]);
  });
});

it('a number that is the person’s alone leaves no trace, and nothing is told to be left', async () => {
  const [number, beside] = [residentId(260), residentId(261)];
  const rows = [
    { name: '癸', idNumber: number, ...home, otherIdType: 'PASSPORT', otherIdNumber: 'E99999999' },
    { name: '子', idNumber: beside, ...home, householdNumber: number },
  ];
  const residents = await hub.received(POLICE, 'Residents', rows);
  const [key] = await subjectsIn(residents);
  expect(await erase(key!)).toMatchObject({ left: [] });
  expect(await sentIn(residents)).toEqual([{}, expect.objectContaining({ idNumber: beside, householdNumber: null })]);
});

it('a row of theirs whose number nobody can read stays, and where it stands is told, by the list’s own headings alone', async () => {
  const bearer = { name: '寅', idType: 'PASSPORT', idNumber: 'E12345678', ...home };
  const residents = await hub.received(POLICE, 'Residents', [bearer]);
  const unread = { name: '寅', idType: 'PASSPORT', idNumber: '护照E12345678', ...home };
  const rejected = (await hub.push(POLICE, 'Residents', [unread])) as { readonly id: string };
  const [block] = await openedBlocks(database.pool, rejected.id);
  await resealed(rejected.id, [{ ...block!.rows[0], E12345678: 'E12345678' }]);
  const [key] = await subjectsIn(residents);
  const left = [at(rejected, 'residents', 1, 'idNumber'), at(rejected, 'residents', 1, null)];
  expect(await erase(key!)).toMatchObject({ left });
  // Nothing is kept of anybody any more: by the key nothing is found, by the number what stays.
  expect(await erase(key!)).toBeUndefined();
  const again = await erase(key!, [], { idType: 'PASSPORT', idNumber: 'E12345678' });
  expect([again!.left, hasErased(again!)]).toEqual([left, false]);
});

it('a number asked for of which nobody is known is taken out of the rows that were rejected with it', async () => {
  const number = residentId(270);
  const rejected = (await hub.push(POLICE, 'Residents', [
    { name: '卯', idNumber: number, idType: 'PASSPORT', ...home },
  ])) as { readonly id: string };
  const document = { idType: 'RESIDENT_ID', idNumber: number } as const;
  const key = (await subjectKeysOf(hub).find(() => [document])).keyOf(document);
  expect(await erase(key)).toBeUndefined();
  expect(await erase(key, [], document)).toMatchObject({ person: key, left: [] });
  expect(await sentIn(rejected)).toEqual([{}]);
});
