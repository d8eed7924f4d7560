import { randomUUID } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RejectedRow } from '../../../src/flows/ports.ts';
import { openPool } from '../../../src/storage/database.ts';
import { rejectedRows } from '../../../src/storage/rejected-rows.ts';
import { openRows, SENT_ROWS } from '../../../src/storage/sealed-blocks.ts';
import { addDataKey } from '../../../src/storage/sealing/data-keys.ts';
import { countOld, resealAll, type ResealGround, type ResealProgress } from '../../../src/storage/sealing/reseal.ts';
import { keyIdOf } from '../../../src/storage/sealing/sealed-value.ts';
import { submissionStore } from '../../../src/storage/submission-store.ts';
import { asOwner, testDatabase, type TestDatabase } from '../../support/database.ts';
import { TEST_KEYS } from '../../support/sealing-keys.ts';

const PLACE = '130628';
const OTHER = '130629';
/** So that batches of 200 make some rounds. */
const BLOCKS = 450;
const ROWS = [{ name: '王秀英', idNumber: '130628199003070013' }, { name: '李'.repeat(50) }];

let database: TestDatabase;
let owner: pg.Pool;
let ground: ResealGround;
beforeAll(async () => {
  database = await testDatabase();
  owner = openPool(asOwner(database.url), { poolSize: 3, work: true });
  ground = { pool: owner, sealing: database.sealing, columns: [SENT_ROWS], jurisdictions: [PLACE, OTHER] };
});
beforeEach(() => owner.query('truncate submission_block'));
afterAll(async () => {
  await owner?.end();
  await database?.close();
});

const INSERT = `
insert into submission_block (submission, first_row, row_count, jurisdiction, codec, sent, outcomes, subjects, findings, rejected)
select s, f, 2, $3, $4, $5, 'RA', decode(repeat('00', 32), 'hex'), '{}', 1 from unnest($1::uuid[], $2::integer[]) as b(s, f)`;

/** Keeps blocks as hubs did before there was sealing. */
async function clearBlocks(count: number, codec: 'zstd' | 'plain' = 'zstd', jurisdiction = PLACE): Promise<string> {
  const submission = randomUUID();
  const text = Buffer.from(JSON.stringify(ROWS));
  await owner.query(INSERT, [
    Array.from({ length: count }, () => submission),
    Array.from({ length: count }, (_, index) => index * 2 + 1),
    jurisdiction,
    codec,
    codec === 'zstd' ? zstdCompressSync(text) : text,
  ]);
  return submission;
}

interface Kept {
  readonly submission: string;
  readonly first_row: number;
  readonly jurisdiction: string;
  readonly codec: 'plain' | 'zstd' | 'sealed-zstd';
  readonly sent: Buffer;
}

const blocks = async (): Promise<readonly Kept[]> =>
  (await owner.query<Kept>('select * from submission_block order by submission, first_row')).rows;

async function expectAllOpen(count: number): Promise<void> {
  const all = await blocks();
  expect(all).toHaveLength(count);
  for (const { submission, first_row: firstRow, jurisdiction, ...kept } of all)
    expect(openRows(database.walled.of(jurisdiction).seal, submission, firstRow, kept)).toEqual(ROWS);
}

const underKey = async (id: number | undefined): Promise<number> =>
  (await blocks()).filter(({ sent, codec }) => codec === 'sealed-zstd' && keyIdOf(sent) === id).length;

const nobody = (): void => undefined;

async function rejectedOf(jurisdiction: string, submission: string): Promise<readonly RejectedRow[]> {
  const rows: RejectedRow[] = [];
  for await (const block of rejectedRows(database.walled).blocks(jurisdiction, submission)) rows.push(...block);
  return rows;
}

describe('rows of before, in clear', () => {
  it.each(['zstd', 'plain'] as const)('open as they are (%s), and sealed anew as well', async (codec) => {
    const submission = await clearBlocks(3, codec);
    await expectAllOpen(3);
    const read = async (): Promise<unknown> => {
      const { items } = await submissionStore(database.walled).rows(PLACE, submission, null, 10, null);
      const rejected = await rejectedOf(PLACE, submission);
      return [items.map(({ row, sent }) => [row, sent]), rejected.map(({ row, sent }) => [row, sent])];
    };
    const before = await read();
    expect(await resealAll(ground, nobody)).toBe(true);
    expect(await read()).toEqual(before);
    for (const { codec: now, sent } of await blocks()) {
      expect(now).toBe('sealed-zstd');
      expect(sent.includes('130628199003070013')).toBe(false);
      // The frame that every compressed block began with.
      expect(sent.includes(Buffer.from('28b52ffd', 'hex'))).toBe(false);
    }
  });
});

describe('sealing anew', () => {
  it('counts, tells progress, seals every jurisdiction, and finds nothing the second time', async () => {
    await clearBlocks(BLOCKS);
    await clearBlocks(5, 'plain', OTHER);
    expect(await countOld(ground)).toEqual([
      { column: 'submission_block.sent', jurisdiction: PLACE, old: BLOCKS },
      { column: 'submission_block.sent', jurisdiction: OTHER, old: 5 },
    ]);
    const told: ResealProgress[] = [];
    expect(await resealAll(ground, (progress) => told.push(progress))).toBe(true);
    expect(told.map(({ jurisdiction, done, old }) => [jurisdiction, done, old])).toEqual([
      [PLACE, 200, BLOCKS],
      [PLACE, 400, BLOCKS],
      [PLACE, BLOCKS, BLOCKS],
      [OTHER, 5, 5],
    ]);
    await expectAllOpen(BLOCKS + 5);
    const before = await blocks();
    expect(await resealAll(ground, () => expect.unreachable('nothing is left'))).toBe(true);
    expect(await blocks()).toEqual(before);
  });

  it('stopped after a batch it leaves both kinds, which both open, and goes on where it was', async () => {
    await clearBlocks(BLOCKS);
    const stop = new AbortController();
    expect(await resealAll(ground, () => stop.abort(), stop.signal)).toBe(false);
    const sealed = (await blocks()).filter(({ codec }) => codec === 'sealed-zstd');
    expect(sealed).toHaveLength(200);
    await expectAllOpen(BLOCKS);
    expect(await resealAll(ground, nobody)).toBe(true);
    // What was done is not done again.
    const after = new Map((await blocks()).map(({ first_row: firstRow, sent }) => [firstRow, sent]));
    for (const { first_row: firstRow, sent } of sealed) expect(after.get(firstRow)).toEqual(sent);
  });

  it('moves values from key to key, and to none but the newest', async () => {
    await clearBlocks(10);
    await resealAll(ground, nobody);
    const first = keyIdOf((await blocks())[0]!.sent)!;
    await addDataKey(owner, TEST_KEYS, first, 0);
    await database.sealing.look();
    expect(await underKey(first)).toBe(10);
    expect(await resealAll(ground, nobody)).toBe(true);
    expect(await underKey(first + 1)).toBe(10);
    await expectAllOpen(10);
  });

  it('waits for nobody: rows that others work on come in a later pass', async () => {
    await clearBlocks(20);
    const busy = await owner.connect();
    await busy.query('begin');
    await busy.query('update submission_block set row_count = 2 where first_row <= 9');
    let told = 0;
    const done = resealAll(ground, ({ done: sealed }) => (told += sealed === 15 ? 1 : 0));
    await expect.poll(() => told).toBe(1);
    expect((await blocks()).filter(({ codec }) => codec === 'zstd')).toHaveLength(5);
    await busy.query('commit');
    busy.release();
    expect(await done).toBe(true);
    await expectAllOpen(20);
  });

  it('a value that does not open stops it with a fault, and stays as it was', async () => {
    await clearBlocks(2);
    await resealAll(ground, nobody);
    const last = keyIdOf((await blocks())[0]!.sent)!;
    await owner.query(
      `update submission_block set sent = set_byte(sent, 40, get_byte(sent, 40) # 1) where first_row = 3`,
    );
    const broken = (await blocks()).find(({ first_row: firstRow }) => firstRow === 3)!;
    await addDataKey(owner, TEST_KEYS, last, 0);
    await database.sealing.look();
    await expect(resealAll(ground, nobody)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    expect((await blocks()).find(({ first_row: firstRow }) => firstRow === 3)).toEqual(broken);
  });
});

describe('a block that was put elsewhere', () => {
  it.each([
    ['into another submission', 'submission = gen_random_uuid()'],
    ['to another row', 'first_row = 1001'],
    ['into another jurisdiction', `jurisdiction = '${OTHER}'`],
  ])('%s is a fault where it is read, not somebody else’s row', async (_why, change) => {
    await clearBlocks(1);
    await resealAll(ground, nobody);
    await owner.query(`update submission_block set ${change}`);
    const { submission, jurisdiction } = (await blocks())[0]!;
    const read = submissionStore(database.walled).rows(jurisdiction, submission, null, 10, null);
    await expect(read).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
    await expect(rejectedOf(jurisdiction, submission)).rejects.toMatchObject({ code: 'SEALED_VALUE_UNSOUND' });
  });
});
