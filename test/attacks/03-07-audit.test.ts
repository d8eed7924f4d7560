import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { entriesOf, expectDenied, expectOnlyCounted, withoutLog } from '../support/audit.ts';
import { asHub } from '../support/database.ts';
import { post, testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const INSURANCE = '130628:medical-insurance';
const TAX = '130628:tax';
const PEOPLE = Array.from({ length: 5 }, (_, index) => residentId(index, '1980-01-01'));
const FIRST = PEOPLE.map((idNumber) => ({ idNumber, name: '赵一', policyYear: 2026, registeredOn: '2026-01-01' }));

let hub: TestHub;
let database: pg.Pool;
beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere', clock: { now: () => new Date('2026-03-02T02:00:00Z') } });
  database = new pg.Pool({ connectionString: hub.databaseUrl, max: 1 });
  await pushed('first', FIRST);
});
afterAll(async () => {
  await database?.end();
  await hub?.stop();
});

const pushed = (idempotencyKey: string, rows: readonly object[]) =>
  hub.ask(INSURANCE, {
    query: 'mutation ($input: PushRegistrationsInput!) { pushRegistrations(input: $input) { id status } }',
    variables: { input: { idempotencyKey, rows } },
  });

const READ =
  'query ($idNumbers: [String!]!, $purpose: Purpose!) { people(idNumbers: $idNumbers, purpose: $purpose) { id } }';
const read = (client: string, idNumbers: readonly string[], purpose = 'AUDIT') =>
  hub.ask(client, { query: READ, variables: { idNumbers, purpose } });

describe('what is denied', () => {
  it('leaves one entry, by whom and why', async () => {
    const entry = await expectDenied(hub.databaseUrl, { reason: 'FORBIDDEN', client: TAX }, () => read(TAX, PEOPLE));
    expect(entry).toMatchObject({ act: 'findPeople', key: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it.each([
    ['a document that is none', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', { query: '{ nobody }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a body that is none', [], 'BAD_USER_INPUT'],
    ['a page too large', { query: '{ submissions(first: 5001) { edges { node { id } } } }' }, 'BAD_USER_INPUT'],
    [
      'two things at once',
      {
        query: `{ a: people(idNumbers: ["${PEOPLE[0]}"], purpose: AUDIT) { id } b: people(idNumbers: [], purpose: AUDIT) { id } }`,
      },
      'FORBIDDEN',
    ],
  ])('leaves one entry: %s', async (_why, request, reason) => {
    await expectDenied(hub.databaseUrl, { reason, client: TAX }, () => hub.ask(TAX, request));
  });

  it('leaves none without a token, or with a bad one', async () => {
    await expectOnlyCounted(hub.databaseUrl, async () => {
      const answers = [
        await hub.ask(null, { query: READ }),
        await post(`${hub.url}/graphql`, { query: READ }, 'e30.e30.e30'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    });
  });
});

it('N persons read leave N entries', async () => {
  const entries = await entriesOf(hub.databaseUrl, () => read(INSURANCE, PEOPLE));
  expect(entries.map(({ decision }) => decision)).toEqual(PEOPLE.map(() => 'GRANTED'));
  expect(new Set(entries.map(({ person }) => person)).size).toBe(PEOPLE.length);
});

it('103. bad rows fetched as a file leave an entry for each person that they name', async () => {
  const bad = [70, 71, 72].map((index) => ({ idNumber: residentId(index, '1980-01-01'), name: '', policyYear: 2026 }));
  const { body } = await pushed('bad', bad);
  const token = await hub.tokenOf(INSURANCE);
  for (const format of ['csv', 'xlsx']) {
    const entries = await entriesOf(hub.databaseUrl, async () => {
      const url = `${hub.url}/submissions/${body.data.pushRegistrations.id}/rejected.${format}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    });
    expect(entries.map(({ act, kinds }) => [act, kinds])).toEqual(bad.map(() => ['returnRows', ['ROWS']]));
    expect(new Set(entries.map(({ person }) => person)).size).toBe(bad.length);
  }
});

describe('108. as the role of the hub’s processes', () => {
  const TABLES = ['audit_entry', 'audit_subtree', 'audit_checkpoint', 'audit_head'];
  const CHANGES: readonly (readonly [table: string, statement: string])[] = TABLES.flatMap((table) =>
    [`delete from ${table}`, `truncate ${table}`, `drop table ${table}`, `alter table ${table} disable trigger all`]
      .concat(table === 'audit_head' ? [] : [`update ${table} set log = log`])
      .map((statement) => [table, statement] as const),
  );

  it.each(CHANGES)('108. %s is only added to: %s', async (table, statement) => {
    const client = new pg.Client({ connectionString: asHub(hub.databaseUrl) });
    await client.connect();
    try {
      const before = await database.query(`select * from ${table}`);
      // By the grants alone, before any trigger is asked.
      await expect(client.query(statement)).rejects.toMatchObject({
        code: '42501',
        message: expect.stringMatching(/^(?:permission denied|must be owner)/),
      });
      await expect(client.query('set session_replication_role = replica')).rejects.toMatchObject({ code: '42501' });
      expect((await database.query(`select * from ${table}`)).rows).toEqual(before.rows);
    } finally {
      await client.end();
    }
  });

  it('108. the head only grows', async () => {
    const client = new pg.Client({ connectionString: asHub(hub.databaseUrl) });
    await client.connect();
    try {
      await expect(client.query('update audit_head set size = size - 1')).rejects.toThrow('append-only');
      await expect(client.query("update audit_head set root = ''")).rejects.toThrow('append-only');
    } finally {
      await client.end();
    }
  });
});

/** Sends a file of one row. */
async function sent(key: string, index: number): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${hub.url}/lists/registrations`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await hub.tokenOf(INSURANCE)}`,
      'content-type': 'application/x-ndjson',
      'idempotency-key': key,
    },
    body: JSON.stringify({
      ...{ idNumber: residentId(index, '1980-01-01'), name: '钱二' },
      ...{ policyYear: 2026, registeredOn: '2026-01-01' },
    }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** What the hub holds that a request could change. */
async function changeable(): Promise<unknown> {
  const tables = ['submission', 'submission_block', 'claim', 'review_task', 'review_step', 'correction_request'];
  return Promise.all(
    tables.map(async (table) => (await database.query(`select t::text from ${table} t order by 1`)).rows),
  );
}

const claims = async (): Promise<number> => (await database.query('select from claim')).rowCount!;

describe('110. while the log cannot be written', () => {
  it('110. nobody is read, nothing is pushed, and the answer says so without a word of data', async () => {
    const before = await claims();
    await withoutLog(database, async () => {
      const rows = [
        { idNumber: residentId(99, '1980-01-01'), name: '钱二', policyYear: 2026, registeredOn: '2026-01-01' },
      ];
      for (const { status, body } of [await read(INSURANCE, PEOPLE), await pushed('second', rows)]) {
        expect([status, body.data, body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
          503,
          undefined,
          ['AUDIT_UNAVAILABLE'],
        ]);
      }
      // Whatever shows nobody is still answered.
      expect((await hub.ask(INSURANCE, { query: '{ lists { name } }' })).status).toBe(200);
    });
    expect(await claims()).toBe(before);
    expect((await read(INSURANCE, PEOPLE)).body.data.people).toHaveLength(PEOPLE.length);
  });

  it('110. no file is kept, and no bad row of one is handed back', async () => {
    const { body } = await pushed('bad for 110', [
      { idNumber: residentId(75, '1980-01-01'), name: '', policyYear: 2026 },
    ]);
    const before = await changeable();
    await withoutLog(database, async () => {
      const { status, text } = await sent('file for 110', 90);
      expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
      for (const format of ['csv', 'xlsx']) {
        const answer = await fetch(`${hub.url}/submissions/${body.data.pushRegistrations.id}/rejected.${format}`, {
          headers: { authorization: `Bearer ${await hub.tokenOf(INSURANCE)}` },
        });
        expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining('钱二')]);
      }
    });
    expect(await changeable()).toEqual(before);
    expect((await sent('file for 110', 90)).status).toBe(202);
  });

  it('110. no push is taken back, and it is once the log is there again', async () => {
    const query = 'mutation ($id: ID!) { done: withdrawSubmission(id: $id, reason: "110") { id } }';
    const { body } = await pushed('first', FIRST);
    const { id } = body.data.pushRegistrations;
    const before = await changeable();
    await withoutLog(database, async () => {
      const { status, body: answer } = await hub.ask(INSURANCE, { query, variables: { id } });
      expect([status, answer.data, answer.errors?.map(({ extensions }) => extensions.code)]).toEqual([
        503,
        undefined,
        ['AUDIT_UNAVAILABLE'],
      ]);
    });
    expect(await changeable()).toEqual(before);
    expect((await hub.ask(INSURANCE, { query, variables: { id } })).body.errors).toBeUndefined();
    expect(await changeable()).not.toEqual(before);
  });
});

/** Runs `yidang audit verify` beside the hub, with receipts in a file. */
async function verify(...receipts: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const file = join(hub.dataDir, 'receipts.json');
  writeFileSync(file, JSON.stringify(receipts.map((signedReceipt) => ({ data: { signedReceipt } }))));
  const env = {
    ...process.env,
    YIDANG_ENV: 'development',
    DATA_DIR: hub.dataDir,
    DATABASE_URL: asHub(hub.databaseUrl),
  };
  const words = [resolve(import.meta.dirname, '../../src/cli/audit.ts'), 'verify', file];
  return promisify(execFile)(process.execPath, words, { env }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, out: stdout + stderr }),
  );
}

describe('109. receipts', () => {
  it('109. hold the log to what it was, signed by the hub, and the command names what was deleted', async () => {
    const rows = [
      { idNumber: residentId(50, '1980-01-01'), name: '孙三', policyYear: 2026, registeredOn: '2026-01-01' },
    ];
    const { body } = await hub.ask(INSURANCE, {
      query:
        'mutation ($input: PushRegistrationsInput!) { pushRegistrations(input: $input) { id receipt { digest } signedReceipt } }',
      variables: { input: { idempotencyKey: 'signed', rows } },
    });
    const { id, receipt, signedReceipt } = body.data.pushRegistrations;
    const members = JSON.parse(Buffer.from(signedReceipt.split('.')[1], 'base64url').toString());
    const { rows: pushes } = await database.query('select sequence from audit_entry where $1 = any(submissions)', [id]);
    // The push itself is in what the receipt says of the log.
    expect(members).toMatchObject({
      submission: id,
      digest: receipt.digest,
      counts: { sent: 1 },
      log: { name: '130628' },
    });
    expect(members.log.size).toBe(Number(pushes[0].sequence) + 1);
    await read(INSURANCE, PEOPLE);
    expect(await verify(signedReceipt)).toMatchObject({ code: 0, out: expect.stringContaining('回执 1 份相符') });

    const forged = [
      signedReceipt.split('.')[0],
      Buffer.from(JSON.stringify({ ...members, digest: '00' })).toString('base64url'),
      signedReceipt.split('.')[2],
    ];
    expect((await verify(forged.join('.'))).code).toBe(2);

    const last = members.log.size - 1;
    await database.query('set session_replication_role = replica');
    await database.query("delete from audit_entry where log = '130628' and sequence >= $1", [last]);
    await database.query('set session_replication_role = default');
    expect(await verify(signedReceipt)).toMatchObject({
      code: 1,
      out: expect.stringContaining(`第 ${last} 条有误（MISSING`),
    });
  });

  it('109. of a file come with its 202', async () => {
    const answer = await fetch(`${hub.url}/lists/registrations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await hub.tokenOf(INSURANCE)}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': 'file',
      },
      body: JSON.stringify({
        idNumber: residentId(60, '1980-01-01'),
        name: '李四',
        policyYear: 2026,
        registeredOn: '2026-01-01',
      }),
    });
    expect(answer.status).toBe(202);
    const { id, signedReceipt } = (await answer.json()) as { id: string; signedReceipt: string };
    const members = JSON.parse(Buffer.from(signedReceipt.split('.')[1]!, 'base64url').toString());
    expect(members).toMatchObject({ submission: id, agency: 'medical-insurance', status: 'QUEUED' });
  });
});

it('111. a flood of bad tokens leaves no entry', async () => {
  await expectOnlyCounted(hub.databaseUrl, async () => {
    const flood = Array.from({ length: 500 }, (_, index) =>
      post(`${hub.url}/graphql`, { query: READ }, `e30.${Buffer.from(`{"jti":"${index}"}`).toString('base64url')}.e30`),
    );
    for (const { status } of await Promise.all(flood)) expect(status).toBe(401);
  });
});
