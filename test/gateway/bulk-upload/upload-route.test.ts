import { readdirSync, readlinkSync } from 'node:fs';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testHub, type TestHub } from '../../support/hub.ts';
import { residentId } from '../../support/id-numbers.ts';
import { ndjson, sendFile, TYPES, told, type SentFile } from '../../support/sent-files.ts';

const CLIENT = '130628:civil-affairs';
const SECRET = residentId(7);

let hub: TestHub;
let database: pg.Client;
beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere' });
  database = new pg.Client({ connectionString: hub.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await hub.stop();
});

const row = (sequence: number, said: object = {}): object => ({
  name: '张三',
  idNumber: residentId(sequence),
  category: '低保对象',
  from: '2025-03-01',
  ...said,
});
const rows = (count: number): object[] => Array.from({ length: count }, (_, index) => row(index % 1_000));

let keys = 0;
const file = (said: Partial<SentFile> = {}): SentFile => ({
  list: 'hardship',
  body: ndjson([row(7)]),
  type: TYPES.ndjson,
  key: `file-${(keys += 1)}`,
  ...said,
});

/** Sends the head of a request, and of its body what the test writes. */
async function begin(headers: Record<string, string | number>, key: string): Promise<ClientRequest> {
  const sent = httpRequest(`${hub.url}/lists/hardship`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await hub.tokenOf(CLIENT)}`,
      'content-type': TYPES.ndjson,
      'idempotency-key': key,
      ...headers,
    },
  });
  sent.on('error', () => undefined);
  sent.flushHeaders();
  return sent;
}

const answered = (sent: ClientRequest): Promise<{ status: number | undefined; code: string | undefined }> =>
  new Promise((resolve, reject) => {
    sent.once('close', () => reject(new Error('closed without an answer')));
    sent.once('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString());
        resolve({ status: response.statusCode, code: body.errors?.[0]?.extensions.code });
      });
    });
  });

/** Files without a name that this process, and so the hub, holds open in the folder for uploads. */
const putAside = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(join(hub.dataDir, 'uploads'));
    } catch {
      return false;
    }
  }).length;

async function stored(): Promise<{ submissions: number; blocks: number; jobs: number }> {
  const found = await database.query(`select (select count(*)::integer from submission) as submissions,
    (select count(*)::integer from submission_block) as blocks,
    (select count(*)::integer from graphile_worker.jobs) as jobs`);
  return found.rows[0];
}
const locksHeld = async (): Promise<number> => {
  const found = await database.query(`select count(*)::integer as held from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      and pid in (select pid from pg_stat_activity where state = 'idle in transaction')`);
  return found.rows[0].held;
};

/** Waits until uploads under way are as many as told: each holds its key and a file. */
async function uploadsUnderWay(count: number): Promise<void> {
  await expect
    .poll(async () => [await locksHeld(), putAside()], { timeout: 30_000, interval: 20 })
    .toEqual([count, count]);
}

describe('what is refused', () => {
  const broken = Buffer.concat([Buffer.from(ndjson(rows(3_000))), Buffer.from([0xff, 0xfe, 0x0a])]);
  const packed = gzipSync(ndjson(rows(3_000)));
  const cases: ReadonlyArray<
    [why: string, client: string | null, said: Partial<SentFile>, status: number, code: string]
  > = [
    ['nobody asks', null, {}, 401, 'UNAUTHENTICATED'],
    ['the list is not granted', '130628:tax', {}, 403, 'FORBIDDEN'],
    ['another jurisdiction is meant', CLIENT, { query: { jurisdiction: '140405' } }, 403, 'FORBIDDEN'],
    ['there is no such list', CLIENT, { list: 'constructor' }, 403, 'FORBIDDEN'],
    ['there is no key', CLIENT, { key: null }, 400, 'BAD_USER_INPUT'],
    ['the key is too long', CLIENT, { key: 'k'.repeat(201) }, 400, 'BAD_USER_INPUT'],
    ['the period is too long', CLIENT, { query: { period: '5'.repeat(201) } }, 400, 'BAD_USER_INPUT'],
    ['a parameter is unknown', CLIENT, { query: { dryrun: 'true' } }, 400, 'BAD_USER_INPUT'],
    ['a parameter has no such value', CLIENT, { query: { dryRun: 'yes' } }, 400, 'BAD_USER_INPUT'],
    ['the mode is none', CLIENT, { query: { mode: 'FULL' } }, 400, 'BAD_USER_INPUT'],
    ['the type is another', CLIENT, { type: 'application/json' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['the packing is another', CLIENT, { headers: { 'content-encoding': 'br' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['the charset is another', CLIENT, { type: 'text/csv; charset=utf-16' }, 415, 'UNSUPPORTED_CHARSET'],
    ['the file is empty', CLIENT, { body: '' }, 400, 'NO_ROWS'],
    ['a heading is unknown', CLIENT, { type: TYPES.csv, body: `姓名,${SECRET}\n` }, 400, 'HEADINGS_DO_NOT_FIT'],
    ['bytes are no UTF-8, after three blocks', CLIENT, { body: broken }, 415, 'UNSUPPORTED_CHARSET'],
    ['it is no gzip', CLIENT, { headers: { 'content-encoding': 'gzip' } }, 400, 'FILE_BROKEN'],
    [
      'the gzip is cut',
      CLIENT,
      { body: packed.subarray(0, -20), headers: { 'content-encoding': 'gzip' } },
      400,
      'FILE_BROKEN',
    ],
    ['it is no workbook', CLIENT, { type: TYPES.xlsx, body: 'PK' }, 400, 'FILE_BROKEN'],
  ];
  it.each(cases)('%s', async (_why, client, said, status, code) => {
    const before = await stored();
    const answer = await sendFile(hub, client, file(said));
    expect([answer.status, told(answer)]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    expect(await stored()).toEqual(before);
    await uploadsUnderWay(0);
  });

  it('a large body of somebody who may not push is not waited for', async () => {
    const sent = httpRequest(`${hub.url}/lists/hardship`, {
      method: 'POST',
      headers: { 'content-type': TYPES.ndjson, 'content-length': 900_000_000, 'idempotency-key': 'none' },
    });
    sent.on('error', () => undefined);
    sent.flushHeaders();
    expect(await answered(sent)).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    sent.destroy();
    await uploadsUnderWay(0);
  });
});

describe('a body that does not arrive whole', () => {
  afterEach(() => uploadsUnderWay(0));

  const half = Buffer.from(ndjson(rows(2_500)));
  const ways: ReadonlyArray<
    [how: string, headers: Record<string, string | number>, breakOff: (sent: ClientRequest) => void]
  > = [
    ['the connection is cut', { 'transfer-encoding': 'chunked' }, (sent) => sent.destroy()],
    ['the sender ends before its content-length', { 'content-length': half.length * 2 }, (sent) => sent.socket!.end()],
  ];
  it.each(ways)('leaves nothing where %s', async (_how, headers, breakOff) => {
    const before = await stored();
    const sent = await begin(headers, `cut-${(keys += 1)}`);
    sent.write(half);
    await uploadsUnderWay(1);
    breakOff(sent);
    await uploadsUnderWay(0);
    expect(await stored()).toEqual(before);
    expect(readdirSync(join(hub.dataDir, 'uploads'))).toEqual([]);
  });
});

describe('an idempotency key', () => {
  it('gives the same receipt for the same file, and refuses any other', async () => {
    const first = file({ query: { mode: 'SNAPSHOT', period: '2025-10' } });
    const answer = await sendFile(hub, CLIENT, first);
    expect(answer).toMatchObject({ status: 202, body: { repeated: false } });
    const before = await stored();

    const again = await sendFile(hub, CLIENT, first);
    expect(again).toMatchObject({ status: 202, body: { id: answer.body.id, repeated: true } });
    expect(again.body.receipt).toEqual(answer.body.receipt);
    // Packed or not, it is the same file.
    expect((await sendFile(hub, CLIENT, { ...first, packed: true })).body.repeated).toBe(true);

    const others: readonly Partial<SentFile>[] = [
      { body: ndjson([row(8)]) },
      { query: { mode: 'SNAPSHOT', period: '2025-11' } },
      { query: { period: '2025-10' } },
      { query: { mode: 'SNAPSHOT', period: '2025-10', documentNumber: '1' } },
    ];
    for (const other of others) {
      const refused = await sendFile(hub, CLIENT, { ...first, ...other });
      expect([refused.status, told(refused)]).toEqual([422, 'IDEMPOTENCY_CONFLICT']);
    }
    expect(await stored()).toEqual(before);
  });

  it('is taken while the file under it comes in', async () => {
    const body = Buffer.from(ndjson(rows(2_000)));
    const sent = await begin({ 'content-length': body.length }, 'twice');
    const answer = answered(sent);
    sent.write(body.subarray(0, 1_000));
    await uploadsUnderWay(1);
    const second = await sendFile(hub, CLIENT, file({ key: 'twice' }));
    expect([second.status, told(second)]).toEqual([409, 'PUSH_UNDER_WAY']);
    // Another agency's key is another key.
    expect((await sendFile(hub, '130628:rural-affairs', file({ key: 'twice' }))).status).toBe(202);
    sent.end(body.subarray(1_000));
    expect((await answer).status).toBe(202);
  });

  it('is not spent by a dry run', async () => {
    const tried = await sendFile(hub, CLIENT, file({ key: 'tried', query: { dryRun: 'true' } }));
    expect(tried).toMatchObject({ status: 202, body: { dryRun: true, repeated: false } });
    const pushed = await sendFile(hub, CLIENT, file({ key: 'tried' }));
    expect(pushed).toMatchObject({ status: 202, body: { dryRun: false, repeated: false } });
  });
});

describe('many files', () => {
  it('takes four at a time, and tells the fifth when to come again', async () => {
    const sent = await Promise.all([1, 2, 3, 4].map((nth) => begin({ 'transfer-encoding': 'chunked' }, `many-${nth}`)));
    const answers = sent.map(answered);
    for (const one of sent) one.write(ndjson([row(1)]));
    await uploadsUnderWay(4);
    const fifth = await sendFile(hub, CLIENT, file());
    expect([fifth.status, told(fifth), fifth.headers.get('retry-after')]).toEqual([503, 'TOO_MANY_UPLOADS', '10']);
    // Others are served all the same.
    expect((await hub.ask(CLIENT, { query: '{ lists { name } }' })).status).toBe(200);
    for (const one of sent) one.end();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect((await sendFile(hub, CLIENT, file())).status).toBe(202);
  });
});

describe('a snapshot of a period', () => {
  it('is refused where a later one was received, and nothing of it is kept', async () => {
    const snapshot = (period: string, mode = 'SNAPSHOT'): SentFile => file({ query: { mode, period } });
    expect((await sendFile(hub, CLIENT, snapshot('2025-12'))).status).toBe(202);
    const before = await stored();
    const late = await sendFile(hub, CLIENT, snapshot('2025-11'));
    expect([late.status, told(late)]).toEqual([409, 'STALE_VERSION']);
    expect(await stored()).toEqual(before);
    expect((await sendFile(hub, CLIENT, snapshot('2025-11', 'DELTA'))).status).toBe(202);
    expect((await sendFile(hub, CLIENT, snapshot('2025-12'))).status).toBe(202);
  });

  it('that comes in while a later one is received is refused too', async () => {
    const body = Buffer.from(ndjson([row(1)]));
    const sent = httpRequest(`${hub.url}/lists/hardship?mode=SNAPSHOT&period=2026-02`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await hub.tokenOf(CLIENT)}`,
        'content-type': TYPES.ndjson,
        'idempotency-key': 'overtaken',
        'content-length': body.length * 2,
      },
    });
    const answer = answered(sent);
    sent.write(body);
    await uploadsUnderWay(1);
    expect((await sendFile(hub, CLIENT, file({ query: { mode: 'SNAPSHOT', period: '2026-03' } }))).status).toBe(202);
    sent.end(body);
    expect(await answer).toEqual({ status: 409, code: 'STALE_VERSION' });
  });
});
