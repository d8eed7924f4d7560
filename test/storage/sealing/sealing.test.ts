import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, openPool, type Database } from '../../../src/storage/database.ts';
import { addDataKey } from '../../../src/storage/sealing/data-keys.ts';
import { keyRingOf, withNewKey } from '../../../src/storage/sealing/key-ring.ts';
import { listDataKeys, makeDataKey, rewrapKeys } from '../../../src/storage/sealing/rotate-keys.ts';
import { keyIdOf } from '../../../src/storage/sealing/sealed-value.ts';
import type { Sealing } from '../../../src/storage/sealing/no-sealing.ts';
import { openSealing } from '../../../src/storage/sealing/sealing.ts';
import { asOwner, newDatabase } from '../../support/database.ts';
import { TEST_KEYS } from '../../support/sealing-keys.ts';

const COLUMN = 'identifier.id_number';
const ROW = ['1'];

let url: string;
let owner: pg.Pool;
let hub: pg.Pool;
const open: Sealing[] = [];
const opened = async (ring = TEST_KEYS): Promise<Sealing> => {
  const sealing = await openSealing(hub, ring);
  open.push(sealing);
  return sealing;
};
const keysThere = async (): Promise<number> =>
  (await owner.query<{ count: number }>('select count(*)::integer as count from sealing_key')).rows[0]!.count;

beforeAll(async () => {
  url = await newDatabase({ migrated: true });
  owner = openPool(asOwner(url), { poolSize: 4 });
  hub = openPool(url);
});
afterEach(async () => {
  for (const sealing of open.splice(0)) await sealing.close();
});
afterAll(async () => {
  await owner?.end();
  await hub?.end();
});

describe('the data keys of a database', () => {
  it('begin with one, however many processes open it at the same time', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => opened()));
    expect(await keysThere()).toBe(1);
    const value = all[0]!.of('130628').seal(COLUMN, ROW, 'x');
    for (const sealing of all) expect(sealing.of('130628').open(COLUMN, ROW, value)).toBe('x');
  });

  it('are neither told by the database nor unwrapped by another file, and the start names the setting', async () => {
    await opened();
    const { rows } = await owner.query<{ row: string }>('select k::text as row from sealing_key k');
    const written = Buffer.from(JSON.stringify(rows));
    expect(written.includes(TEST_KEYS.current.key.toString('hex'))).toBe(false);
    const stranger = keyRingOf(withNewKey('AES-256-GCM'));
    await expect(openDatabase({ kind: 'server', url }, { sealingKeys: stranger })).rejects.toMatchObject({
      problems: [{ variable: 'SEALING_KEY_FILE', en: expect.stringContaining('of-tests') }],
    });
    // The same name on another key does not help.
    const renamed = { ...stranger.current, id: TEST_KEYS.current.id };
    await expect(openSealing(hub, { current: renamed, find: () => renamed })).rejects.toThrow('SEALING_KEY_FILE');
    expect(await keysThere()).toBe(1);
  });

  it('are not the hub’s to change', async () => {
    await opened();
    for (const statement of [
      "update sealing_key set wrapped = ''",
      'delete from sealing_key',
      'truncate sealing_key',
      'delete from sealing_use',
    ])
      await expect(hub.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('a database opened without keys seals nothing and says so', async () => {
    const database: Database = await openDatabase({ kind: 'server', url });
    expect(() => database.walled.of('130628').seal.seal(COLUMN, ROW, 'x')).toThrow('SEALING_UNAVAILABLE');
    await database.close();
  });

  it('each process tells how many values it sealed, and the last of them when it ends', async () => {
    const used = async (): Promise<number> =>
      (await listDataKeys(owner, TEST_KEYS)).reduce((sum, { sealed }) => sum + sealed, 0);
    const before = await used();
    const [one, other] = [await opened(), await opened()];
    for (let count = 0; count < 5; count++) one.of('1').seal(COLUMN, ROW, 'x');
    other.of('2').seal(COLUMN, ROW, 'x');
    await one.look();
    expect(await used()).toBe(before + 5);
    await other.close();
    expect(await used()).toBe(before + 6);
    await one.look();
    expect(await used()).toBe(before + 6);
  });
});

describe('another data key', () => {
  it('is known to every process before anything lies under it, and seals once its time has come', async () => {
    const [hubs, maker] = [await opened(), await opened()];
    const old = hubs.of('130628').seal(COLUMN, ROW, 'old');
    const last = keyIdOf(old)!;
    await addDataKey(owner, TEST_KEYS, last, 3_600);
    await hubs.look();
    expect(keyIdOf(hubs.of('130628').seal(COLUMN, ROW, 'x'))).toBe(last);
    // Two who make the same one at the same time make one.
    await addDataKey(owner, TEST_KEYS, last, 0);
    expect(await keysThere()).toBe(last + 1);

    await owner.query('update sealing_key set seals_from = made_at where id = $1', [last + 1]);
    await maker.look();
    const value = maker.of('130628').seal(COLUMN, ROW, 'new');
    expect(keyIdOf(value)).toBe(last + 1);
    // The other process has not looked since, and opens it.
    expect(hubs.of('130628').open(COLUMN, ROW, value)).toBe('new');
    expect(keyIdOf(hubs.of('130628').seal(COLUMN, ROW, 'x'))).toBe(last);
    await expect.poll(() => keyIdOf(hubs.of('130628').seal(COLUMN, ROW, 'x')), { timeout: 50_000 }).toBe(last + 1);
    expect(hubs.of('130628').open(COLUMN, ROW, old)).toBe('old');
    const keyed = hubs.of('130628').keyed(COLUMN, 'x');
    expect((await opened()).of('130628').keyed(COLUMN, 'x')).toBe(keyed);
  });

  it('is made by itself when one has been used as often as it may', async () => {
    const sealing = await opened();
    const last = keyIdOf(sealing.of('1').seal(COLUMN, ROW, 'x'))!;
    await owner.query(
      'insert into sealing_use values ($1, $2) on conflict (key) do update set sealed = excluded.sealed',
      [last, 2 ** 30 - 1],
    );
    sealing.of('1').seal(COLUMN, ROW, 'x');
    await sealing.look();
    expect(await keysThere()).toBe(last + 1);
    await sealing.look();
    expect(await keysThere()).toBe(last + 1);
  });

  it('that a maker who was killed left waiting is taken, not made again', async () => {
    const sealing = await opened();
    const waits = (await listDataKeys(owner, TEST_KEYS)).at(-1)!;
    if (waits.seals) await addDataKey(owner, TEST_KEYS, waits.id, 3_600);
    const there = await keysThere();
    const making = makeDataKey(owner, TEST_KEYS, sealing, 0);
    await owner.query('update sealing_key set seals_from = made_at');
    await making;
    expect(await keysThere()).toBe(there);
    expect(keyIdOf(sealing.of('1').seal(COLUMN, ROW, 'x'))).toBe(there);
  });
});

it('a value that lies under a key put down since the last look is a fault until then, not a wrong answer', async () => {
  const [behind, ahead] = [await opened(), await opened()];
  const last = (await listDataKeys(owner, TEST_KEYS)).at(-1)!.id;
  await addDataKey(owner, TEST_KEYS, last, 0);
  await ahead.look();
  const value = ahead.of('1').seal(COLUMN, ROW, 'x');
  expect(() => behind.of('1').open(COLUMN, ROW, value)).toThrow('SEALING_KEY_UNKNOWN');
  await behind.look();
  expect(behind.of('1').open(COLUMN, ROW, value)).toBe('x');
});

it('what lies on a disk while it is worked on has a key that nobody else ever has', async () => {
  const sealing = await opened();
  const [one, other] = [sealing.passing(), sealing.passing()];
  const value = one.seal(COLUMN, ROW, 'x');
  expect(one.open(COLUMN, ROW, value)).toBe('x');
  expect(() => other.open(COLUMN, ROW, value)).toThrow('SEALED_VALUE_UNSOUND');
  expect(() => sealing.of('').open(COLUMN, ROW, value)).toThrow('SEALING_KEY_UNKNOWN');
});

it('data keys are wrapped anew under another file’s key, values stay, and the file may then lose the one of before', async () => {
  const id = randomUUID();
  const sealing = await opened();
  const value = sealing.of('130628').seal(COLUMN, [id], 'kept');
  const before = withNewKey('AES-256-GCM');
  const test = TEST_KEYS.current;
  const content = {
    current: before.current,
    keys: [...before.keys, { id: test.id, algorithm: test.algorithm, key: test.key.toString('base64url') }],
  };
  const both = keyRingOf(content);
  const there = await keysThere();
  expect(await rewrapKeys(owner, both)).toBe(there);
  expect(await rewrapKeys(owner, both)).toBe(0);
  await expect(opened()).rejects.toThrow('SEALING_KEY_FILE');
  // Processes that run go on with the keys that they have.
  expect(sealing.of('130628').open(COLUMN, [id], value)).toBe('kept');
  const alone = await opened(keyRingOf({ ...content, keys: before.keys }));
  expect(alone.of('130628').open(COLUMN, [id], value)).toBe('kept');
});
