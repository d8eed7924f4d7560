import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bareName } from '../../src/domain/identity/normalise-name.ts';
import type { PersonFacts } from '../../src/domain/person/person-facts.ts';
import type { Settlement } from '../../src/domain/review/settlement.ts';
import { inTransaction } from '../../src/storage/in-transaction.ts';
import { keyBeginning, nameKeyOf } from '../../src/storage/name-keys.ts';
import { countHeldMatters, NAMES } from '../../src/storage/name-columns.ts';
import { cardStore } from '../../src/storage/card-store.ts';
import { searchStore } from '../../src/storage/search-store.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { readEverybody } from '../../src/storage/population-facts.ts';
import { enqueue } from '../../src/storage/jobs.ts';
import { matterId } from '../../src/storage/review-rows.ts';
import { openBareNames } from '../../src/storage/sealed-names.ts';
import { settle } from '../../src/storage/settle-identities.ts';
import { testDatabase } from '../support/database.ts';
import { clearIn } from '../support/clear-values.ts';
import { residentId } from '../support/id-numbers.ts';
import { intakeOn, type Intake } from '../support/two-ways.ts';

const LATE = new Date('2100-01-01T00:00:00Z');
const LIST = { agency: 'civil-affairs', list: 'hardship' } as const;
const row = (place: number, name: string, from = '2025-03-01') => ({
  ...{ name, idNumber: residentId(place), category: '低保对象', from },
});
/** Everybody, of whom one has two names, and one a name that is written in two ways. */
const TOLD = [row(1, '欧阳娜娜'), row(2, '赵霨'), row(3, '钱 黻'), row(4, '孙魃')];
const SECRETS = ['欧阳娜娜', '赵霨', '钱 黻', '钱黻', '孙魃', '李魈'];

let intake: Intake;
let place = '';
let places = 0;
beforeAll(async () => {
  intake = intakeOn(await testDatabase());
});
afterAll(() => intake?.database.close());
beforeEach(async () => {
  place = `place-${(places += 1)}`;
  await intake.push(place, { ...LIST, rows: TOLD.slice(0, 2) });
  await intake.takeIn(await intake.keep(place, { ...LIST, rows: TOLD.slice(2) }));
  await intake.push(place, { agency: 'public-security', list: 'residents', rows: [resident(4, '李魈')] });
});

const resident = (of: number, name: string) => ({
  ...{ name, idNumber: residentId(of), householdNumber: 'H1', registration: 'HUKOU' },
  ...{ regionCode: '130628101', from: '2020-01-01' },
});

const keyOf = (index: number): string =>
  intake.ports.subjectKeys.keyOf({ idType: 'RESIDENT_ID', idNumber: residentId(index) });
const seal = () => intake.database.walled.of(place).seal;
const all = (sql: string): Promise<unknown> => intake.database.pool.query(sql, [place]);

async function alone(index: number) {
  const found = await personStore(intake.database.walled).findBySubjects(place, [keyOf(index)], LATE);
  return found.get(keyOf(index));
}
const namesOf = async (index: number): Promise<readonly string[]> =>
  (await alone(index))!.claims.map(({ attributes }) => attributes.name).sort();

async function everybody(): Promise<readonly PersonFacts[]> {
  const found: PersonFacts[] = [];
  for await (const some of readEverybody(intake.database.walled.of(place), place)) found.push(...some);
  return found;
}

const settled = (settlement: Exclude<Settlement, { readonly kind: 'ASK_OWNER' }>) =>
  inTransaction(intake.database.walled.of(place), (client) =>
    settle(
      client,
      { seal: seal(), subjectKeys: intake.ports.subjectKeys },
      place,
      '00000000-0000-0000-0000-00000000000a',
      settlement,
      new Date('2025-12-01T00:00:00Z'),
    ),
  );
const cardOf = (person: string, key: string) => ({
  ...{
    person,
    bareName: key,
    birthDate: null as string | null,
    regionCode: null,
    householdNumber: null,
    deceased: false,
  },
});
const layCards = (cards: readonly ReturnType<typeof cardOf>[]) =>
  cardStore(intake.database.walled, seal).replace(
    place,
    cards.map(({ person }) => person),
    [],
    cards,
  );
/** The subject to whom what is told under another name belongs. */
async function splitOff(): Promise<string> {
  const { rows } = await intake.database.pool.query<{ key: string }>(
    'select to_key as key from subject_split where jurisdiction = $1',
    [place],
  );
  return rows[0]!.key;
}
const settleBoth = async (): Promise<void> => {
  await settled({ kind: 'OTHER_PERSONS_NAMES', subject: keyOf(4), names: ['李魈'] });
  await settled({ kind: 'KEEP_VALUE', subject: keyOf(2), attribute: 'name', value: '赵霨' });
};

/** Seals a column anew, some rows at a time; tells how many. */
async function sealAnew(name: string, limit: number, head = intake.database.sealing.head()): Promise<number> {
  const column = NAMES.find((one) => one.name === name)!;
  let [count, after] = [0, null as string | null];
  do {
    const client = await intake.database.pool.connect();
    let whole = false;
    try {
      await client.query(`begin; set local hub.jurisdiction = '${place}'`);
      const done = await column.resealSome(client, seal(), { jurisdiction: place, head, after, limit });
      await client.query('commit');
      whole = true;
      [count, after] = [count + done.resealed, done.last];
    } finally {
      client.release(!whole);
    }
  } while (after !== null);
  return count;
}
async function old(head = intake.database.sealing.head()): Promise<Readonly<Record<string, number>>> {
  const client = await intake.database.pool.connect();
  const counts: Record<string, number> = {};
  for (const column of NAMES) counts[column.name] = await column.countOld(client, place, head);
  client.release();
  return counts;
}
const NOTHING_OLD = {
  ...{ 'subject_name.sealed': 0, 'subject_split.name': 0, 'settled_value.value': 0 },
  ...{ 'claim.attributes.name': 0, 'review_task.matter': 0 },
};

/** Makes what is kept as it was before names were sealed: in clear, hashed without a key, and without names of their own. */
async function asBefore(): Promise<void> {
  const { rows } = await intake.database.pool.query<{ subject: string; key: string; sealed: Buffer }>(
    'select subject_key as subject, name_key as key, sealed from subject_name where jurisdiction = $1',
    [place],
  );
  for (const { subject, key, sealed } of rows) {
    const name = seal().open('subject_name.sealed', [subject, key], sealed);
    const { pool } = intake.database;
    await pool.query(
      `update claim set attributes = attributes || jsonb_build_object('name', $3::text), content_hash = gen_random_uuid()
       where jurisdiction = $1 and subject_key = $2 and attributes ->> 'name' = $4`,
      [place, subject, name, key],
    );
    const values = [place, subject, name, bareName(name), key];
    await pool.query(
      'update subject_split set name = $4 where jurisdiction = $1 and subject_key = $2 and name = $5 and $3 <> $1',
      values,
    );
    await pool.query(
      'update settled_value set value = $3 where jurisdiction = $1 and subject_key = $2 and value = $5 and $4 <> $1',
      values,
    );
  }
  await all('delete from subject_name where jurisdiction = $1');
}

describe('the key of a name', () => {
  it('is the same for the same name, whoever has it, and another in another jurisdiction or as written otherwise', () => {
    const other = intake.database.walled.of('another').seal;
    expect(nameKeyOf(seal(), '王芳')).toBe(nameKeyOf(seal(), '王芳'));
    expect(nameKeyOf(seal(), '王芳')).not.toBe(nameKeyOf(other, '王芳'));
    expect(nameKeyOf(seal(), '王 芳')).not.toBe(nameKeyOf(seal(), '王芳'));
    expect(bareName(nameKeyOf(seal(), '王 芳'))).toBe(nameKeyOf(seal(), '王芳'));
    expect(bareName(nameKeyOf(seal(), ' '))).toBe('');
  });

  it.each(['王', '王芳', '王芳芳', '欧阳娜娜', '艾力·买买提', '\u{20000}一二三'])(
    'begins as its name does: %s',
    (name) => {
      const key = nameKeyOf(seal(), name);
      const characters = [...name];
      for (let count = 1; count <= characters.length; count += 1) {
        expect(key.startsWith(keyBeginning(seal(), characters.slice(0, count).join('')))).toBe(true);
      }
      expect(key.startsWith(keyBeginning(seal(), '李'))).toBe(false);
      expect(key.startsWith(keyBeginning(seal(), `${characters[0]}李`))).toBe(false);
    },
  );

  it('is no hash that could be made without the key', () => {
    const made = ['md5', 'sha1', 'sha256', 'sm3'].flatMap((algorithm) =>
      ['base64url', 'hex'].map((spelling) => hash(algorithm, '王芳', spelling as 'hex').slice(0, 5)),
    );
    const key = nameKeyOf(seal(), '王芳');
    expect(made.filter((part) => key.includes(part))).toEqual([]);
  });
});

describe('names', () => {
  it('stand nowhere in clear, whichever way they came in, nor once something was settled of them', async () => {
    await settleBoth();
    expect(await clearIn(intake.database.pool, SECRETS)).toEqual([]);
  });

  it('are shown as they were told, also those under which somebody was told apart', async () => {
    expect(await namesOf(1)).toEqual(['欧阳娜娜']);
    expect(await namesOf(3)).toEqual(['钱 黻']);
    expect(await namesOf(4)).toEqual(['孙魃', '李魈'].sort());
    await settleBoth();
    expect(await namesOf(4)).toEqual(['孙魃']);
    const facts = (await alone(4))!;
    expect(facts.splits).toMatchObject([{ name: '李魈' }]);
    expect((await alone(2))!.settledValues).toMatchObject([{ value: '赵霨' }]);
  });

  it.each(['pushed', 'kept'] as const)('are kept of rows that correct one, where rows are %s', async (way) => {
    const push = { ...LIST, rows: [{ ...row(3, '钱霖'), change: 'CORRECT' }] };
    if (way === 'pushed') await intake.push(place, push);
    else await intake.takeIn(await intake.keep(place, push));
    expect(await namesOf(3)).toEqual(['钱霖']);
  });

  it('are not read by whoever decides', async () => {
    await settleBoth();
    const text = JSON.stringify(
      await everybody().then((found) => found.map((one) => [one, one.claims.map((claim) => claim.attributes)])),
    );
    expect(SECRETS.filter((name) => text.includes(name))).toEqual([]);
    expect(text).toContain(nameKeyOf(seal(), '赵霨'));
  });

  it('are kept once for a person, however many rows give them, and sealed once', async () => {
    const kept = async () =>
      (
        await intake.database.pool.query(
          'select subject_key, sealed from subject_name where jurisdiction = $1 order by 1, 2',
          [place],
        )
      ).rows;
    const before = await kept();
    expect(before).toHaveLength(5);
    await intake.push(place, { ...LIST, rows: [row(1, '欧阳娜娜', '2025-04-01')] });
    await intake.takeIn(
      await intake.keep(place, { ...LIST, rows: [row(1, '欧阳娜娜', '2025-05-01'), row(2, '赵霨', '2025-05-01')] }),
    );
    expect(await kept()).toEqual(before);
  });

  it('do not open under another person, and one that is gone is a fault, and never no name', async () => {
    await all(`update subject_name set sealed = (select sealed from subject_name where jurisdiction = $1 and subject_key = '${keyOf(2)}')
      where jurisdiction = $1 and subject_key = '${keyOf(1)}'`);
    await expect(alone(1)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    await all(`delete from subject_name where jurisdiction = $1 and subject_key = '${keyOf(2)}'`);
    await expect(alone(2)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    expect(await namesOf(3)).toEqual(['钱 黻']);
  });

  it('are found by how they begin: by keys of up to three characters, longer ones once they are opened', async () => {
    await settled({ kind: 'OTHER_PERSONS_NAMES', subject: keyOf(4), names: ['李魈'] });
    const known = [
      ['欧阳娜娜', 1],
      ['赵霨', 2],
      ['钱黻', 3],
    ] as const;
    const cards = known.map(([name, index]) => cardOf(keyOf(index), nameKeyOf(seal(), name)));
    await layCards([
      ...cards,
      cardOf(keyOf(5), nameKeyOf(seal(), '欧阳娜')),
      cardOf(await splitOff(), nameKeyOf(seal(), '李魈')),
    ]);
    const found = async (name: string) =>
      (await searchStore(intake.database.walled).search(place, { name }, 10, null)).items
        .map(({ person }) => person)
        .sort();
    expect(await found('欧')).toEqual([keyOf(1), keyOf(5)].sort());
    expect(await found('欧阳娜')).toEqual([keyOf(1), keyOf(5)].sort());
    expect(await found('欧阳娜娜')).toEqual([keyOf(1)]);
    expect(await found('欧阳娜女')).toEqual([]);
    expect(await found('李魈')).toEqual([await splitOff()]);
    expect(await found('赵黻')).toEqual([]);
  });

  it('are opened by their keys where only the names tell', async () => {
    const bare = ['钱黻', '孙魃', '李魈'];
    const opened = async (): Promise<readonly string[]> => {
      const nameOf = await openBareNames(intake.database.walled.of(place), seal(), place, [keyOf(3), keyOf(4)]);
      return bare.map((name) => nameOf(nameKeyOf(seal(), name)));
    };
    expect(await opened()).toEqual(bare);
    await asBefore();
    expect(await opened()).toEqual(bare);
    for (const { name } of NAMES) await sealAnew(name, 9);
    expect(await opened()).toEqual(bare);
  });
});

describe('names that were kept before', () => {
  it('are read and decided by as before, until they are sealed a few rows at a time', async () => {
    await settleBoth();
    const [shown, decided] = [await Promise.all([1, 2, 3, 4].map(alone)), await everybody()];
    const plain = (facts: readonly PersonFacts[]) =>
      facts.map(({ claims, ...one }) => [
        one,
        claims.map(({ id, subjectKey, attributes }) => [id, subjectKey, attributes]),
      ]);
    await asBefore();
    expect((await clearIn(intake.database.pool, SECRETS)).length).toBeGreaterThan(6);
    expect(await old()).toEqual({
      ...NOTHING_OLD,
      ...{ 'subject_split.name': 1, 'settled_value.value': 1, 'claim.attributes.name': 5 },
    });
    const same = async (): Promise<void> => {
      expect(await Promise.all([1, 2, 3, 4].map(alone))).toEqual(shown);
      expect(plain(await everybody())).toEqual(plain(decided));
    };
    await same();
    for (const { name } of NAMES) {
      await sealAnew(name, 2);
      await same();
    }
    expect(await old()).toEqual(NOTHING_OLD);
    expect(await clearIn(intake.database.pool, SECRETS)).toEqual([]);
  });

  it.each(['pushed', 'kept'] as const)(
    'told again are no change, before and after they are sealed, where rows are %s',
    async (way) => {
      const tell = async () => {
        if (way === 'pushed') return (await intake.push(place, { ...LIST, rows: TOLD })).counts;
        const kept = await intake.keep(place, { ...LIST, rows: TOLD });
        await intake.takeIn(kept);
        return (await intake.submission(place, kept.id)).counts;
      };
      await asBefore();
      expect(await tell()).toMatchObject({ unchanged: 4 });
      for (const { name } of NAMES) await sealAnew(name, 2);
      expect(await tell()).toMatchObject({ unchanged: 4 });
    },
  );

  it('and those under another key are sealed anew, each once', async () => {
    const other = Buffer.from([1, 1, 0, 0, 0, 99]);
    expect(await old(other)).toEqual({ ...NOTHING_OLD, 'subject_name.sealed': 5 });
    expect(await sealAnew('subject_name.sealed', 2, other)).toBe(5);
    expect(await namesOf(1)).toEqual(['欧阳娜娜']);
  });

  it('tasks about namesakes are known by the key of their card, or by nothing that could be tried', async () => {
    const hashed = (about: string) => matterId({ kind: 'NUMBER_NOT_THEIR_OWN', about });
    const [shared, gone] = [hashed('欧阳娜娜|1980-05-15'), hashed('赵霨|1980-05-15')];
    const add = (matter: string, subjects: readonly string[]) =>
      intake.database.pool.query(
        `insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
         values (gen_random_uuid(), $1, 'SAME_NAME_OTHER_NUMBER', $2, 'SETTLED', $3, now(), now())`,
        [place, matter, subjects],
      );
    await add(shared, [keyOf(1), keyOf(2)]);
    await add(gone, [keyOf(2), keyOf(3)]);
    expect(await old()).toEqual(NOTHING_OLD);
    const key = nameKeyOf(seal(), '欧阳娜娜');
    await layCards([1, 2].map((index) => ({ ...cardOf(keyOf(index), key), birthDate: '1980-05-15' })));
    // The job that makes everybody's cards finds the people of such tasks itself, as long as they are not taken over.
    await enqueue(intake.database.pool, { kind: 'keep-people', jurisdiction: place });
    expect([await old(), await countHeldMatters(intake.database.pool, place)]).toEqual([NOTHING_OLD, 2]);
    await intake.database.pool.query("delete from graphile_worker._private_jobs where key like 'keep-people|%'");
    expect([await old(), await countHeldMatters(intake.database.pool, place)]).toEqual([
      { ...NOTHING_OLD, 'review_task.matter': 2 },
      0,
    ]);
    expect(await sealAnew('review_task.matter', 1)).toBe(2);
    expect(await old()).toEqual(NOTHING_OLD);
    const { rows } = await intake.database.pool.query<{ matter: string }>(
      'select matter from review_task where jurisdiction = $1',
      [place],
    );
    const matters = rows.map(({ matter }) => matter);
    expect(matters).toContain(matterId({ kind: 'SAME_NAME_OTHER_NUMBER', about: `${key}|1980-05-15` }));
    expect(matters.filter((matter) => [shared, gone].some((one) => one.slice(0, 8) === matter.slice(0, 8)))).toEqual(
      [],
    );
  });

  it('a settlement of before ends with the one that takes its place', async () => {
    await settleBoth();
    await asBefore();
    await settleBoth();
    const { rows } = await intake.database.pool.query(
      'select name from subject_split where jurisdiction = $1 and until is null',
      [place],
    );
    expect(rows).toEqual([{ name: nameKeyOf(seal(), '李魈') }]);
    for (const { name } of NAMES) await sealAnew(name, 2);
    expect(await old()).toEqual(NOTHING_OLD);
  });
});
