import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';
const SUBMISSION = `id status mode period documentNumber counts { sent accepted unchanged flagged rejected }
  claimsAdded claimsEnded receipt { id digest receivedAt counts { sent } }
  verdicts { totalCount edges { cursor node { row outcome findings { code column severity } } } pageInfo { hasNextPage endCursor } }`;
const PUSH = `mutation($input: PushHardshipInput!) { pushHardship(input: $input) { ${SUBMISSION} } }`;

/** Three rows: a good one, one whose number is wrong, one whose word nobody knows. */
const ROWS = [
  { name: '张三', idNumber: residentId(1), category: '低保对象', from: '2025-01-01' },
  {
    name: '李四',
    idNumber: residentId(2).slice(0, 17) + (residentId(2).endsWith('1') ? '2' : '1'),
    category: '低保对象',
    from: '2025-01-01',
  },
  { name: '王五', idNumber: residentId(3), category: '富裕户', from: 20250101 },
];

let hub: TestHub;
beforeAll(async () => {
  hub = await testHub();
});
afterAll(() => hub?.stop());

const push = async (input: object): Promise<any> =>
  (await hub.ask(CIVIL_AFFAIRS, { query: PUSH, variables: { input } })).body;

test('the verdicts on a push are answered with it, and the same by its id afterwards', async () => {
  const pushed = (
    await push({ idempotencyKey: 'three', period: '2025-11', documentNumber: '民〔2025〕1号', rows: ROWS })
  ).data.pushHardship;
  expect(pushed).toMatchObject({
    status: 'RECEIVED',
    mode: 'DELTA',
    period: '2025-11',
    documentNumber: '民〔2025〕1号',
    counts: { sent: 3, accepted: 1, unchanged: 0, flagged: 0, rejected: 2 },
    claimsAdded: 1,
    claimsEnded: 0,
    receipt: { id: pushed.id, counts: { sent: 3 } },
  });
  expect(pushed.receipt.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(pushed.verdicts.edges.map(({ node }: any) => [node.row, node.outcome, node.findings[0]?.code])).toEqual([
    [1, 'ACCEPTED', undefined],
    [2, 'REJECTED', 'ID_NUMBER_CHECK_DIGIT'],
    [3, 'REJECTED', expect.stringMatching(/^(CATEGORY_WORD_UNKNOWN|VALUE_WRONG_KIND|DAY_NOT_ON_CALENDAR)$/)],
  ]);

  const read = await hub.ask(CIVIL_AFFAIRS, { query: `{ submission(id: "${pushed.id}") { ${SUBMISSION} } }` });
  expect(read.body).toEqual({ data: { submission: pushed } });
});

describe('the same idempotency key', () => {
  test('with the same content answers the same', async () => {
    const input = { idempotencyKey: 'again', rows: ROWS.slice(0, 1) };
    const first = await push(input);
    expect(first.data.pushHardship.status).toBe('RECEIVED');
    expect(await push(input)).toEqual(first);
  });

  test('with other content is refused', async () => {
    await push({ idempotencyKey: 'other', rows: ROWS.slice(0, 1) });
    const answer = await push({ idempotencyKey: 'other', rows: ROWS.slice(1, 2) });
    expect(answer.errors[0].extensions.code).toBe('IDEMPOTENCY_CONFLICT');
  });
});

describe('a dry run', () => {
  const rows = [{ name: '赵六', idNumber: residentId(6), category: '特困人员', from: '2025-02-01' }, ROWS[1]];

  test('judges as the push would, and keeps nothing', async () => {
    const tried = (await push({ idempotencyKey: 'dry', dryRun: true, rows })).data.pushHardship;
    expect(tried).toMatchObject({ status: 'DRY_RUN', receipt: null, counts: { sent: 2, accepted: 1, rejected: 1 } });
    const read = await hub.ask(CIVIL_AFFAIRS, { query: `{ submission(id: "${tried.id}") { id } }` });
    expect(read.body).toEqual({ data: { submission: null } });

    const real = (await push({ idempotencyKey: 'dry', rows })).data.pushHardship;
    expect(real.status).toBe('RECEIVED');
    expect(real.verdicts).toEqual(tried.verdicts);
  });
});

describe('verdicts come in pages', () => {
  const rows = Array.from({ length: 5 }, (_, index) => ({ ...ROWS[index % 2], name: `第${index}行` }));
  const verdicts = async (id: string, args: string): Promise<any> => {
    const query = `{ submission(id: "${id}") { verdicts(${args}) { totalCount edges { node { row } } pageInfo { hasNextPage endCursor } } } }`;
    return (await hub.ask(CIVIL_AFFAIRS, { query })).body;
  };
  const rowsOf = (body: any): number[] => body.data.submission.verdicts.edges.map(({ node }: any) => node.row);

  test('each row once, in order, and only the outcomes asked for', async () => {
    const { id } = (await push({ idempotencyKey: 'pages', rows })).data.pushHardship;
    const first = await verdicts(id, 'first: 2');
    expect(rowsOf(first)).toEqual([1, 2]);
    const { endCursor, hasNextPage } = first.data.submission.verdicts.pageInfo;
    expect(hasNextPage).toBe(true);
    expect(rowsOf(await verdicts(id, `first: 5, after: "${endCursor}"`))).toEqual([3, 4, 5]);

    const rejected = await verdicts(id, 'only: [REJECTED]');
    expect(rowsOf(rejected)).toEqual([2, 4]);
    expect(rejected.data.submission.verdicts).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false } });
  });

  test('straight from a dry run too', async () => {
    const page =
      'verdicts(first: 2, after: "1", only: [REJECTED, ACCEPTED, FLAGGED]) { edges { node { row } } pageInfo { hasNextPage } }';
    const query = `mutation($input: PushHardshipInput!) { pushHardship(input: $input) { ${page} } }`;
    const answer = await hub.ask(CIVIL_AFFAIRS, {
      query,
      variables: { input: { idempotencyKey: 'dry-pages', dryRun: true, rows: [ROWS[0], ROWS[1], ROWS[2], ROWS[1]] } },
    });
    expect(answer.body.data.pushHardship.verdicts).toEqual({
      edges: [{ node: { row: 2 } }, { node: { row: 3 } }],
      pageInfo: { hasNextPage: true },
    });
  });

  test.each([0, -1, 5001])('first: %i is refused', async (first) => {
    const { id } = (await push({ idempotencyKey: 'pages', rows })).data.pushHardship;
    expect((await verdicts(id, `first: ${first}`)).errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

test('an agency pages through its own submissions, the newest first, and nobody else’s', async () => {
  const page = async (client: string, args: string): Promise<any> => {
    const query = `{ submissions(${args}) { totalCount edges { node { id } cursor } pageInfo { hasNextPage endCursor } } }`;
    return (await hub.ask(client, { query })).body.data.submissions;
  };
  const all = await page(CIVIL_AFFAIRS, 'first: 100, list: HARDSHIP');
  expect(all.edges.length).toBe(all.totalCount);
  const ids: string[] = all.edges.map(({ node }: any) => node.id);
  expect(ids).toEqual(ids.toSorted().toReversed());

  const first = await page(CIVIL_AFFAIRS, 'first: 1');
  const rest = await page(CIVIL_AFFAIRS, `after: "${first.pageInfo.endCursor}", first: 100`);
  expect([...first.edges, ...rest.edges].map(({ node }: any) => node.id)).toEqual(ids);
  expect(await page('130628:rural-affairs', 'first: 100')).toMatchObject({ totalCount: 0, edges: [] });
});

test('the catalogue tells what an agency may push, and the words it may use', async () => {
  const query =
    '{ lists { name zh mayPush categories columns { name kind required words { word } } categoryWords { word category } } }';
  const { lists } = (await hub.ask(CIVIL_AFFAIRS, { query })).body.data;
  expect(lists).toHaveLength(12);
  const list = (name: string): any => lists.find((one: any) => one.name === name);
  expect(list('HARDSHIP')).toMatchObject({ zh: '困难人员名单', mayPush: true });
  expect(list('HARDSHIP').categories).toContain('EXTREME_POVERTY');
  expect(list('HARDSHIP').categories).not.toContain('LIFTED_FROM_POVERTY');
  expect(list('HARDSHIP').categoryWords).toContainEqual({ word: '低保对象', category: 'SUBSISTENCE_ALLOWANCE' });
  expect(list('PAYMENTS')).toMatchObject({ mayPush: false, categories: null, categoryWords: [] });
  expect(list('DEATHS').columns).toContainEqual({ name: 'diedOn', kind: 'DAY', required: true, words: [] });
});
