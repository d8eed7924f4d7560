import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { birthDateSaid, sexSaid } from '../../src/domain/identity/subject.ts';
import { birthDateOf, readIdNumber, sexOf } from '../../src/domain/intake/id-number.ts';
import type { IdType } from '../../src/domain/intake/words.ts';
import type { NumberedFacts, PersonFacts } from '../../src/domain/person/person-facts.ts';
import { historyOf } from '../../src/domain/policy/person-history.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { readEverybody } from '../../src/storage/population-facts.ts';
import { ID_NUMBERS, NUMBER_LENGTH } from '../../src/storage/sealed-numbers.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { CERTIFICATES } from '../../src/storage/sealed-claims.ts';
import type { SealedColumn } from '../../src/storage/sealing/sealed-column.ts';
import { testDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { clearIn } from '../support/clear-values.ts';
import { intakeOn, type Intake } from '../support/two-ways.ts';

const PLACE = 'sealed';
const LATE = new Date('2100-01-01T00:00:00Z');
/** Documents of every kind, as rows write them. */
const DOCUMENTS: readonly (readonly [idType: IdType | undefined, number: string])[] = [
  [undefined, residentId(1, '1980-05-15')],
  [undefined, residentId(2, '2025-10-05')],
  [undefined, '810000199408230021'],
  [undefined, 'USA110080050101'],
  ['PASSPORT', 'X1234567'],
  [undefined, 'P130000001'],
  [undefined, 'H12345678'],
];
const CERTIFIED = [3, 4].map((sequence) => residentId(sequence, '1990-01-01'));

let intake: Intake;
beforeAll(async () => {
  intake = intakeOn(await testDatabase());
  const said = { name: '王芳', category: '低保对象', from: '2025-03-01' };
  const rows = DOCUMENTS.map(([idType, idNumber]) => ({ ...said, idNumber, ...(idType && { idType }) }));
  await intake.push(PLACE, { agency: 'civil-affairs', list: 'hardship', rows: rows.slice(0, 4) });
  const file = await intake.keep(PLACE, { agency: 'civil-affairs', list: 'hardship', rows: rows.slice(4) });
  await intake.takeIn(file);
  await intake.push(PLACE, { ...CERTIFICATE_LIST, rows: [certified(CERTIFIED[0]!)] });
  await intake.takeIn(await intake.keep(PLACE, { ...CERTIFICATE_LIST, rows: [certified(CERTIFIED[1]!)] }));
});
afterAll(() => intake?.database.close());

const CERTIFICATE_LIST = { agency: 'disabled-federation', list: 'disability' } as const;
const certified = (idNumber: string, suffix = '') => ({
  ...{ name: '李强', idNumber, type: 'LIMB', level: 2, from: '2020-01-01' },
  certificateNumber: `${idNumber}42${suffix}`,
});
const keyOf = (idType: IdType | undefined, number: string): string => {
  const read = readIdNumber(number, idType ?? null);
  if (!read.ok) throw new Error('no document');
  return intake.ports.subjectKeys.keyOf(read.document);
};
const ALL = (): string[] =>
  [...DOCUMENTS, ...CERTIFIED.map((number) => [undefined, number] as const)].map((one) => keyOf(...one));
const alone = (key: string): Promise<NumberedFacts | undefined> =>
  personStore(intake.database.walled)
    .findBySubjects(PLACE, [key], LATE)
    .then((found) => found.get(key));

async function everybody(): Promise<Map<string, PersonFacts>> {
  const found = new Map<string, PersonFacts>();
  for await (const some of readEverybody(intake.database.walled.of(PLACE), PLACE)) {
    for (const facts of some) found.set(facts.id, facts);
  }
  return found;
}

/** Makes stored numbers as they were before numbers were sealed. */
async function asBefore(): Promise<void> {
  const { pool } = intake.database;
  for (const [idType, number] of [...DOCUMENTS, ...CERTIFIED.map((one) => [undefined, one] as const)]) {
    await pool.query(
      'update identifier set id_number = $2, sealed = null, birth_date = null, male = null where subject_key = $1',
      [keyOf(idType, number), number],
    );
  }
  for (const number of CERTIFIED) {
    await pool.query(
      `update claim set attributes = attributes || jsonb_build_object('certificateNumber', $2::text), content_hash = null
      where subject_key = $1`,
      [keyOf(undefined, number), `${number}42`],
    );
  }
}

/** Seals a column anew, some rows at a time, as if another key had come; tells how many. */
async function sealAnew(column: SealedColumn, limit: number, head = intake.database.sealing.head()): Promise<number> {
  const { pool, walled } = intake.database;
  let [count, after] = [0, null as string | null];
  do {
    const client = await pool.connect();
    await client.query(`begin; set local hub.jurisdiction = '${PLACE}'`);
    const work = { jurisdiction: PLACE, head, after, limit };
    const { resealed, last } = await column.resealSome(client, walled.of(PLACE).seal, work);
    await client.query('commit');
    client.release();
    [count, after] = [count + resealed, last];
  } while (after !== null);
  return count;
}

const old = async (column: SealedColumn, head = intake.database.sealing.head()): Promise<number> => {
  const client = await intake.database.pool.connect();
  const count = await column.countOld(client, PLACE, head);
  client.release();
  return count;
};
/** The head of a key that nothing lies under. */
const OTHER_HEAD = Buffer.from([1, 1, 0, 0, 0, 99]);

describe('numbers of documents', () => {
  it('stand nowhere in clear, whichever way they came in', async () => {
    const numbers = [...DOCUMENTS.map(([, number]) => number), ...CERTIFIED];
    expect(await clearIn(intake.database.pool, numbers)).toEqual([]);
  });

  it('are shown as they were told', async () => {
    for (const [idType, number] of DOCUMENTS) {
      const { subjects } = (await alone(keyOf(idType, number)))!;
      expect(subjects.map(({ idNumber }) => idNumber)).toEqual([number]);
    }
  });

  it('say of birth and sex to whoever decides what they say when they are read, and nothing else of them is there', async () => {
    const facts = await everybody();
    for (const [idType, number] of DOCUMENTS) {
      const [subject] = facts.get(keyOf(idType, number))!.subjects;
      expect(JSON.stringify(subject)).not.toContain(number);
      expect([birthDateSaid(subject!), sexSaid(subject!)]).toEqual([birthDateOf(number), sexOf(number)]);
    }
  });

  it('tell who may be a newborn as they do when they are read', async () => {
    const facts = await everybody();
    for (const key of ALL()) {
      const [deciding, reading] = [facts.get(key)!, (await alone(key))!].map((one) => historyOf(one, '2025-12-31'));
      for (const year of [1980, 1981, 2025, 2026]) {
        if (deciding!.bornSince(year) !== reading!.bornSince(year)) expect(reading!.birth).toBeNull();
      }
      expect(deciding!.birth?.day).toBe(reading!.birth?.day);
    }
  });

  it('have the length that the number has', async () => {
    const { rows } = await intake.database.pool.query<{ key: string; length: number }>(
      `select i.subject_key as key, ${NUMBER_LENGTH} as length from identifier i`,
    );
    const lengths = new Map(rows.map(({ key, length }) => [key, length]));
    for (const [idType, number] of DOCUMENTS) expect(lengths.get(keyOf(idType, number))).toBe(number.length);
  });

  it('do not open in the row of another person', async () => {
    const [one, other] = [keyOf(...DOCUMENTS[0]!), keyOf(...DOCUMENTS[1]!)];
    const { pool } = intake.database;
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed from identifier where subject_key = $1', [
      one,
    ]);
    const move = (from: string): string =>
      `update identifier set sealed = (select sealed from identifier where subject_key = '${from}') where subject_key = '${one}'`;
    await pool.query(move(other));
    await expect(alone(one)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    await pool.query('update identifier set sealed = $2 where subject_key = $1', [one, rows[0]!.sealed]);
    expect(await alone(one)).toBeDefined();
  });
});

describe('the number of a certificate in a claim', () => {
  const shown = async (number: string): Promise<unknown[]> =>
    (await alone(keyOf(undefined, number)))!.claims.map(({ attributes }) => attributes);
  const attributes = (number: string, suffix = '') => ({
    ...{ name: '李强', type: 'LIMB', level: 2, certificateNumber: `${number}42${suffix}` },
  });

  it('is shown as it was told, and is not there for whoever decides', async () => {
    for (const number of CERTIFIED) expect(await shown(number)).toEqual([attributes(number)]);
    const [claim] = (await everybody()).get(keyOf(undefined, CERTIFIED[0]!))!.claims;
    const name = nameKeyOf(intake.database.walled.of(PLACE).seal, '李强');
    expect(claim!.attributes).toEqual({ name, type: 'LIMB', level: 2 });
  });

  it.each(['pushed', 'kept'] as const)(
    'told again is no change, and another one is, where rows are %s',
    async (way) => {
      const tell = async (suffix: string) => {
        const sketch = { ...CERTIFICATE_LIST, rows: [certified(CERTIFIED[0]!, suffix)] };
        if (way === 'pushed') return (await intake.push(PLACE, sketch)).counts;
        const kept = await intake.keep(PLACE, sketch);
        await intake.takeIn(kept);
        return (await intake.submission(PLACE, kept.id)).counts;
      };
      expect(await tell('')).toMatchObject({ unchanged: 1 });
      expect(await tell('B1')).toMatchObject({ unchanged: 0 });
      expect(await shown(CERTIFIED[0]!)).toEqual([attributes(CERTIFIED[0]!, 'B1')]);
      expect(await tell('')).toMatchObject({ unchanged: 0 });
    },
  );

  it('has no digest that could be tried: another key gives another', async () => {
    const { rows } = await intake.database.pool.query<{ digest: string }>(
      `select distinct content_hash as digest from claim where list = 'disability' and attributes ? 'certificateNumber'`,
    );
    const name = nameKeyOf(intake.database.walled.of(PLACE).seal, '李强');
    const guesses = CERTIFIED.map((number) => {
      const said = `{"certificateNumber":"${number}42","level":2,"name":"${name}","type":"LIMB"}`;
      return hash('sha256', `2020-01-01||${said}`, 'hex').slice(0, 32);
    });
    const kept = rows.map(({ digest }) => digest.replaceAll('-', ''));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).not.toEqual(expect.arrayContaining(guesses.slice(0, 1)));
    expect(kept).not.toEqual(expect.arrayContaining(guesses.slice(1)));
  });

  it('does not open in the claim of another person', async () => {
    const [one, other] = CERTIFIED.map((number) => keyOf(undefined, number));
    const { pool } = intake.database;
    const number = `(select attributes -> 'certificateNumber' from claim where subject_key = '${other}' and ended_at is null)`;
    const { rows } = await pool.query('select id, attributes from claim where subject_key = $1', [one]);
    await pool.query(
      `update claim set attributes = jsonb_set(attributes, '{certificateNumber}', ${number}) where subject_key = '${one}'`,
    );
    await expect(alone(one!)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    for (const { id, attributes: were } of rows) {
      await pool.query('update claim set attributes = $2 where id = $1', [id, JSON.stringify(were)]);
    }
    expect(await alone(one!)).toBeDefined();
  });
});

describe('numbers that were kept before', () => {
  it('are read and decided by as before, until they are sealed a few rows at a time', async () => {
    const before = await Promise.all(ALL().map(alone));
    await asBefore();
    expect(await clearIn(intake.database.pool, CERTIFIED)).not.toEqual([]);
    expect(await Promise.all(ALL().map(alone))).toEqual(before);
    const facts = await everybody();
    for (const [idType, number] of DOCUMENTS) {
      expect(birthDateSaid(facts.get(keyOf(idType, number))!.subjects[0]!)).toBe(birthDateOf(number));
    }
    expect(await old(ID_NUMBERS)).toBe(DOCUMENTS.length + CERTIFIED.length);

    expect(await sealAnew(ID_NUMBERS, 2)).toBe(DOCUMENTS.length + CERTIFIED.length);
    expect(await sealAnew(CERTIFICATES, 1)).toBeGreaterThanOrEqual(CERTIFIED.length);
    expect([await old(ID_NUMBERS), await old(CERTIFICATES)]).toEqual([0, 0]);
    expect(await clearIn(intake.database.pool, [...DOCUMENTS.map(([, number]) => number), ...CERTIFIED])).toEqual([]);
    expect(await Promise.all(ALL().map(alone))).toEqual(before);
    const rows = [certified(CERTIFIED[1]!)];
    expect((await intake.push(PLACE, { ...CERTIFICATE_LIST, rows })).counts).toMatchObject({ unchanged: 1 });
  });

  it('and those under another key are sealed anew, each once', async () => {
    const before = await Promise.all(ALL().map(alone));
    const kept = async () =>
      (await intake.database.pool.query('select sealed from identifier order by subject_key')).rows;
    const sealed = await kept();
    expect(await old(ID_NUMBERS, OTHER_HEAD)).toBe(sealed.length);
    expect(await sealAnew(ID_NUMBERS, 3, OTHER_HEAD)).toBe(sealed.length);
    const claims = await intake.database.pool.query("select from claim where attributes ? 'certificateNumber'");
    expect(await sealAnew(CERTIFICATES, 3, OTHER_HEAD)).toBe(claims.rowCount);
    expect((await kept()).filter((one, index) => one.sealed.equals(sealed[index].sealed))).toEqual([]);
    expect(await Promise.all(ALL().map(alone))).toEqual(before);
  });
});
