import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeXlsx } from '../../src/gateway/bulk-upload/write-xlsx.ts';
import { residentKeys } from '../support/documents.ts';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { openedBlocks } from '../support/sealing-keys.ts';
import { ndjson, sendFile, TYPES, type SentFile } from '../support/sent-files.ts';

const CLIENT = '130628:civil-affairs';
const OTHER = '130628:rural-affairs';

let hub: TestHub;
let database: pg.Client;
beforeAll(async () => {
  hub = await testHub({ clock: { now: () => new Date('2025-12-01T09:00:00+08:00') } });
  database = new pg.Client({ connectionString: hub.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await hub.stop();
});

interface Row {
  readonly name: string;
  readonly idNumber: string;
  readonly category: string;
  readonly from: string;
  readonly ruralHukou: boolean;
}
/** Rows of people who are in no other group of this file. */
const people = (group: number, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({
    name: index % 2 ? '张三' : '欧阳春花',
    idNumber: residentId(index % 1_000, `${1950 + group * 3 + Math.floor(index / 1_000)}-05-15`),
    category: index % 3 ? '低保对象' : '特困人员',
    from: '2025-03-01',
    ruralHukou: index % 2 === 0,
  }));

const COLUMNS = ['姓名', '证件号码', '身份类别', '认定日期', '是否农村户口'] as const;
const cellsOf = ({ name, idNumber, category, from, ruralHukou }: Row): string[] => [
  name,
  idNumber,
  category,
  from,
  ruralHukou ? '是' : '否',
];
const table = (rows: readonly Row[], delimiter: string): string =>
  [COLUMNS, ...rows.map(cellsOf)].map((cells) => `${cells.join(delimiter)}\r\n`).join('');

/** The rows as GB18030, which no encoder of the platform writes: each character is looked up by decoding all of GBK's. */
function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const codes = new Map<string, number[]>();
  for (let high = 0x81; high <= 0xfe; high++) {
    for (let low = 0x40; low <= 0xfe; low++) codes.set(decoder.decode(Uint8Array.of(high, low)), [high, low]);
  }
  return Buffer.from([...text].flatMap((sign) => (sign < '\u0080' ? [sign.charCodeAt(0)] : codes.get(sign)!)));
}

async function xlsx(rows: readonly Row[]): Promise<Buffer> {
  const columns = COLUMNS.map((heading, place) => ({ column: String(place), heading }));
  const written = (async function* () {
    for (const row of rows) yield { row: { ...cellsOf(row) }, reason: '' };
  })();
  const chunks: Buffer[] = [];
  for await (const chunk of writeXlsx(columns, written, '')) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Waits until a submission is neither waiting nor being worked on. */
async function ended(id: string): Promise<{ status: string; counts: Record<string, number> }> {
  const query = 'query ($id: ID!) { submission(id: $id) { status counts { sent accepted rejected } } }';
  const ask = async () => (await hub.ask(CLIENT, { query, variables: { id } })).body.data?.submission;
  await expect.poll(async () => (await ask())?.status, { timeout: 20_000, interval: 50 }).not.toMatch(/QUEUED|WORKING/);
  return ask();
}

/** What stands of the people of a group, without what names this push or these people. */
async function claimsOf(rows: readonly Row[]): Promise<unknown[]> {
  const numbers = rows.map(({ idNumber }) => idNumber);
  const found = await database.query(
    `select c.key, c.attributes, c.valid_from::text, c.valid_to::text
     from unnest($1::uuid[], $2::text[]) as p(key, number) join claim c on c.subject_key = p.key
     where c.ended_at is null order by right(p.number, 4), c.key`,
    [residentKeys(hub, numbers), numbers],
  );
  return found.rows;
}

describe('a file that comes in', () => {
  it('is kept whole, as it was sent, before it is accepted', async () => {
    const rows = people(0, 2_500);
    const body = ndjson(rows);
    const answer = await sendFile(hub, CLIENT, { list: 'hardship', body, type: TYPES.ndjson, key: 'whole' });
    expect(answer).toMatchObject({ status: 202, body: { repeated: false, receipt: { rows: 2_500 } } });
    expect(answer.body.receipt!.digest).toBe(createHash('sha256').update(body).digest('hex'));
    expect(await storedRows(answer.body.id!)).toEqual(rows);
  });

  it('of any format ends as the same rows pushed through the graph', async () => {
    const inline = people(1, 40);
    const pushed = await hub.ask(CLIENT, {
      query: 'mutation ($input: PushHardshipInput!) { pushHardship(input: $input) { status } }',
      variables: { input: { idempotencyKey: 'inline', rows: inline } },
    });
    expect(pushed.body.errors).toBeUndefined();
    const files: readonly (readonly [rows: readonly Row[], file: Partial<SentFile>])[] = [
      [people(2, 40), { type: TYPES.csv, body: `\uFEFF${table(people(2, 40), ',')}` }],
      [people(3, 40), { type: TYPES.csv, body: gb18030(table(people(3, 40), '\t')) }],
      [people(4, 40), { type: 'text/csv; charset=gb18030', body: gb18030(table(people(4, 40), ';')) }],
      [people(5, 40), { type: TYPES.ndjson, body: ndjson(people(5, 40)), packed: true }],
      [people(6, 40), { type: TYPES.xlsx, body: await xlsx(people(6, 40)) }],
    ];
    for (const [index, [, file]] of files.entries()) {
      const sent: SentFile = { list: 'hardship', body: '', type: TYPES.csv, key: `any-${index}`, ...file };
      const answer = await sendFile(hub, CLIENT, sent);
      expect(answer).toMatchObject({ status: 202, body: { receipt: { rows: 40 } } });
      expect(await ended(answer.body.id!)).toEqual({
        status: 'RECEIVED',
        counts: { sent: 40, accepted: 40, rejected: 0 },
      });
    }
    await expect.poll(() => claimsOf(inline).then(({ length }) => length), { timeout: 20_000 }).toBe(40);
    const said = sorted(await claimsOf(inline));
    for (const [rows] of files) expect(sorted(await claimsOf(rows))).toEqual(said);
  });
});

describe('rejected rows', () => {
  const sendMixed = async (key: string): Promise<string> => {
    const [good, bad, worse] = people(7, 3) as [Row, Row, Row];
    const rows = [good, { ...bad, category: '=1+1' }, { ...worse, idNumber: '123', from: '2025-02-30' }];
    const answer = await sendFile(hub, CLIENT, { list: 'hardship', body: table(rows, ','), type: TYPES.csv, key });
    await ended(answer.body.id!);
    return answer.body.id!;
  };
  const fetchFile = async (client: string | null, id: string, extension = 'csv'): Promise<Response> =>
    fetch(`${hub.url}/submissions/${id}/rejected.${extension}`, {
      headers: client === null ? {} : { authorization: `Bearer ${await hub.tokenOf(client)}` },
    });

  it('come back with the columns that were sent and why, to be corrected and sent again', async () => {
    const id = await sendMixed('mixed');
    const answer = await fetchFile(CLIENT, id);
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="hardship-${id}-rejected.csv"`);
    const [headings, second, third, ...more] = Buffer.from(await answer.arrayBuffer())
      .toString()
      .trimEnd()
      .split('\r\n');
    expect(headings).toBe(`\uFEFF"姓名","证件号码","身份类别","认定日期","是否农村户口","退回原因","领取标记"`);
    // Safe from being taken for a formula, and read as it was when it comes back.
    expect(second).toContain(`"'=1+1"`);
    expect(second).toContain('"原第 2 行；身份类别：');
    expect(third).toMatch(/"原第 3 行；认定日期：.*DAY_NOT_ON_CALENDAR.*；证件号码：.*ID_NUMBER_MALFORMED/);
    expect(more).toEqual([]);

    const sheet = await fetchFile(CLIENT, id, 'xlsx');
    const again = await sendFile(hub, CLIENT, {
      list: 'hardship',
      body: new Uint8Array(await sheet.arrayBuffer()),
      type: TYPES.xlsx,
      key: 'mixed-again',
    });
    expect(await ended(again.body.id!)).toMatchObject({ counts: { sent: 2, rejected: 2 } });

    // Corrected where they stand, with reasons and mark left as they are.
    const corrected = [
      headings,
      second!.replace(`'=1+1`, '低保对象'),
      third!.replace('"123"', `"${residentId(40, '1971-05-15')}"`),
    ]
      .join('\r\n')
      .replace('"2025-02-30"', '"2025-03-01"');
    const mended = await sendFile(hub, CLIENT, { list: 'hardship', body: corrected, type: TYPES.csv, key: 'mended' });
    expect(await ended(mended.body.id!)).toMatchObject({ status: 'RECEIVED', counts: { sent: 2, rejected: 0 } });
  });

  it('are nobody else’s, and another’s submission looks like one that is not there', async () => {
    const id = await sendMixed('others');
    expect((await fetchFile(null, id)).status).toBe(401);
    const absent = await fetchFile(CLIENT, '0198b3a4-0000-7000-8000-000000000000');
    const said = async (answer: Response): Promise<unknown[]> => {
      const { errors } = (await answer.json()) as { errors: { message: string; extensions: { code: string } }[] };
      return [answer.status, errors[0]!.message, errors[0]!.extensions.code];
    };
    const nothing = await said(absent);
    expect(nothing).toEqual([404, expect.any(String), 'NOT_FOUND']);
    expect(await said(await fetchFile(OTHER, id))).toEqual(nothing);
    expect(await said(await fetchFile('130628:finance', id))).toEqual(nothing);
    expect(await said(await fetchFile(CLIENT, 'constructor'))).toEqual(nothing);
  });

  it('cannot be had before the rows are judged', async () => {
    const answer = await sendFile(hub, CLIENT, {
      list: 'hardship',
      body: ndjson(people(8, 1)),
      type: TYPES.ndjson,
      key: 'early',
    });
    await ended(answer.body.id!);
    await database.query(`update submission set status = 'QUEUED', rows_accepted = 0 where id = $1`, [answer.body.id]);
    expect((await fetchFile(CLIENT, answer.body.id!)).status).toBe(409);
  });
});

const sorted = (claims: readonly unknown[]): string[] => claims.map((claim) => JSON.stringify(claim)).sort();

async function storedRows(submission: string): Promise<unknown[]> {
  const blocks = await openedBlocks(database, submission);
  expect(blocks.map(({ rowCount }) => rowCount)).toEqual(blocks.map(({ rows }) => rows.length));
  expect(blocks.map(({ firstRow }) => firstRow)).toEqual(blocks.map((_, index) => index * 1_000 + 1));
  return blocks.flatMap(({ rows }) => rows);
}
