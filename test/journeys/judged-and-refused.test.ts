import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/storage/database.ts';
import { attachedDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { countRows } from '../support/stored-rows.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';
const TAX = '130628:tax';

const listed = (sequence: number, more: object = {}): object => ({
  name: '王秀英',
  idNumber: residentId(sequence),
  category: '低保对象',
  from: '2025-10-01',
  ...more,
});

let hub: PushingHub;
let database: Database;
beforeAll(async () => {
  hub = await pushingHub({ work: 'elsewhere' });
  hub.setDay('2025-11-03');
  database = await attachedDatabase(hub.databaseUrl);
});
afterAll(async () => {
  await database?.close();
  await hub?.stop();
});

const codesOf = (verdict: { findings: readonly { code: string; column: string | null }[] } | undefined): unknown[] =>
  (verdict?.findings ?? []).map(({ code, column }) => [code, column]);

describe('every row is judged on its own', () => {
  test('good rows count although others are bad, and a bad one is told everything at once', async () => {
    const wrongDigit = residentId(102).slice(0, 17) + (residentId(102).endsWith('0') ? '1' : '0');
    const push = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      listed(101),
      { name: '', idNumber: wrongDigit, category: '低保户口', from: '2025-02-30', regionCode: '高阳县' },
      listed(103),
    ]);
    expect(push.counts).toEqual({ sent: 3, accepted: 2, unchanged: 0, flagged: 0, rejected: 1 });
    expect(push.claimsAdded).toBe(2);
    expect(push.verdicts.map(({ row, outcome }) => [row, outcome])).toEqual([
      [1, 'ACCEPTED'],
      [2, 'REJECTED'],
      [3, 'ACCEPTED'],
    ]);
    expect(new Set(codesOf(push.verdicts[1]))).toEqual(
      new Set([
        ['VALUE_MISSING', 'name'],
        ['ID_NUMBER_CHECK_DIGIT', 'idNumber'],
        ['CATEGORY_WORD_UNKNOWN', 'category'],
        ['DAY_NOT_ON_CALENDAR', 'from'],
        ['REGION_CODE_MALFORMED', 'regionCode'],
      ]),
    );
  });

  test('verdicts speak Chinese and English and repeat nothing of the row', async () => {
    const { verdicts } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      { name: '欧阳无双', idNumber: '130628198005150049X', category: '富裕户', from: '2099-01-01', to: '2098-01-01' },
    ]);
    expect(verdicts[0]?.findings.length).toBeGreaterThan(1);
    for (const { zh, en } of verdicts[0]?.findings ?? []) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[a-z]/i);
    }
    expect(JSON.stringify(verdicts)).not.toMatch(/欧阳|无双|19800515|富裕户|2099|2098/);
  });

  test('a word that nobody knows is answered with the words most like it, in a sentence that a report can bear', async () => {
    const { verdicts } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(105, { category: '低保户口' })]);
    const finding = verdicts[0]?.findings[0];
    expect(finding?.code).toBe('CATEGORY_WORD_UNKNOWN');
    for (const text of [finding?.zh, finding?.en]) {
      expect(text).toContain('低保户');
      expect(text?.length).toBeLessThan(120);
    }
  });

  test('a number in the id column is refused, however well it would read as text', async () => {
    const { verdicts } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      listed(106, { idNumber: 130628198005150 }),
      listed(106, { idNumber: residentId(106) }),
    ]);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['REJECTED', 'ACCEPTED']);
    expect(codesOf(verdicts[0])).toEqual([['ID_NUMBER_NOT_TEXT', 'idNumber']]);
  });

  test('full-width digits, spaces and a small x name the same person', async () => {
    const number = '11010519491231002X';
    const wide = [...'11010519491231002'].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
    const { verdicts } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      listed(0, { idNumber: number }),
      listed(0, { idNumber: `${wide}ｘ` }),
      listed(0, { idNumber: ' 110105 19491231 002x ' }),
    ]);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'UNCHANGED', 'UNCHANGED']);
  });

  test('what was known already is unchanged, and adds nothing', async () => {
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(107)]);
    const again = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(107)]);
    expect(again).toMatchObject({ counts: { unchanged: 1 }, claimsAdded: 0, claimsEnded: 0 });
  });

  test('another name for a known person is flagged, and taken in all the same', async () => {
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(108)]);
    const other = await hub.received(TAX, 'Payments', [
      {
        name: '王秀瑛',
        idNumber: residentId(108),
        policyYear: 2026,
        amount: '40.00',
        paidOn: '2025-11-01',
        channel: 'AGENT',
      },
    ]);
    expect(other).toMatchObject({ counts: { flagged: 1 }, claimsAdded: 1 });
    expect(codesOf(other.verdicts[0])).toEqual([['NAME_DIFFERS', 'name']]);
  });

  test('removing or correcting what is not there is flagged', async () => {
    const { verdicts } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      listed(109, { change: 'REMOVE' }),
      listed(110, { change: 'CORRECT' }),
    ]);
    expect(verdicts.map(codesOf)).toEqual([[['NOTHING_TO_REMOVE', null]], [['NOTHING_TO_CORRECT', null]]]);
  });
});

describe('a push that is refused as a whole stores nothing', () => {
  let before: Readonly<Record<string, number>>;
  beforeEach(async () => {
    before = await countRows(database.pool);
  });
  const nothingStored = async (): Promise<void> => expect(await countRows(database.pool)).toEqual(before);

  const payment = {
    name: '李建国',
    idNumber: residentId(201),
    policyYear: 2026,
    amount: '400.00',
    paidOn: '2025-11-01',
    channel: 'ONLINE',
  };
  const forbidden: ReadonlyArray<[why: string, client: string, list: string, rows: object[], input: object]> = [
    ['another agency’s list', CIVIL_AFFAIRS, 'Payments', [payment], {}],
    [
      'another agency’s category',
      CIVIL_AFFAIRS,
      'Hardship',
      [listed(202), listed(203, { category: '边缘易致贫人口' })],
      {},
    ],
    [
      'another agency’s category in a row that would be sent back',
      CIVIL_AFFAIRS,
      'Hardship',
      [listed(204, { category: '边缘易致贫人口', idNumber: 'nonsense' })],
      {},
    ],
    ['another jurisdiction', CIVIL_AFFAIRS, 'Hardship', [listed(205)], { jurisdiction: '140405' }],
    ['a dry run of another agency’s list', CIVIL_AFFAIRS, 'Payments', [payment], { dryRun: true }],
  ];
  test.each(forbidden)('FORBIDDEN: %s', async (_why, client, list, rows, input) => {
    expect(await hub.push(client, list, rows, input)).toBe('FORBIDDEN');
    await nothingStored();
  });

  test('TOO_MANY_ROWS: 5,001 rows, where 5,000 are judged', async () => {
    const rows = Array.from({ length: 5001 }, () => ({ name: '张三' }));
    expect(await hub.push(CIVIL_AFFAIRS, 'Hardship', rows)).toBe('TOO_MANY_ROWS');
    expect(await hub.received(CIVIL_AFFAIRS, 'Hardship', rows.slice(1), { dryRun: true })).toMatchObject({
      counts: { sent: 5000, rejected: 5000 },
    });
    await nothingStored();
  });

  test('IDEMPOTENCY_CONFLICT: other content under a key; the same content has the receipt it had', async () => {
    const key = { idempotencyKey: 'autumn' };
    const first = await hub.received(
      CIVIL_AFFAIRS,
      'Hardship',
      [listed(210), listed(211, { from: '2025-13-01' })],
      key,
    );
    before = await countRows(database.pool);
    hub.setDay('2025-11-04');
    expect(await hub.push(CIVIL_AFFAIRS, 'Hardship', [listed(210)], key)).toBe('IDEMPOTENCY_CONFLICT');
    expect(await hub.push(CIVIL_AFFAIRS, 'Hardship', [listed(210), listed(211, { from: '2025-13-01' })], key)).toEqual(
      first,
    );
    await nothingStored();
    // A key is its agency's own.
    const rural = [listed(210, { category: '边缘易致贫人口' })];
    expect(await hub.received('130628:rural-affairs', 'Hardship', rural, key)).toMatchObject({
      counts: { accepted: 1 },
    });
  });

  test('a dry run judges and keeps nothing, also not its key', async () => {
    const rows = [listed(212), listed(213, { category: '低保户口' })];
    const tried = await hub.received(CIVIL_AFFAIRS, 'Hardship', rows, { idempotencyKey: 'dry', dryRun: true });
    expect(tried).toMatchObject({
      status: 'DRY_RUN',
      receipt: null,
      counts: { accepted: 1, rejected: 1 },
      claimsAdded: 1,
    });
    await nothingStored();
    const real = await hub.received(CIVIL_AFFAIRS, 'Hardship', [listed(214)], { idempotencyKey: 'dry' });
    expect(real.status).toBe('RECEIVED');
  });
});
