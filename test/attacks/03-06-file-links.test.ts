import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revocationStore } from '../../src/storage/revocations.ts';
import { walledDatabase } from '../../src/storage/walled-database.ts';
import { attackGround, expectNoLeak, goodClaims, signed, type AttackGround } from '../support/attack-ground.ts';
import { entriesOf, expectDenied, expectOnlyCounted } from '../support/audit.ts';
import { attack, type EdgeAnswer } from '../support/edge.ts';
import { residentId } from '../support/id-numbers.ts';

// Section 3.6 of the security programme, line 104: what leaves the hub as a file is kept by no cache, opened once, and says whose it is.

const CLIENT = '130628:civil-affairs';
const MINUTE = 60_000;
const BAD = [1, 2, 3].map((index) => residentId(index, '1980-01-01'));

let now = new Date('2026-03-02T02:00:00Z');
let ground: AttackGround;
let submission: string;

beforeAll(async () => {
  ground = await attackGround({ clock: { now: () => now } });
  const rows = BAD.map((idNumber) => ({ idNumber, name: '', category: '低保对象', from: '2025-01-01' }));
  const { text } = await send({
    body: {
      query:
        'mutation ($rows: [HardshipRow!]!) { pushHardship(input: { idempotencyKey: "h-1", rows: $rows }) { id counts { rejected } } }',
      variables: { rows },
    },
  });
  const { data } = JSON.parse(text);
  expect(data).toMatchObject({ pushHardship: { counts: { rejected: BAD.length } } });
  submission = data.pushHardship.id;
});
afterAll(() => ground?.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agency?: string;
  readonly operator?: string;
}

async function send({ agency = 'civil-affairs', operator, ...sent }: Sent): Promise<EdgeAnswer> {
  const scope = 'person:read submission:read list:hardship:push';
  const claims = { ...goodClaims(ground), sub: `130628:${agency}`, agency, scope, ...(operator && { operator }) };
  return attack(ground.hub.url, { token: await signed(ground, claims), ...sent });
}

const FILES = ['csv', 'xlsx'] as const;
const fileOf = (extension: string, id = submission): string => `/submissions/${id}/rejected.${extension}`;
/** As a browser does: without a token. */
const open = (path: string): Promise<EdgeAnswer> => attack(ground.hub.url, { token: null, method: 'GET', path });

async function linkTo(path: string, sent: Sent = {}): Promise<string> {
  const { status, text } = await send({ method: 'POST', path, ...sent });
  expect([status, text]).toEqual([201, expect.stringMatching(/^\{"link":"\/files\/130628\.[\w-]{43}","until":"/)]);
  return (JSON.parse(text) as { link: string }).link;
}

const withoutId = (text: string): string => text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');
let nothing: string;

/** There is nothing, whatever there was: the same bytes. */
function expectNothing({ status, text, headers }: EdgeAnswer): void {
  nothing ??= withoutId(text);
  expect([status, withoutId(text), headers.get('cache-control')]).toEqual([404, nothing, 'no-store']);
  expectNoLeak('a link', { status, body: text });
}

describe('what leaves the hub', () => {
  it('104. leaves no word in the log that is no purpose, with whatever a link is asked for', async () => {
    const entries = await entriesOf(ground.databaseUrl, async () => {
      await linkTo(`${fileOf('csv')}?purpose=${encodeURIComponent('某人的名字')}`);
    });
    expect(entries.map(({ act }) => act)).toContain('linkFile');
    expect(JSON.stringify(entries)).not.toContain('某人的名字');
  });

  it('104. is kept by no cache: answers, refusals, files, links and what they open', async () => {
    const link = await linkTo(fileOf('csv'));
    const answers = await Promise.all([
      send({ body: { query: '{ lists { name } }' } }),
      send({ body: { query: '{ nonsense' } }),
      send({ method: 'GET', path: fileOf('csv') }),
      send({ method: 'GET', path: fileOf('xlsx') }),
      send({ method: 'POST', path: fileOf('xlsx') }),
      send({ method: 'GET', path: fileOf('csv', 'nobody') }),
      send({ method: 'GET', path: '/comparisons/nobody/persons.csv' }),
      send({ method: 'POST', path: '/lists/hardship', body: 'nothing', headers: { 'content-type': 'text/csv' } }),
      send({ method: 'GET', path: '/audit/proof' }),
      open(link),
      open(link),
      attack(ground.hub.url, { token: null, path: '/oauth/token', body: '{}' }),
    ]);
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'));
    expect(answers.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(6);
  });

  it.each(FILES)(
    '104. says in each row of %s who fetched it, when, and under which entries of the log',
    async (format) => {
      let answer: EdgeAnswer;
      const entries = await entriesOf(ground.databaseUrl, async () => {
        answer = await send({ method: 'GET', path: fileOf(format), operator: 'li.na' });
      });
      expect(entries).toHaveLength(BAD.length);
      const request = entries[0]!.request;
      expect(entries.map((entry) => [entry.operator, entry.request])).toEqual(BAD.map(() => ['li.na', request]));
      if (format === 'csv') {
        const mark = `"${CLIENT} li.na 2026-03-02T02:00:00.000Z ${request}"`;
        const [head, ...rows] = answer!.text.trimEnd().split('\r\n');
        expect(head).toMatch(/,"领取标记"$/);
        expect(rows.map((row) => row.endsWith(`,${mark}`))).toEqual(BAD.map(() => true));
      }
    },
  );

  it('104. comes back with its mark, to be sent again', async () => {
    const { text } = await send({ method: 'GET', path: fileOf('csv') });
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'again' };
    const again = await send({ method: 'POST', path: '/lists/hardship', body: text, headers });
    expect([again.status, again.codes]).toEqual([202, []]);
  });
});

describe('a link to a file', () => {
  it.each(FILES)('104. opens %s once, without a token, in the name of who asked for it', async (format) => {
    const link = await linkTo(fileOf(format), { operator: 'li.na' });
    const read = await entriesOf(ground.databaseUrl, async () => {
      const { status, headers, text } = await open(link);
      expect([status, headers.get('content-disposition')]).toEqual([
        200,
        `attachment; filename="hardship-${submission}-rejected.${format}"`,
      ]);
      if (format === 'csv') for (const number of BAD) expect(text).toContain(number);
    });
    expect(read.map(({ client, operator, operation, act }) => [client, operator, operation, act])).toEqual(
      BAD.map(() => [CLIENT, 'li.na', `GET /files/rejected.${format}`, 'returnRows']),
    );
    const entry = await expectDenied(ground.databaseUrl, { reason: 'LINK_SPENT', client: CLIENT }, async () =>
      expectNothing(await open(link)),
    );
    expect(entry.operator).toBe('li.na');
  });

  it('104. is put down when it is given', async () => {
    const [entry, ...more] = await entriesOf(ground.databaseUrl, () => linkTo(fileOf('csv')));
    expect(entry).toMatchObject({ client: CLIENT, act: 'linkFile', operation: 'POST /submissions/rejected.csv' });
    expect(more).toEqual([]);
  });

  it('104. opens for one of many who come at once', async () => {
    const link = await linkTo(fileOf('csv'));
    const answers = await Promise.all(Array.from({ length: 12 }, () => open(link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectNothing(answer);
  });

  it('104. opens before fifteen minutes are over, and not from then on', async () => {
    const [early, late] = [await linkTo(fileOf('csv')), await linkTo(fileOf('csv'))];
    now = new Date(now.getTime() + 15 * MINUTE - 1);
    expect((await open(early)).status).toBe(200);
    now = new Date(now.getTime() + 1);
    await expectDenied(ground.databaseUrl, { reason: 'LINK_SPENT', client: CLIENT }, async () =>
      expectNothing(await open(late)),
    );
    // Long after it is not known any more for what it was.
    now = new Date(now.getTime() + 48 * 60 * MINUTE);
    await linkTo(fileOf('csv'));
    await expectOnlyCounted(ground.databaseUrl, async () => expectNothing(await open(late)));
  });

  it('104. is given for files alone that one may have: another’s is like one that is not there', async () => {
    const [other, absent] = [
      await send({ method: 'POST', path: fileOf('csv'), agency: 'rural-affairs' }),
      await send({ method: 'POST', path: fileOf('csv', '0198b3a4-0000-7000-8000-000000000000') }),
    ];
    expect([other.status, other.codes, withoutId(other.text)]).toEqual([404, ['NOT_FOUND'], withoutId(absent.text)]);
    const compared = await send({ method: 'POST', path: '/comparisons/nobody/persons.csv?purpose=AUDIT' });
    expect([compared.status, compared.codes]).toEqual([403, ['FORBIDDEN']]);
    const nobody = await attack(ground.hub.url, { token: null, path: fileOf('csv') });
    expect([nobody.status, nobody.codes]).toEqual([401, ['UNAUTHENTICATED']]);
  });

  it('104. that was never given opens nothing, and leaves no entry', async () => {
    const link = await linkTo(fileOf('csv'));
    const secret = link.split('.')[1]!;
    const made = [
      `/files/140405.${secret}`,
      `/files/130628.${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
      `/files/130628.${secret}=`,
      `/files/${secret}`,
      `/files/130628.`,
      `/files/%27%20or%201=1--.${secret}`,
      `/files/constructor.${secret}`,
    ];
    await expectOnlyCounted(ground.databaseUrl, async () => {
      for (const path of made) expectNothing(await open(path));
    });
    expect((await open(link)).status).toBe(200);
  });

  it('104. is kept as a hash', async () => {
    const secret = (await linkTo(fileOf('csv'))).split('.')[1]!;
    const { rows } = await ground.database.query<{ row: string }>('select l::text as row from file_link l');
    const bytes = Buffer.from(secret, 'base64url').toString('hex');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => row.includes(secret) || row.includes(bytes))).toEqual([]);
  });

  it('104. of an agency that was shut out since opens nothing', async () => {
    const link = await linkTo(fileOf('csv'));
    const store = revocationStore({ pool: ground.database, walled: walledDatabase(ground.database) });
    expect(await store.suspend(CLIENT, new Date())).toBe(true);
    await expect
      .poll(async () => (await send({ body: { query: '{ lists { name } }' } })).status, { timeout: 24_000 })
      .toBe(401);
    await expectDenied(ground.databaseUrl, { reason: 'REVOKED', client: CLIENT }, async () =>
      expectNothing(await open(link)),
    );
    await store.resume(CLIENT, new Date());
    await expect
      .poll(async () => (await send({ body: { query: '{ lists { name } }' } })).status, { timeout: 24_000 })
      .toBe(200);
  });
});
