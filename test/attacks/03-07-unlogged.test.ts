import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { entriesOf, withoutLog } from '../support/audit.ts';
import { post } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { reviewingHub, type ReviewingHub, type Who } from '../support/reviewing-hub.ts';

// Section 3.7 of the security programme, line 110, for what people settle and correct: nothing of it is done, and nothing of it told,
// while nobody could put it down.

const INSURANCE = '130628:medical-insurance';
const CIVIL_AFFAIRS = '130628:civil-affairs';
const TAX = '130628:tax';
const LI = `${INSURANCE}/li.na`;
const WANG = `${INSURANCE}/wang.wei`;
const ZHAO = `${CIVIL_AFFAIRS}/zhao`;
/** Tables that a settlement or a correction could change. */
const TABLES = [
  ...['review_task', 'review_step', 'review_task_subject', 'correction_request', 'subject_settlement', 'settled_value'],
  ...['subject_link', 'subject_split', 'to_decide'],
];

let hub: ReviewingHub;
let pushes = 0;
beforeAll(async () => {
  hub = await reviewingHub();
  hub.setDay('2025-11-03');
});
afterAll(() => hub?.stop());

/** What a table holds, whatever the order. */
async function held(): Promise<readonly unknown[]> {
  return Promise.all(
    TABLES.map(async (table) => (await hub.database.pool.query(`select t::text from ${table} t order by 1`)).rows),
  );
}

const tokens = new Map<Who, Promise<string>>();
function tokenOf(who: Who): Promise<string> {
  const [client, operator] = who.split('/') as [string, string | undefined];
  const token =
    tokens.get(who) ??
    hub
      .privateKeyOf(client)
      .then((key) => obtainToken(client, hub.issuer, key, hub.url, operator))
      .then((granted) => granted.access_token);
  tokens.set(who, token);
  return token;
}

/** Something that somebody does or reads, as an operation of one field. */
interface Deed {
  readonly who: Who;
  readonly query: string;
  readonly variables?: object;
}

const ask = async ({ who, query, variables = {} }: Deed) =>
  post(`${hub.url}/graphql`, { query, variables }, await tokenOf(who));

/** While nobody can put it down it is refused and changes nothing; afterwards it is done, and put down. */
async function expectOnlyLogged(deed: Deed): Promise<any> {
  await tokenOf(deed.who);
  const before = await held();
  await withoutLog(hub.database.pool, async () => {
    const { status, headers, body } = await ask(deed);
    expect([status, body.data, body.errors?.map(({ extensions }) => extensions.code)]).toEqual([
      503,
      undefined,
      ['AUDIT_UNAVAILABLE'],
    ]);
    expect(headers.get('retry-after')).toBe('1');
  });
  expect(await held()).toEqual(before);
  let answer: any;
  const entries = await entriesOf(hub.databaseUrl, async () => {
    answer = (await ask(deed)).body;
  });
  expect(answer.errors).toBeUndefined();
  expect(entries.length).toBeGreaterThan(0);
  expect(new Set(entries.map(({ decision, client }) => `${decision} ${client}`))).toEqual(
    new Set([`GRANTED ${deed.who.split('/')[0]}`]),
  );
  return Object.values(answer.data)[0];
}

/** A task about two of one name and birthday, of whom one has paid, so that what is settled moves money. */
async function twins(): Promise<{
  readonly task: string;
  readonly subjects: readonly string[];
  readonly listed: string;
}> {
  const [one, other] = [residentId((pushes += 1)), residentId((pushes += 1))];
  await hub.received(INSURANCE, 'Registrations', [
    { name: '王芳', idNumber: one, policyYear: 2026, registeredOn: '2025-10-09' },
  ]);
  await hub.received(TAX, 'Payments', [
    { name: '王芳', idNumber: one, policyYear: 2026, amount: '400.00', paidOn: '2025-10-10', channel: 'ONLINE' },
  ]);
  const { id: listed } = await hub.received(CIVIL_AFFAIRS, 'Hardship', [
    { name: '王芳', idNumber: other, category: '低保对象', from: '2025-03-01' },
  ]);
  const subjects = [...(await hub.subjectsOf(one)), ...(await hub.subjectsOf(other))].toSorted();
  const matter = { kind: 'SAME_NAME_OTHER_NUMBER', about: `王芳|${one}`, subjects } as const;
  await hub.keepMatters(subjects, [matter], '2025-11-03');
  const tasks = await hub.asks(LI, '{ reviewTasks(state: OPEN) { edges { node { id } } } }');
  expect(tasks.edges).toHaveLength(1);
  return { task: tasks.edges[0].node.id, subjects, listed };
}

describe('110. while the log cannot be written', () => {
  it('110. nothing is settled, confirmed or undone', async () => {
    const { task, subjects } = await twins();
    const settle: Deed = {
      who: LI,
      query: `mutation ($settlement: SettlementInput!) { settleReview(id: "${task}", version: 1, settlement: $settlement, because: "档案") { state version } }`,
      variables: { settlement: { samePerson: { subjects } } },
    };
    const confirm = (who: Who, version: number): Deed => ({
      who,
      query: `mutation { confirmReview(id: "${task}", version: ${version}) { state version } }`,
    });
    const undo: Deed = {
      who: WANG,
      query: `mutation { undoSettlement(id: "${task}", version: 3, because: "认定有误") { state version } }`,
    };
    expect(await expectOnlyLogged(settle)).toEqual({ state: 'PROPOSED', version: 2 });
    expect(await expectOnlyLogged(confirm(WANG, 2))).toEqual({ state: 'SETTLED', version: 3 });
    expect(await expectOnlyLogged(undo)).toEqual({ state: 'PROPOSED', version: 4 });
    expect(await expectOnlyLogged(confirm(LI, 4))).toEqual({ state: 'OPEN', version: 5 });
    // Settled for good, so that the next test has one task of its own.
    await ask({
      ...settle,
      query: settle.query.replace('version: 1', 'version: 5'),
      variables: { settlement: { differentPeople: { subjects } } },
    });
  });

  it('110. nobody is asked to correct anything, and nobody’s answer is taken', async () => {
    const { task, listed } = await twins();
    const asked = await expectOnlyLogged({
      who: LI,
      query: 'mutation ($input: CorrectionRequestInput!) { requestCorrection(input: $input) { id state } }',
      variables: { input: { submission: listed, row: 1, about: 'name', reason: '与户口簿不一致' } },
    });
    expect(asked.state).toBe('OPEN');
    const ofOwner = {
      who: LI,
      query: `mutation ($settlement: SettlementInput!) { settleReview(id: "${task}", version: 1, settlement: $settlement, because: "请核实") { state } }`,
      variables: { settlement: { askOwner: { submission: listed, row: 1, about: 'idNumber' } } },
    };
    expect(await expectOnlyLogged(ofOwner)).toEqual({ state: 'ASKED' });
    const answered = await expectOnlyLogged({
      who: ZHAO,
      query: `mutation { answerCorrection(id: "${asked.id}", version: 1, answer: { state: REFUSED, answer: "无误" }) { state } }`,
    });
    expect(answered).toEqual({ state: 'REFUSED' });
  });

  it('110. no task, no request, no change and no look is told', async () => {
    const query = '{ reviewTasks { edges { node { id } } } }';
    const [{ node }] = (await expectOnlyLogged({ who: LI, query })).edges;
    const purpose = 'purpose: SUBSIDY_ADMINISTRATION';
    for (const read of [
      `{ reviewTask(id: "${node.id}") { sides { names { value } } } }`,
      '{ corrections(which: ALL) { edges { node { reason } } } }',
      `{ whoLooked(idNumber: "${residentId(1)}", ${purpose}, first: 10) { totalCount } }`,
    ]) {
      await expectOnlyLogged({ who: LI, query: read });
    }
  });
});
