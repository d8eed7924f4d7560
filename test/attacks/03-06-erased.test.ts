import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEntry } from '../../src/domain/audit/audit-entry.ts';
import { isGrownFrom, isIncluded } from '../../src/domain/audit/proofs.ts';
import { openReasons } from '../../src/storage/audit-reasons.ts';
import { sha256Tree } from '../../src/storage/audit-tree.ts';
import { auditProofs } from '../../src/storage/audit-proofs.ts';
import { verifyLog } from '../../src/storage/audit-verify.ts';
import { entriesOf } from '../support/audit.ts';
import { attachedDatabase, type TestDatabase } from '../support/database.ts';
import { NAMING_TABLES, nameEverywhere, tablesNaming } from '../support/erasing.ts';
import { residentId } from '../support/id-numbers.ts';
import { jobsDone } from '../support/jobs-done.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { openedBlocks, TEST_KEY_FILE } from '../support/sealing-keys.ts';
import { fingerprintOf } from '../support/stored-rows.ts';

// Section 3.6 of the security programme, line 104, its last part: an erased person's key is destroyed, what lay under it is dead, and the
// chain still verifies.

const PLACE = '130628';
const [POLICE, CIVIL, INSURANCE] = ['public-security', 'civil-affairs', 'medical-insurance'].map(
  (agency) => `${PLACE}:${agency}`,
) as [string, string, string];
const [ERASED, KEPT, ABSENT] = [residentId(1), residentId(2), residentId(3)];
const PASSPORT = 'E12345678';
const NEWBORN = 'U130000001';
const WHY = '核对陈明的姓名';
const ORDER = '冀医保法〔2026〕12号';

let hub: PushingHub;
let database: TestDatabase;
let erased: string;
let kept: string;
let submission: string;
/** The log as a receipt of before has it. */
let held: { readonly size: number; readonly root: string; readonly from: string };
const home = { householdNumber: 'H1', registration: 'HUKOU', regionCode: PLACE, from: '2020-01-01' };

beforeAll(async () => {
  hub = await pushingHub({ revealBecause: WHY });
  database = await attachedDatabase(hub.databaseUrl);
  hub.setDay('2026-03-02');
  const residents = [
    { name: '陈明', idNumber: ERASED, ...home, otherIdType: 'PASSPORT', otherIdNumber: PASSPORT },
    { name: '李强', idNumber: KEPT, ...home },
  ];
  submission = (await hub.received(POLICE, 'Residents', residents)).id;
  const poor = { category: '低保对象', from: '2025-01-01' };
  const hardship = await hub.received(CIVIL, 'Hardship', [
    { name: '陈明', idNumber: ERASED, ...poor },
    { name: '李强', idNumber: KEPT, ...poor },
    // One that is not taken in, and comes back as it was sent.
    { name: '', idNumber: ERASED, ...poor },
  ]);
  expect(hardship.counts).toMatchObject({ sent: 3, rejected: 1 });
  await hub.received(`${PLACE}:health`, 'Births', [
    { name: '陈小', idNumber: NEWBORN, bornOn: '2026-01-05', guardianIdNumber: ERASED },
  ]);
  await jobsDone(database.pool);
  ({ id: erased } = await personOf(ERASED));
  ({ id: kept } = await personOf(KEPT));
  await nameEverywhere(database, PLACE, erased, kept);
  const { rows } = await database.pool.query('select size, root from audit_head where log = $1', [PLACE]);
  held = { size: Number(rows[0].size), root: rows[0].root.toString('hex'), from: 'a receipt of before' };
});
afterAll(async () => {
  await database?.close();
  await hub?.stop();
});

async function ask(query: string, variables: object): Promise<any> {
  const { body, status } = await hub.ask(INSURANCE, { query, variables });
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data;
}

const personOf = async (idNumber: string): Promise<any> =>
  (
    await ask(
      `query ($n: String!) { person(idNumber: $n, purpose: BENEFIT_ADMINISTRATION) {
         id name identifiers { number { revealed } } claims { list } benefit(policyYear: 2026) { outcome } } }`,
      { n: idNumber },
    )
  ).person;

const looksAt = async (idNumber: string): Promise<any> =>
  (
    await ask(`query ($n: String!) { whoLooked(idNumber: $n, purpose: LIST_VERIFICATION, first: 9) { totalCount } }`, {
      n: idNumber,
    })
  ).whoLooked;

/** Runs a command as an operator would, with what it is given on standard input. */
async function run(
  command: 'erase' | 'audit',
  input: string,
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly out: string }> {
  const cli = join(import.meta.dirname, `../../src/cli/${command}.ts`);
  const child = spawn(process.execPath, [cli, ...words], {
    env: {
      ...process.env,
      ...{ YIDANG_ENV: 'development', DATA_DIR: hub.dataDir, SEALING_KEY_FILE: TEST_KEY_FILE },
      ...{ DATABASE_URL: database.url, DATABASE_OWNER_URL: hub.databaseUrl },
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // One that refuses its arguments reads nothing.
  child.stdin.on('error', () => undefined).end(input);
  const [out, failed, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: Number(code), out: out + failed };
}

const erase = (asked: string, ...words: readonly string[]) =>
  run('erase', `${asked}\n`, '--jurisdiction', PLACE, '--because', ORDER, ...words);

/** The reasons that the log has of somebody. */
async function reasonsOf(person: string) {
  const { rows } = await database.pool.query<{ body: string }>(
    'select body from audit_entry where log = $1 and person = $2 order by sequence',
    [PLACE, person],
  );
  const entries = rows.map(({ body }) => readEntry(body)!);
  const inside = database.walled.of(PLACE);
  return (await openReasons(inside, inside.seal, PLACE, entries)).filter((reason) => reason !== null);
}

it('104. before: somebody stands in every table that can name people, and why they were looked at can be read', async () => {
  expect((await personOf(ERASED)).name).toBe('陈明');
  expect(await tablesNaming(database.pool, [erased])).toEqual(NAMING_TABLES);
  const reasons = await reasonsOf(erased);
  expect(reasons.length).toBeGreaterThan(0);
  expect(reasons).toEqual(reasons.map(() => ({ words: WHY })));
  expect((await looksAt(ERASED)).totalCount).toBeGreaterThan(0);
});

it('104. what would be erased is told as counts, to nobody’s loss', async () => {
  const before = await fingerprintOf(database.pool);
  const { code, out } = await erase(ERASED);
  expect([code, out]).toEqual([0, expect.stringMatching(/would be erased\tclaim\t2\n/)]);
  expect(out).not.toContain(ERASED);
  expect(await fingerprintOf(database.pool)).toBe(before);
  // A number has no place on the command line, nor in the order's.
  for (const words of [
    ['--because', ERASED],
    ['--because', PASSPORT],
    ['--yes', ERASED],
  ]) {
    expect(await erase(KEPT, ...words)).toMatchObject({ code: 2, out: expect.not.stringContaining(ERASED) });
  }
  expect(await fingerprintOf(database.pool)).toBe(before);
});

it('104. an order erases them, and is put down', async () => {
  const others = await personOf(KEPT);
  let told = { code: -1, out: '' };
  const left = await entriesOf(hub.databaseUrl, async () => {
    told = await erase(ERASED, '--yes');
  });
  expect(told).toMatchObject({ code: 0, out: expect.stringContaining('\npublic-security\tresidents\t1\n') });
  // The hub's own job decides those around them, at once or a moment later.
  expect(left.filter(({ operation }) => operation !== 'job')).toEqual([
    expect.objectContaining({
      act: 'erasePerson',
      client: 'hub',
      decision: 'GRANTED',
      person: erased,
      operation: `erase ${ORDER}`,
    }),
  ]);
  expect(await personOf(KEPT)).toEqual(others);
});

it('104. afterwards nobody has them: no answer, no table but the log, no row as sent', async () => {
  const absent = await ask('query ($n: String!) { person(idNumber: $n, purpose: BENEFIT_ADMINISTRATION) { id } }', {
    n: ABSENT,
  });
  for (const number of [ERASED, PASSPORT]) {
    const found = await ask(
      'query ($n: String!) { person(idNumber: $n, idType: null, purpose: BENEFIT_ADMINISTRATION) { id } }',
      { n: number },
    );
    expect(found).toEqual(absent);
  }
  expect(await looksAt(ERASED)).toEqual(await looksAt(ABSENT));
  expect(await tablesNaming(database.pool, [erased])).toEqual([]);
  const { rows } = await database.pool.query<{ id: string }>('select id from submission');
  const blocks = await Promise.all(rows.map(({ id }) => openedBlocks(database.pool, id)));
  const sent = blocks.flat().flatMap((block) => block.rows);
  expect(JSON.stringify(sent)).not.toMatch(new RegExp(`${ERASED}|${PASSPORT}|陈明`));
  expect(sent).toHaveLength(6);
  expect(JSON.stringify(sent)).toContain(KEPT);
  const counts = await database.pool.query(
    'select sum(rows_sent)::integer as sent, sum(rows_rejected)::integer as rejected from submission',
  );
  expect(counts.rows[0]).toEqual({ sent: 6, rejected: 1 });
});

it('104. their key is destroyed, and why they were looked at with it; others’ stays', async () => {
  const reasons = await reasonsOf(erased);
  expect(reasons.length).toBeGreaterThan(0);
  expect(reasons).toEqual(reasons.map(() => 'ERASED'));
  expect(await reasonsOf(kept)).toContainEqual({ words: WHY });
});

it('104. the operator reads reasons by a command, which is put down, and is told which are gone', async () => {
  let told = { code: -1, out: '' };
  const left = await entriesOf(hub.databaseUrl, async () => {
    told = await run('audit', '', 'reasons', PLACE);
  });
  const lines = told.out.split('\n').filter((line) => line !== '');
  const of = (person: string) => lines.filter((line) => line.includes(`\t${person}\t`));
  expect(of(erased).length).toBeGreaterThan(0);
  for (const line of of(erased)) expect(line).toMatch(/\t已删除，密钥已销毁 \/ erased, the key is destroyed$/);
  expect(of(kept).some((line) => line.endsWith(`\t"${WHY}"`))).toBe(true);
  expect(left).toMatchObject([{ act: 'tellReasons', client: 'hub', operation: `audit reasons ${PLACE}` }]);
});

it('104. the log still verifies, as receipts and proofs have it', async () => {
  expect((await verifyLog(database.url, PLACE, [held])).fault).toBeNull();
  const proof = (await auditProofs(database.walled).prove(PLACE, { from: held.size, until: null, submission }))!;
  const bytes = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'hex'));
  const root = Buffer.from(proof.head.root, 'hex');
  const before = { size: held.size, root: Buffer.from(held.root, 'hex') };
  const now = { size: proof.head.size, root };
  expect(isGrownFrom(before, now, bytes(proof.consistency!), sha256Tree)).toBe(true);
  const { index, text: entry, inclusion } = proof.entry!;
  expect(isIncluded(sha256Tree.leaf(entry), index, now, bytes(inclusion), sha256Tree)).toBe(true);
});

it('104. once more there is nobody, until a list brings them back as somebody new', async () => {
  expect(await erase(ERASED, '--yes')).toEqual({ code: 1, out: '查无此人 / there is nobody\n' });
  expect(await erase(erased, '--yes')).toMatchObject({ code: 1 });
  hub.setDay('2026-03-03');
  await hub.received(CIVIL, 'Hardship', [{ name: '陈明', idNumber: ERASED, category: '低保对象', from: '2025-01-01' }]);
  const back = await personOf(ERASED);
  expect(back).toMatchObject({ id: erased, name: '陈明', claims: [{ list: 'HARDSHIP' }] });
  const reasons = await reasonsOf(erased);
  expect(reasons.at(0)).toBe('ERASED');
  expect(reasons.at(-1)).toEqual({ words: WHY });
});

it('104. a number that others are told of under stays with them, and how often it does is told without it', async () => {
  const entered = { name: '李小', idNumber: KEPT, bornOn: '2026-01-06', guardianIdNumber: KEPT };
  const { id } = await hub.received(`${PLACE}:health`, 'Births', [entered]);
  // While somebody is decided nobody is erased.
  await jobsDone(database.pool);
  const told = 'select subject_key as key from claim where submission = $1';
  const newborn = (await database.pool.query<{ key: string }>(told, [id])).rows[0]!.key;
  expect(newborn).not.toBe(kept);
  const rowsNaming = async (number: string): Promise<number> => {
    const { rows } = await database.pool.query<{ id: string }>('select id from submission');
    const blocks = await Promise.all(rows.map((one) => openedBlocks(database.pool, one.id)));
    return blocks
      .flat()
      .flatMap((block) => block.rows)
      .filter((row) => JSON.stringify(row).includes(number)).length;
  };
  const before = await rowsNaming(KEPT);
  const { code, out } = await erase(newborn, '--yes');
  expect([code, out]).toEqual([0, expect.stringMatching(/^保留[^\t]*left[^\t]*\tsubmission_block\t2$/m)]);
  const places = out.split('\n').filter((line) => line.startsWith('见 at\t'));
  expect(places.map((line) => line.split('\t').slice(2))).toEqual([
    ['public-security', 'residents', '2', 'idNumber'],
    ['civil-affairs', 'hardship', '2', 'idNumber'],
  ]);
  expect(out).not.toContain(KEPT);
  expect(await rowsNaming(KEPT)).toBe(before - 1);
  expect(await tablesNaming(database.pool, [newborn])).toEqual([]);
  expect(await personOf(KEPT)).toMatchObject({ id: kept, name: '李强' });
});
