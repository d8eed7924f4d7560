import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitDocument } from '../../src/domain/identity/held-apart.ts';
import { birthDateSaid, sexSaid, type Subject } from '../../src/domain/identity/subject.ts';
import type { PersonFacts } from '../../src/domain/person/person-facts.ts';
import type { PersonStore, ReceiveStore } from '../../src/flows/ports.ts';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { readEverybody, readFacts, readTouched } from '../../src/storage/population-facts.ts';
import { receiveStore } from '../../src/storage/receive-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { hardshipClaim, subject, submission } from '../support/pushes.ts';
import { countStatements } from '../support/statements.ts';

const PLACE = '130628';

let database: TestDatabase;
let store: ReceiveStore;
let persons: PersonStore;

beforeAll(async () => {
  database = await testDatabase();
  store = receiveStore(database.walled, uuidv7Ids());
  persons = personStore(database.walled);
});
afterAll(() => database.close());

const at = (minute: number): Date => new Date(Date.UTC(2025, 10, 1, 8, minute));

/** A subject told of under two names, and the one that was split from it. */
async function twoOnOneNumber(idNumber: string): Promise<{ one: Subject; other: Subject }> {
  const one = subject(idNumber);
  const { idNumber: derived } = splitDocument(one, '李强');
  const other = { ...one, key: subject(derived).key };
  const by = submission({ receivedAt: at(0) });
  await store.inTransaction(PLACE, async (tx) => {
    for (const each of [one, other]) {
      await tx.linkSubjects(PLACE, [each], at(0), by.id);
    }
    await tx.addClaims(
      ['王芳', '李强', '李 强'].map((name, row) =>
        hardshipClaim(one, by, {
          key: `${name}|2025`,
          row: row + 1,
          attributes: { name, category: 'ORPHAN', word: '孤儿' },
        } as never),
      ),
    );
  });
  return { one, other };
}

const split = (one: Subject, other: Subject, until: Date | null = null, place = PLACE) =>
  database.pool.query(
    `insert into subject_split (id, jurisdiction, subject_key, name, to_key, task, since, until)
    values ($1, $2, $3, '李强', $4, $1, $5, $6)`,
    [randomUUID(), place, one.key, other.key, at(5), until],
  );

/** The names told of each subject at an instant; `null` for nobody. */
async function told(subjects: readonly Subject[], knownAt: Date): Promise<readonly (readonly string[] | null)[]> {
  const keys = subjects.map(({ key }) => key);
  const found = await persons.findBySubjects(PLACE, keys, knownAt);
  return keys.map(
    (key) =>
      found
        .get(key)
        ?.claims.map(({ attributes }) => attributes.name)
        .sort() ?? null,
  );
}

/** Facts as plain data, for comparing those read one by one with those read in bulk. */
const plain = ({ id, subjects, claims, splits, settledValues }: PersonFacts) => ({
  ...{ id, splits, settledValues },
  // Whoever is read to be decided is read without numbers.
  subjects: subjects.map((one) => ({
    ...{ key: one.key, idType: one.idType, birthDate: birthDateSaid(one), sex: sexSaid(one) },
  })),
  claims: claims.map(({ id: claim, subjectKey, attributes, toldAt, row }) => ({
    claim,
    subjectKey,
    attributes,
    toldAt,
    row,
  })),
});

/** The same as whoever decides reads them: with keys in place of names. */
function keyed({ claims, splits, settledValues, ...facts }: ReturnType<typeof plain>) {
  const keyOf = (name: string): string => nameKeyOf(database.walled.of(PLACE).seal, name);
  return {
    ...facts,
    splits: splits?.map((one) => ({ ...one, name: keyOf(one.name) })),
    settledValues: settledValues?.map((one) => ({ ...one, value: keyOf(one.value) })),
    claims: claims.map((claim) => ({
      ...claim,
      attributes: { ...claim.attributes, name: keyOf(claim.attributes.name) },
    })),
  };
}

/** Of everybody, those with these ids. */
async function gather(everybody: AsyncIterable<readonly PersonFacts[]>, ids: readonly string[]) {
  const found = [];
  for await (const facts of everybody) found.push(...facts.filter(({ id }) => ids.includes(id)).map(plain));
  return found;
}

const value = (about: Subject, name: string, until: Date | null = null) =>
  database.pool.query(
    `insert into settled_value (id, jurisdiction, subject_key, attribute, value, task, since, until)
    values ($1, $2, $3, 'name', $4, $1, $5, $6)`,
    [randomUUID(), PLACE, about.key, name, at(5), until],
  );

describe('one number, two people', () => {
  test('what is told under a name is the other’s from the instant it was settled, and until it no longer holds', async () => {
    const { one, other } = await twoOnOneNumber('split-1');
    const whole = [['李 强', '李强', '王芳'], []];
    expect(await told([one, other], at(9))).toEqual(whole);
    await split(one, other, at(8));
    expect(await told([one, other], at(4))).toEqual(whole);
    expect(await told([one, other], at(5))).toEqual([['王芳'], ['李 强', '李强']]);
    expect(await told([one, other], at(7))).toEqual([['王芳'], ['李 强', '李强']]);
    expect(await told([one, other], at(8))).toEqual(whole);
  });

  test('claims stay as they were told, and each side has the split beside it', async () => {
    const { one, other } = await twoOnOneNumber('split-2');
    await split(one, other);
    const found = await persons.findByIds(PLACE, [one.key, other.key], at(9));
    const splits = [{ subjectKey: one.key, name: '李强', toKey: other.key }];
    expect(found.get(one.key)).toMatchObject({ id: one.key, splits });
    expect(found.get(other.key)).toMatchObject({ id: other.key, splits });
    expect(new Set(found.get(other.key)?.claims.map(({ subjectKey }) => subjectKey))).toEqual(new Set([one.key]));
  });

  test('in one jurisdiction says nothing of another', async () => {
    const { one, other } = await twoOnOneNumber('split-3');
    await split(one, other, null, '140405');
    expect(await told([one, other], at(9))).toEqual([['李 强', '李强', '王芳'], []]);
    const { splits } = (await persons.findByIds(PLACE, [one.key], at(9))).get(one.key)!;
    expect(splits).toBeUndefined();
  });

  test('is read of everybody as of each alone, also of whom nothing is told but under another’s number', async () => {
    const { one, other } = await twoOnOneNumber('split-5');
    const same = await twoOnOneNumber('split-6');
    await split(one, other);
    await value(one, '王芳');
    const keys = [one, other, same.one, same.other].map(({ key }) => key).sort();
    const idsOf = `select unnest('{${keys.join()}}'::uuid[]) as id`;
    const client = await database.pool.connect();
    const { seal } = database.walled.of(PLACE);
    try {
      for (const knownAt of [undefined, at(9), at(4)]) {
        const alone = await persons.findByIds(PLACE, keys, knownAt ?? at(9));
        const expected = keys.map((key) => keyed(plain(alone.get(key)!))).filter(({ claims }) => claims.length > 0);
        expect(expected).toHaveLength(knownAt && knownAt < at(5) ? 2 : 3);
        expect(await gather(readEverybody(database.walled.of(PLACE), PLACE, knownAt), keys)).toEqual(expected);
        if (knownAt) continue;
        expect((await readFacts(client, seal, PLACE, keys)).map(plain)).toEqual(expected);
        const touched = [];
        for await (const { facts } of readTouched(client, seal, PLACE, idsOf)) touched.push(...facts);
        expect(touched.map(plain)).toEqual(expected);
      }
    } finally {
      client.release();
    }
  });

  test('takes one statement, however many are asked for', async () => {
    const { one, other } = await twoOnOneNumber('split-4');
    await split(one, other);
    const counted = countStatements(database.hubPool);
    await told([one, other, subject('nobody')], at(9));
    expect(counted.stop()).toBe(1);
  });
});

describe('a value that counts', () => {
  test('is told with the instant it was settled, while it holds', async () => {
    const about = subject('valued-1');
    await store.inTransaction(PLACE, (tx) => tx.linkSubjects(PLACE, [about], at(0), submission().id));
    await value(about, '王芳', at(8));
    const valuesAt = async (instant: Date) =>
      (await persons.findByIds(PLACE, [about.key], instant)).get(about.key)?.settledValues;
    expect(await valuesAt(at(4))).toBeUndefined();
    expect(await valuesAt(at(5))).toEqual([{ subjectKey: about.key, attribute: 'name', value: '王芳', since: at(5) }]);
    expect(await valuesAt(at(8))).toBeUndefined();
  });
});
