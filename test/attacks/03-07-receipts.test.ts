import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import pg from 'pg';
import { checkReceipts } from '../../src/cli/audit/check-receipts.ts';
import { readEntry } from '../../src/domain/audit/audit-entry.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { entriesOf, expectDenied } from '../support/audit.ts';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const INSURANCE = '130628:medical-insurance';
const TAX = '130628:tax';

let hub: TestHub;
let database: pg.Pool;
beforeAll(async () => {
  hub = await testHub({ work: 'elsewhere' });
  database = new pg.Pool({ connectionString: hub.databaseUrl, max: 1 });
});
afterAll(async () => {
  await database?.end();
  await hub?.stop();
});

const rowOf = (index: number) => ({
  ...{ idNumber: residentId(index, '1980-01-01'), name: '赵一' },
  ...{ policyYear: 2026, registeredOn: '2026-01-01' },
});

/** Pushes a row; the submission with its signed receipt. */
async function pushed(index: number): Promise<{ readonly id: string; readonly signedReceipt: string }> {
  const { body } = await hub.ask(INSURANCE, {
    query:
      'mutation ($input: PushRegistrationsInput!) { pushed: pushRegistrations(input: $input) { id signedReceipt } }',
    variables: { input: { idempotencyKey: `push-${index}`, rows: [rowOf(index)] } },
  });
  return body.data.pushed;
}

/** A proof, or why there is none. */
interface Proven {
  readonly entry: { readonly text: string };
  readonly errors: readonly { readonly extensions: { readonly code: string } }[];
}

async function proof(question: string, client: string | null = INSURANCE) {
  const headers: Record<string, string> =
    client === null ? {} : { authorization: `Bearer ${await hub.tokenOf(client)}` };
  const answer = await fetch(`${hub.url}/audit/proof${question}`, { headers });
  return { status: answer.status, body: (await answer.json()) as Proven };
}

/** Runs `npm run audit -- check` as an agency does, which has a token and no database. */
async function check(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const lines: string[] = [];
  const environment = { YIDANG_TOKEN: await hub.tokenOf(INSURANCE) };
  try {
    const holds = await checkReceipts([...words, '--hub', hub.url], environment, 'usage', (line) => lines.push(line));
    return { code: holds ? 0 : 1, out: lines.join('\n') };
  } catch (error) {
    return { code: 2, out: (error as Error).message };
  }
}

const inDir = (name: string): string => join(hub.dataDir, name);

it('109. the hub publishes the public half of its seal, and nothing of the other', async () => {
  const answer = await fetch(`${hub.url}/.well-known/yidang-seal.jwks.json`);
  const { keys } = (await answer.json()) as { readonly keys: readonly object[] };
  expect(answer.status).toBe(200);
  expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
});

it('109. an agency proves to itself that its receipts hold, with no other tool than the address', async () => {
  const receipts = [(await pushed(1)).signedReceipt, (await pushed(3)).signedReceipt];
  writeFileSync(inDir('receipts.json'), JSON.stringify(receipts));
  const checked = await check(inDir('receipts.json'), '--keep', inDir('kept'));
  expect(checked).toMatchObject({ code: 0, out: expect.stringContaining('2 份相符') });
  await pushed(4);
  expect(await check(inDir('receipts.json'), inDir('kept'))).toMatchObject({
    code: 0,
    out: expect.stringContaining('3 份相符'),
  });
  expect(readFileSync(inDir('kept'), 'utf8').trim().split('.')).toHaveLength(3);
});

it('109. a receipt that the hub did not sign is none', async () => {
  const { signedReceipt } = await pushed(5);
  const [head, members, signature] = signedReceipt.split('.') as [string, string, string];
  const other = { ...JSON.parse(Buffer.from(members, 'base64url').toString()), digest: '00' };
  writeFileSync(inDir('forged'), [head, Buffer.from(JSON.stringify(other)).toString('base64url'), signature].join('.'));
  expect(await check(inDir('forged'))).toMatchObject({
    code: 2,
    out: expect.stringContaining('did not sign'),
  });
});

it('27. proofs of another agency’s submission are as absent as of none, and nobody is shown in any', async () => {
  const { id } = await pushed(6);
  const own = await proof(`?submission=${id}`);
  expect(own.body.entry.text).toContain(id);
  expect(own.body.entry.text).not.toContain('"person"');
  for (const submission of [id, '018f0000-0000-7000-8000-000000000000', '1']) {
    const { status, body } = await proof(`?submission=${submission}`, TAX);
    expect([status, body.errors[0]!.extensions.code]).toEqual([404, 'NOT_FOUND']);
  }
  await expectDenied(hub.databaseUrl, { reason: 'NOT_FOUND', client: TAX }, () => proof(`?submission=${id}`, TAX));
  expect((await proof('', null)).status).toBe(401);
  expect(await entriesOf(hub.databaseUrl, () => proof('?from=1'))).toEqual([]);
});

it.each([
  '?from=0',
  '?from=-1',
  '?from=1e3',
  '?from=99999999',
  '?until=99999999',
  '?from=2&until=1',
  '?a=1',
  '?from=1&from=2',
])('109. asks for what no log has: %s', async (question) => {
  const { status, body } = await proof(question);
  expect([status, body.errors[0]!.extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
});

it('109. a log that was hashed anew, and one that was cut, are caught from outside', async () => {
  const receipts = [(await pushed(7)).signedReceipt, (await pushed(8)).signedReceipt];
  writeFileSync(inDir('held'), receipts.join('\n'));
  expect((await check(inDir('held'))).code).toBe(0);
  const { rows } = await database.query<{ body: string }>(
    "select body from audit_entry where log = '130628' order by sequence",
  );
  const entries = rows.map(({ body }) => readEntry(body)!);
  const writeAnew = async (kept: typeof entries): Promise<void> => {
    await database.query('set session_replication_role = replica');
    for (const table of ['entry', 'subtree', 'head', 'checkpoint']) {
      await database.query(`delete from audit_${table} where log = '130628'`);
    }
    await database.query('set session_replication_role = default');
    const log = auditLog(hub.databaseUrl);
    await log.append('130628', kept);
    await log.close();
  };
  await writeAnew(entries.map((entry, index) => (index === 0 ? { ...entry, operation: 'Another' } : entry)));
  expect(await check(inDir('held'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('已被改动'),
  });
  await writeAnew(entries.slice(0, -1));
  expect(await check(inDir('held'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('日志变短'),
  });
});
