import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesOf } from '../support/audit.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';
const INSURANCE = '130628:medical-insurance';
const TAX = '130628:tax';

const PACK = readFileSync('packs/gaoyang-2026/pack.yaml', 'utf8');
const LINE = '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 360, payable: 40,';
/** The subsistence allowance is worth ten yuan less. */
const CHANGED = PACK.replace(LINE, '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 350, payable: 50,');

let hub: PushingHub;
const [listed, ordinary, later] = [residentId(401), residentId(402), residentId(403)];

// One who would have the reader's spreadsheet work for them.
const nameOf = (idNumber: string): string => (idNumber === listed ? '=cmd|王秀英' : '测试');

beforeAll(async () => {
  hub = await pushingHub({ revealBecause: '核对比对结果' });
  hub.setDay('2025-09-01');
  await hub.received(
    INSURANCE,
    'Enrolments',
    [listed, ordinary, later].map((idNumber) => ({
      name: nameOf(idNumber),
      idNumber,
      scheme: 'RESIDENT',
      region: '130628',
      from: '2025-01-01',
      to: '2025-12-31',
    })),
  );
  hub.setDay('2025-10-30');
  await hub.received(CIVIL_AFFAIRS, 'Hardship', [
    { name: nameOf(listed), idNumber: listed, category: '最低生活保障对象', from: '2025-10-20' },
  ]);
  hub.setDay('2025-11-03');
  const payment = { name: '测试', policyYear: 2026, paidOn: '2025-11-03', creditedOn: '2025-11-03', channel: 'AGENT' };
  await hub.received(TAX, 'Payments', [
    { ...payment, name: nameOf(listed), idNumber: listed, amount: '40.00' },
    { ...payment, idNumber: ordinary, amount: '400.00' },
  ]);
  hub.setDay('2025-12-01');
  await hub.received(CIVIL_AFFAIRS, 'Hardship', [
    { name: '李四', idNumber: later, category: '最低生活保障对象', from: '2025-11-20' },
  ]);
  hub.setDay('2025-12-02');
});
afterAll(() => hub?.stop());

const SHOWN = `id status pack asOf knownAt personsToDo personsDone totals {
  persons winners losers unchanged newlyInReview
  total { before { subsidy payable refunds } after { subsidy payable refunds } difference { persons subsidy payable refunds } }
  groups { category fundedBy before { persons subsidy payable } after { persons subsidy payable } difference { subsidy payable } } }`;

async function ask(input: object, client = INSURANCE): Promise<any> {
  const query = `mutation ($input: ComparePacksInput!) { comparePacks(input: $input) { ${SHOWN} } }`;
  const { body } = await hub.ask(client, {
    query,
    variables: { input: { policyYear: 2026, pack: CHANGED, ...input } },
  });
  return body;
}

const find = async (id: string, client = INSURANCE): Promise<any> =>
  (await hub.ask(client, { query: `query ($id: ID!) { packComparison(id: $id) { ${SHOWN} } }`, variables: { id } }))
    .body;

async function compared(input: object = {}): Promise<any> {
  const asked = await ask(input);
  expect(asked.errors).toBeUndefined();
  const { id } = asked.data.comparePacks;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { packComparison: found } = (await find(id)).data;
    if (found.status === 'DONE') return found;
    if (found.status === 'FAILED' || Date.now() > deadline) return expect.unreachable(`it is ${found.status}`);
    await pause(50);
  }
}

const fileOf = async (
  id: string,
  client: string | null,
  { purpose = 'SUBSIDY_ADMINISTRATION', because = '核对' }: { purpose?: string; because?: string | null } = {},
): Promise<Response> =>
  fetch(`${hub.url}/comparisons/${id}/persons.csv?purpose=${purpose}`, {
    headers: {
      ...(because === null ? {} : { 'reveal-reason': encodeURIComponent(because) }),
      ...(client === null ? {} : { authorization: `Bearer ${await hub.tokenOf(client)}` }),
    },
  });

describe('a pack whose one amount is changed', () => {
  test('tells who gains and loses, what it costs by identity and funder, and for whom', async () => {
    const found = await compared();
    expect(found).toMatchObject({ pack: 'gaoyang-2026', asOf: '2025-12-02', personsToDo: 3, personsDone: 3 });
    expect(found.totals).toEqual({
      persons: 3,
      winners: 0,
      losers: 2,
      unchanged: 1,
      newlyInReview: 1,
      total: {
        before: { subsidy: '720.00', payable: '480.00', refunds: '0.00' },
        after: { subsidy: '700.00', payable: '500.00', refunds: '0.00' },
        difference: { persons: 0, subsidy: '-20.00', payable: '20.00', refunds: '0.00' },
      },
      groups: [
        {
          category: 'SUBSISTENCE_ALLOWANCE',
          fundedBy: 'MEDICAL_ASSISTANCE',
          before: { persons: 2, subsidy: '720.00', payable: '80.00' },
          after: { persons: 2, subsidy: '700.00', payable: '100.00' },
          difference: { subsidy: '-20.00', payable: '20.00' },
        },
        {
          category: null,
          fundedBy: null,
          before: { persons: 1, subsidy: '0.00', payable: '400.00' },
          after: { persons: 1, subsidy: '0.00', payable: '400.00' },
          difference: { subsidy: '0.00', payable: '0.00' },
        },
      ],
    });

    const file = await fileOf(found.id, INSURANCE);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...rows] = (await file.text()).trimEnd().split('\r\n');
    expect(head).toContain('"证件号码"');
    expect(rows).toHaveLength(2);
    const row = rows.find((one) => one.includes(listed));
    expect(row).toContain('"360.00","40.00"');
    expect(row).toContain('"350.00","50.00"');
    expect(row).toContain('"受损","是"');
    expect(row).toContain('GY26-2.3b');
    expect(row).toContain(`"'=cmd|王秀英"`);
    expect(rows.find((one) => one.includes(later))).toContain('"受损","否"');
    expect(rows.some((one) => one.includes(ordinary))).toBe(false);
  });

  test('is opened once by a link, in the name of who asked for it and with their reason', async () => {
    const { id } = await compared();
    const address = `${hub.url}/comparisons/${id}/persons.csv?purpose=SUBSIDY_ADMINISTRATION`;
    const linked = async (headers: Record<string, string>): Promise<Response> =>
      fetch(address, {
        method: 'POST',
        headers: { authorization: `Bearer ${await hub.tokenOf(INSURANCE)}`, ...headers },
      });
    expect((await linked({})).status).toBe(403);
    const asked = await linked({ 'reveal-reason': encodeURIComponent('核对') });
    const { link } = (await asked.json()) as { link: string };
    expect(asked.status).toBe(201);
    let file!: Response;
    const entries = await entriesOf(hub.databaseUrl, async () => {
      file = await fetch(hub.url + link);
    });
    const [head, ...rows] = (await file.text()).trimEnd().split('\r\n');
    expect([file.status, rows.length]).toEqual([200, 2]);
    expect(head).toMatch(/,"领取标记"$/);
    for (const row of rows)
      expect(row).toMatch(new RegExp(`,"${INSURANCE} [^"]*${file.headers.get('x-request-id')}"$`));
    expect((await fetch(hub.url + link)).status).toBe(404);
    expect(entries.map(({ request, revealBecause }) => [request, revealBecause])).toEqual(
      rows.map(() => [file.headers.get('x-request-id'), '核对']),
    );
  });

  test('asked for as of an earlier instant knows nothing of later pushes', async () => {
    const found = await compared({ knownAt: '2025-11-15T00:00:00+08:00' });
    expect(found.asOf).toBe('2025-11-15');
    expect(found.totals).toMatchObject({ persons: 3, winners: 0, losers: 1, unchanged: 2 });
    const before = await compared({ knownAt: '2025-09-15T00:00:00+08:00' });
    expect(before.totals).toMatchObject({ persons: 3, losers: 0 });
  });

  test('changes nothing where it is the pack in force', async () => {
    const found = await compared({ pack: PACK });
    expect(found.totals).toMatchObject({ persons: 3, winners: 0, losers: 0, unchanged: 3, newlyInReview: 0 });
    expect((await (await fileOf(found.id, INSURANCE)).text()).trimEnd().split('\r\n')).toHaveLength(1);
  });
});

test('is for agencies that may know of everybody and ask what a pack decides, and its persons for those who may see numbers', async () => {
  expect((await ask({}, '130628:disabled-federation')).errors[0].extensions.code).toBe('FORBIDDEN');
  const { id } = await compared();
  expect((await find(id, '130628:disabled-federation')).errors[0].extensions.code).toBe('FORBIDDEN');
  // Another agency's comparison is not there for it.
  expect((await find(id, CIVIL_AFFAIRS)).data.packComparison).toBeNull();
  expect((await fileOf(id, CIVIL_AFFAIRS)).status).toBe(403);
  expect((await fileOf(id, INSURANCE, { because: null })).status).toBe(403);
  for (const purpose of ['', 'NONE']) expect((await fileOf(id, INSURANCE, { purpose })).status).toBe(403);
  expect((await fileOf(id, null)).status).toBe(401);
  expect((await fileOf('00000000-0000-7000-8000-000000000000', INSURANCE)).status).toBe(404);
});

describe('a pack that is not sound is refused at once', () => {
  const lineOf = (text: string, words: string): number => text.slice(0, text.indexOf(words)).split('\n').length;
  const wrongAmount = PACK.replace(LINE, '{ category: SUBSISTENCE_ALLOWANCE, subsidy: 359, payable: 40,');
  const wrongWord = PACK.replace('standard: 400', 'standard: 四百');
  const cases: readonly (readonly [why: string, pack: string, told: string])[] = [
    ['YAML that does not parse, by its line', PACK.replace('tiers:', 'tiers: ['), '行：YAML 格式错误'],
    ['an amount that is none, by its line', wrongWord, `第${lineOf(wrongWord, '四百')}行 premium › standard`],
    ['amounts that do not add up, in the clerk’s words', wrongAmount, '不等于个人缴费标准400.00元'],
    ['aliases', `${PACK}\nx: &a [1]\ny: *a\n`, '不得使用 YAML 别名'],
    ['brackets without end', '['.repeat(39_000), 'YAML 格式错误'],
    ['keys without end', Array.from({ length: 7_500 }, (_, key) => `${key.toString(36)}:\n`).join(''), 'YAML 格式错误'],
    ['more text than a pack has', `${PACK}\n# ${'长'.repeat(37_000)}`, '40000'],
    ['another place', readFileSync('packs/gaoyang-2024/pack.yaml', 'utf8'), '与现行政策包不同'],
  ];
  test.each(cases)('%s', async (_, pack, told) => {
    const { errors } = await ask({ pack });
    expect(errors[0].extensions.code).toBe('PACK_INVALID');
    expect(errors[0].message).toContain(told);
  });

  test('and so are a year without a pack and an instant that is yet to come', async () => {
    expect((await ask({ policyYear: 2031 })).errors[0].extensions.code).toBe('NOT_FOUND');
    expect((await ask({ knownAt: '2026-01-01T00:00:00Z' })).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});
