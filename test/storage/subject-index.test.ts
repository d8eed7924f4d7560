import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityDocument } from '../../src/domain/identity/subject.ts';
import { splitDocument } from '../../src/domain/identity/held-apart.ts';
import { inTransaction } from '../../src/storage/in-transaction.ts';
import { keepDocuments } from '../../src/storage/sealed-numbers.ts';
import { keyRingOf, withNewKey } from '../../src/storage/sealing/key-ring.ts';
import { rewrapKeys } from '../../src/storage/sealing/rotate-keys.ts';
import { settle } from '../../src/storage/settle-identities.ts';
import { openIndexKeys, type IndexKeys } from '../../src/storage/subject-index/follow-index-keys.ts';
import { NEWEST_INDEX_KEY } from '../../src/storage/subject-index/index-keys.ts';
import {
  countLeft,
  finishIndex,
  makeIndexKey,
  type RotateGround,
} from '../../src/storage/subject-index/rotate-index.ts';
import { subjectIndex } from '../../src/storage/subject-index/subject-index.ts';
import type { KeptSubjectKeys } from '../../src/storage/subject-keys.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId, withCheckDigit } from '../support/id-numbers.ts';
import { TEST_KEYS } from '../support/sealing-keys.ts';
import { countEveryStatement } from '../support/statements.ts';
import { INTAKE_PEPPER, intakeOn, openPlace, type Intake } from '../support/two-ways.ts';

const [PLACE, OTHER_PLACE] = ['rotated', 'beside'];
const quiet = { onProgress: () => undefined, onWaiting: () => undefined };

let database: TestDatabase;
let keys: IndexKeys;
let ground: RotateGround;
beforeAll(async () => {
  database = await testDatabase();
  keys = await openIndexKeys(database.hubPool, TEST_KEYS, INTAKE_PEPPER);
  const indexKeys = await openIndexKeys(database.pool, TEST_KEYS, INTAKE_PEPPER);
  const { pool, sealing } = database;
  ground = { pool, sealing, ring: TEST_KEYS, indexKeys, jurisdictions: [PLACE, OTHER_PLACE] };
});
afterAll(async () => {
  await keys?.close();
  await ground?.indexKeys.close();
  await database?.close();
});

/** A process that looks for keys when it is told to, and otherwise knows what it knew. */
function processOf(): KeptSubjectKeys & { readonly intake: Intake } {
  let known = keys.all();
  const look = async (): Promise<void> => {
    await keys.look();
    known = keys.all();
  };
  const own = subjectIndex(database.hubPool, { all: () => known, look, close: async () => undefined });
  return { ...own, intake: intakeOn(database, openPlace, own) };
}

const resident = (sequence: number, bornOn?: string): IdentityDocument => ({
  idType: 'RESIDENT_ID',
  idNumber: residentId(sequence, bornOn),
});
const hardship = (sequence: number, more: object = {}) => ({
  idNumber: residentId(sequence),
  name: '张三',
  category: '低保对象',
  from: '2025-06-01',
  ...more,
});
/** Everybody has this number, and nobody. */
const NOBODYS = withCheckDigit('13062819000101001');
const pushed = (at: { readonly intake: Intake }, rows: readonly object[], place = PLACE) =>
  at.intake.push(place, { agency: 'civil-affairs', list: 'hardship', rows: rows as never });
const subjectsAt = async (place = PLACE): Promise<readonly string[]> =>
  (
    await database.pool.query<{ key: string }>(
      'select subject_key::text as key from identifier where jurisdiction = $1 order by 1',
      [place],
    )
  ).rows.map(({ key }) => key);
const entries = async (): Promise<
  readonly { readonly key: number; readonly apart: boolean; readonly count: number }[]
> =>
  (
    await database.pool.query(
      'select index_key as key, apart, count(*)::integer as count from subject_index group by 1, 2 order by 1, 2',
    )
  ).rows;
const keyOf = async (at: KeptSubjectKeys, document: IdentityDocument): Promise<string> =>
  (await at.find(() => [document])).keyOf(document);
const enteredAs = async (at: KeptSubjectKeys, documents: readonly IdentityDocument[]): Promise<readonly string[]> => {
  const asked = await at.enter(() => documents);
  return documents.map((document) => asked.keyOf(document));
};
const peppered = (document: IdentityDocument): string => processOf().intake.ports.subjectKeys.keyOf(document);
const finish = () => finishIndex(ground, quiet, undefined, 0);
const splitAt = (at: KeptSubjectKeys, subject: string, name: string) => {
  const inside = database.walled.of(PLACE);
  return inTransaction(inside, async (client) => {
    const numbers = { seal: inside.seal, subjectKeys: at.over(client) };
    const told = { kind: 'OTHER_PERSONS_NAMES', subject, names: [name] } as const;
    await settle(client, numbers, PLACE, randomUUID(), told, new Date());
    const found = await client.query<{ key: string }>(
      'select to_key as key from subject_split where subject_key = $1 and until is null',
      [subject],
    );
    return found.rows[0]!.key;
  });
};

describe.sequential('rotating the keys that numbers are looked up by', () => {
  it('asks and keeps nothing as long as they never were', async () => {
    const hub = processOf();
    const counted = countEveryStatement();
    const [key] = await enteredAs(hub, [resident(1)]);
    expect(await keyOf(hub, resident(1))).toBe(key);
    expect(counted.stop()).toBe(0);
    expect(key).toBe(peppered(resident(1)));
    await pushed(hub, [hardship(1), hardship(2), hardship(3, { idNumber: NOBODYS })]);
    await pushed(hub, [hardship(1)], OTHER_PLACE);
    await splitAt(hub, peppered(resident(2)), '李四');
    expect(await entries()).toEqual([]);
    expect(await countLeft(ground)).toEqual([]);
    expect(await finish()).toEqual({ done: true, strays: [] });
  });

  it('is not begun with another pepper', async () => {
    const stranger = await openIndexKeys(database.pool, TEST_KEYS, 'another pepper, as long as it should be');
    await expect(makeIndexKey({ ...ground, indexKeys: stranger })).rejects.toThrow('SUBJECT_KEY_PEPPER');
    await stranger.close();
    expect((await database.pool.query('select from index_key')).rowCount).toBe(0);
  });

  it('while everybody is being entered, whoever knows of the key and whoever does not yet agree', async () => {
    const unaware = processOf();
    await makeIndexKey(ground);
    await keys.look();
    const aware = processOf();
    const people = [1, 10, 11].map((sequence) => resident(sequence));
    expect(await enteredAs(unaware, people)).toEqual(people.map(peppered));
    expect(await enteredAs(aware, people)).toEqual(people.map(peppered));
    expect(await entries()).toEqual([{ key: 1, apart: false, count: 3 }]);
    // What is judged by who does not know of it is judged anew.
    const before = await subjectsAt();
    await pushed(unaware, [hardship(12)]);
    expect(await subjectsAt()).toEqual([...before, peppered(resident(12))].sort());
    expect(await entries()).toEqual([{ key: 1, apart: false, count: 4 }]);
  });

  it('waits for whoever takes in what was judged without the key, and enters them', async () => {
    const inside = database.walled.of(PLACE);
    const late = { key: peppered(resident(20)), ...resident(20) } as const;
    const client = await inside.begin();
    await client.query(`select ${NEWEST_INDEX_KEY}`);
    await keepDocuments(client, inside.seal, PLACE, [late]);
    const { promise, resolve } = Promise.withResolvers<number>();
    let over = false;
    const finished = finishIndex(ground, { ...quiet, onWaiting: resolve }, undefined, 0).then((ended) => {
      over = true;
      return ended;
    });
    expect(await promise).toBeGreaterThan(0);
    expect(over).toBe(false);
    await client.query('commit');
    client.release();
    expect(await finished).toEqual({ done: true, strays: [] });
    expect(await countLeft(ground)).toEqual([
      { jurisdiction: PLACE, left: 0 },
      { jurisdiction: OTHER_PLACE, left: 0 },
    ]);
  });

  it('afterwards everybody is who they were, and whoever is new is drawn by chance, once for all', async () => {
    // One knows that the key counts, the other only that it is there.
    const second = processOf();
    await keys.look();
    const first = processOf();
    for (const sequence of [1, 2, 10, 12, 20]) {
      expect(await keyOf(first, resident(sequence))).toBe(peppered(resident(sequence)));
    }
    const people = Array.from({ length: 300 }, (_, index) => resident(100 + index));
    const [ours, theirs, again] = await Promise.all([
      enteredAs(first, people),
      enteredAs(second, people.toReversed()),
      enteredAs(first, people),
    ]);
    expect(theirs.toReversed()).toEqual(ours);
    expect(again).toEqual(ours);
    const [fresh] = await enteredAs(first, [resident(500)]);
    expect(fresh).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(await enteredAs(second, [resident(500)])).toEqual([fresh]);
  });

  it('a look-up and a trial of somebody unknown keep nothing', async () => {
    const hub = processOf();
    const before = await entries();
    const key = await keyOf(hub, resident(600));
    expect(await keyOf(hub, resident(600))).toBe(key);
    expect(key).not.toBe(peppered(resident(600)));
    const rows = [hardship(600)] as never;
    await hub.intake.push(PLACE, { agency: 'civil-affairs', list: 'hardship', rows, dryRun: true });
    expect(await entries()).toEqual(before);
  });

  it('the same person in two jurisdictions is the same subject', async () => {
    const hub = processOf();
    await pushed(hub, [hardship(700)]);
    await pushed(hub, [hardship(700)], OTHER_PLACE);
    const [here, there] = [await subjectsAt(), await subjectsAt(OTHER_PLACE)];
    const key = await keyOf(hub, resident(700));
    expect([here.includes(key), there.includes(key)]).toEqual([true, true]);
  });

  it('whoever is held apart stays who they are: by the same row, and by the same name', async () => {
    const hub = processOf();
    const before = await subjectsAt();
    const again = await pushed(hub, [hardship(3, { idNumber: NOBODYS })]);
    expect(again.counts).toMatchObject({ unchanged: 1 });
    const split = peppered(splitDocument(resident(2), '李四'));
    expect(await splitAt(hub, peppered(resident(2)), '李四')).toBe(split);
    expect(await subjectsAt()).toEqual(before);
    // Another row with the number is somebody else.
    await pushed(hub, [hardship(4, { idNumber: NOBODYS, name: '王五' })]);
    expect(await subjectsAt()).toHaveLength(before.length + 1);
  });

  it('a second rotation comes to the same, and forgets what was entered under the first', async () => {
    const old = processOf();
    const everybody = [1, 2, 12, 20, 700].map((sequence) => resident(sequence));
    const before = await enteredAs(old, everybody);
    const there = await subjectsAt();
    await makeIndexKey(ground);
    await keys.look();
    const aware = processOf();
    // Somebody new while everybody is being entered, heard of by both at once.
    const news = Array.from({ length: 100 }, (_, index) => resident(800 + index));
    const [ours, theirs] = await Promise.all([enteredAs(old, news), enteredAs(aware, news.toReversed())]);
    expect(theirs.toReversed()).toEqual(ours);
    expect(await finish()).toEqual({ done: true, strays: [] });
    const { rows } = await database.pool.query('select from subject_index where index_key < 2 and not apart');
    expect(rows).toEqual([]);
    await keys.look();
    const now = processOf();
    expect(await enteredAs(now, everybody)).toEqual(before);
    expect(await enteredAs(aware, everybody)).toEqual(before);
    expect(await enteredAs(now, news)).toEqual(ours);
    const newer = Array.from({ length: 100 }, (_, index) => resident(index, '1972-02-02'));
    const [x, y] = await Promise.all([enteredAs(now, newer), enteredAs(aware, newer.toReversed())]);
    expect(y.toReversed()).toEqual(x);
    expect((await pushed(now, [hardship(3, { idNumber: NOBODYS })])).counts).toMatchObject({ unchanged: 1 });
    expect((await pushed(now, [hardship(4, { idNumber: NOBODYS, name: '王五' })])).counts).toMatchObject({
      unchanged: 1,
    });
    expect(await subjectsAt()).toEqual(there);
  });

  it('is stopped and gone on with, and leaves subjects alone that their number does not lead to', async () => {
    const inside = database.walled.of(PLACE);
    const many = Array.from({ length: 1_100 }, (_, index) =>
      resident(index % 1_000, index < 1_000 ? '1971-01-01' : '1971-01-02'),
    );
    const hub = processOf();
    const subjects = await enteredAs(hub, many);
    await keepDocuments(
      inside,
      inside.seal,
      PLACE,
      many.map((document, index) => ({ ...document, key: subjects[index]! })),
    );
    // One number under two subjects.
    const stray = randomUUID();
    await keepDocuments(inside, inside.seal, PLACE, [{ key: stray, ...resident(1) }]);

    await makeIndexKey(ground);
    const stop = new AbortController();
    const stopped = await finishIndex(ground, { ...quiet, onProgress: () => stop.abort() }, stop.signal, 0);
    expect(stopped.done).toBe(false);
    const left = (await countLeft(ground))[0]!.left;
    expect(left).toBeGreaterThan(500);
    expect(await enteredAs(hub, many)).toEqual(subjects);
    // Begun anew, it goes on with the key that is there.
    await makeIndexKey(ground);
    expect(await finish()).toEqual({ done: true, strays: [stray] });
    expect((await database.pool.query('select from index_key')).rowCount).toBe(3);
    await keys.look();
    expect(await enteredAs(processOf(), many)).toEqual(subjects);
    expect(await keyOf(processOf(), resident(1))).toBe(peppered(resident(1)));
    expect((await countLeft(ground))[0]!.left).toBe(1);
    await database.pool.query('delete from identifier where subject_key = $1', [stray]);
  });

  it('a list judged without the key is judged anew', async () => {
    const hub = processOf();
    const once: KeptSubjectKeys = {
      ...hub,
      // The key comes while its rows are being judged.
      enter: async (documents) => {
        const asked = await hub.enter(documents);
        if (asked.newest === 3) await makeIndexKey(ground);
        return asked;
      },
    };
    const intake = intakeOn(database, openPlace, once);
    const kept = await intake.keep(PLACE, {
      agency: 'civil-affairs',
      list: 'hardship',
      rows: [hardship(1), hardship(950)] as never,
    });
    await intake.takeIn(kept);
    expect(await intake.submission(PLACE, kept.id)).toMatchObject({ status: 'RECEIVED', attempts: 2 });
    const { rows } = await database.pool.query<{ key: number; subject: string }>(
      'select index_key as key, subject_key as subject from subject_index where index_key = 4',
    );
    expect(rows).toHaveLength(2);
    expect(await finish()).toEqual({ done: true, strays: [] });
    await keys.look();
    expect(rows.map(({ subject }) => subject)).toContain(await keyOf(processOf(), resident(950)));
  });

  it('a process does not start with another pepper, nor without the key that wraps', async () => {
    await expect(
      openIndexKeys(database.hubPool, TEST_KEYS, 'another pepper, as long as it should be'),
    ).rejects.toMatchObject({ code: 'DATABASE_UNSAFE', problems: [{ variable: 'SUBJECT_KEY_PEPPER' }] });
    const file = withNewKey('SM4-CTR-HMAC-SM3', [
      { ...TEST_KEYS.current, key: TEST_KEYS.current.key.toString('base64url') },
    ]);
    await rewrapKeys(database.pool, keyRingOf(file));
    await expect(openIndexKeys(database.hubPool, TEST_KEYS, INTAKE_PEPPER)).rejects.toMatchObject({
      problems: [{ variable: 'SEALING_KEY_FILE' }],
    });
    const rewrapped = await openIndexKeys(
      database.hubPool,
      keyRingOf({ ...file, keys: [file.keys[0]!] }),
      INTAKE_PEPPER,
    );
    const known = subjectIndex(database.hubPool, rewrapped);
    expect(await keyOf(known, resident(500))).toBe(await keyOf(processOf(), resident(500)));
    await rewrapped.close();
    await rewrapKeys(database.pool, keyRingOf({ ...file, current: TEST_KEYS.current.id }));
  });

  it('the role of the hub adds to the index, and changes neither it nor the keys', async () => {
    for (const statement of [
      'update subject_index set subject_key = gen_random_uuid()',
      'delete from subject_index',
      'delete from index_key',
      'update index_key set counts_from = now()',
      `insert into index_key (id, algorithm, wrapped, wrapped_by, pepper_hash, made_at)
       values (99, 'AES-256-GCM', '', '', gen_random_uuid(), now())`,
    ]) {
      await expect(database.hubPool.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
