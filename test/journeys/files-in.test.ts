import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeRows, type BlockCodec } from '../../src/storage/row-blocks.ts';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { ndjson, sendFile, TYPES } from '../support/sent-files.ts';

const CLIENT = '130628:civil-affairs';

let hub: TestHub;
let database: pg.Client;
beforeAll(async () => {
  hub = await testHub();
  database = new pg.Client({ connectionString: hub.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await hub.stop();
});

const rows = Array.from({ length: 2_500 }, (_, index) => ({
  name: '张三',
  idNumber: residentId(index % 1_000, `${1950 + Math.floor(index / 1_000)}-05-15`),
  category: '低保对象',
  from: '2025-03-01',
}));

describe('a file that comes in', () => {
  it('is kept whole, as it was sent, before it is accepted', async () => {
    const body = ndjson(rows);
    const answer = await sendFile(hub, CLIENT, { list: 'hardship', body, type: TYPES.ndjson, key: 'whole' });
    expect(answer).toMatchObject({ status: 202, body: { repeated: false, receipt: { rows: 2_500 } } });
    expect(answer.body.receipt!.digest).toBe(createHash('sha256').update(body).digest('hex'));
    expect(await storedRows(answer.body.id!)).toEqual(rows);
  });
});

async function storedRows(submission: string): Promise<unknown[]> {
  const found = await database.query<{ codec: BlockCodec; sent: Buffer; first_row: number; row_count: number }>(
    'select codec, sent, first_row, row_count from submission_block where submission = $1 order by first_row',
    [submission],
  );
  const stored = found.rows.map(({ codec, sent }) => decodeRows(codec, sent));
  expect(found.rows.map((block) => block.row_count)).toEqual(stored.map(({ length }) => length));
  expect(found.rows.map((block) => block.first_row)).toEqual(stored.map((_, index) => index * 1_000 + 1));
  return stored.flat();
}
