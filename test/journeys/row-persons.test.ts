import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { countEveryStatement } from '../support/statements.ts';

const CIVIL = '130628:civil-affairs';
const INSURANCE = '130628:medical-insurance';
const BORN = '1980-05-15';
const listed = (sequence: number, name: string) => ({
  name,
  idNumber: residentId(sequence, BORN),
  category: '低保户',
  from: '2025-01-01',
});

let hub: PushingHub;
let submission: string;
beforeAll(async () => {
  hub = await pushingHub({ work: 'elsewhere' });
  hub.setDay('2025-10-01');
  const bad = { ...listed(2, '退回'), category: '没有这种身份' };
  ({ id: submission } = await hub.received(CIVIL, 'Hardship', [listed(0, '张三'), bad, listed(1, '李四')]));
  hub.setDay('2025-10-02');
});
afterAll(() => hub?.stop());

const rowsOf = async (id: string, selection: string, client = CIVIL, purpose = 'LIST_VERIFICATION'): Promise<any> => {
  const query = `{ submission(id: "${id}") { verdicts { edges { node { row outcome person(purpose: ${purpose}) { ${selection} } } } } } }`;
  const { body } = await hub.ask(client, { query });
  return { errors: body.errors, rows: body.data?.submission?.verdicts.edges.map(({ node }: any) => node) };
};

test('a row leads to its person, and the person’s claim back to the submission and the row', async () => {
  const { rows, errors } = await rowsOf(
    submission,
    'id name idNumber { masked } hardshipListings { category } claims { source { submission row } submission { id counts { sent } } }',
  );
  expect(errors).toBeUndefined();
  expect(rows).toMatchObject([
    {
      row: 1,
      outcome: 'ACCEPTED',
      person: { name: '张*', hardshipListings: [{ category: 'SUBSISTENCE_ALLOWANCE' }] },
    },
    { row: 2, outcome: 'REJECTED', person: null },
    { row: 3, outcome: 'ACCEPTED', person: { name: '李*' } },
  ]);
  expect(rows[2].person.claims).toEqual([
    { source: { submission, row: 3 }, submission: { id: submission, counts: { sent: 3 } } },
  ]);
  expect(rows[0].person.idNumber.masked).toContain('***********');
});

test('the rows of a push lead there at once; those of a dry run nowhere', async () => {
  const query = `mutation ($input: PushHardshipInput!) { pushHardship(input: $input) {
    id verdicts { edges { node { outcome person(purpose: LIST_VERIFICATION) { name } } } } } }`;
  const push = async (input: object): Promise<any> => {
    const { body } = await hub.ask(CIVIL, { query, variables: { input } });
    expect(body.errors).toBeUndefined();
    return body.data.pushHardship.verdicts.edges.map(({ node }: any) => node);
  };
  const rows = [listed(0, '张三')];
  expect(await push({ idempotencyKey: 'again', rows })).toEqual([{ outcome: 'UNCHANGED', person: { name: '张*' } }]);
  expect(await push({ idempotencyKey: 'dry', dryRun: true, rows: [listed(5, '王五')] })).toEqual([
    { outcome: 'ACCEPTED', person: null },
  ]);
});

describe('nobody is told of', () => {
  test('to another agency, whose submission it is not', async () => {
    const { rows } = await rowsOf(submission, 'name', INSURANCE, 'AUDIT');
    expect(rows).toBeUndefined();
  });

  test('for a purpose that the agency is not granted', async () => {
    const { rows, errors } = await rowsOf(submission, 'name', CIVIL, 'AUDIT');
    expect(errors).toBeUndefined();
    expect(rows.map(({ person }: any) => person)).toEqual([null, null, null]);
  });

  test('by a row that was taken back, to whom knows only its own people', async () => {
    const { id } = await hub.received(CIVIL, 'Hardship', [listed(7, '赵七')]);
    expect((await rowsOf(id, 'name')).rows).toMatchObject([{ person: { name: '赵*' } }]);
    const { body } = await hub.ask(CIVIL, {
      query: `mutation { withdrawSubmission(id: "${id}", reason: "报错了") { status } }`,
    });
    expect(body.errors).toBeUndefined();
    expect((await rowsOf(id, 'name')).rows).toMatchObject([{ outcome: 'ACCEPTED', person: null }]);
  });
});

test('the submission behind a claim is shown to its own agency only', async () => {
  const query = `{ person(idNumber: "${residentId(0, BORN)}", purpose: AUDIT) { claims { source { submission } submission { id } } } }`;
  const { body } = await hub.ask(INSURANCE, { query });
  expect(body.errors).toBeUndefined();
  expect(body.data.person.claims).toEqual([{ source: { submission }, submission: null }]);
});

test('takes as many statements for one row as for five hundred', async () => {
  const many = Array.from({ length: 500 }, (_, index) => listed(100 + index, '甲'));
  const large = await hub.received(CIVIL, 'Hardship', many);
  const small = await hub.received(CIVIL, 'Hardship', [listed(99, '甲')]);
  await hub.tokenOf(CIVIL);
  const counts: number[] = [];
  for (const id of [large.id, small.id]) {
    const query = `{ submission(id: "${id}") { verdicts(first: 500) { edges { node { person(purpose: LIST_VERIFICATION) {
      name hardshipListings { category } claims { submission { id } } } } } } } }`;
    const counted = countEveryStatement();
    const { body } = await hub.ask(CIVIL, { query });
    counts.push(counted.stop());
    expect(body.errors).toBeUndefined();
    for (const { node } of body.data.submission.verdicts.edges) expect(node.person.claims[0].submission.id).toBe(id);
  }
  expect(counts).toEqual([9, 9]);
});
