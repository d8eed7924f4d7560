import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { layCards } from '../support/cards.ts';
import { follow } from '../support/events.ts';
import { post, testHub, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { REVIEW_STATEMENTS } from '../support/review-statements.ts';
import { signedAt } from '../support/signing-hub.ts';
import { countEveryStatement } from '../support/statements.ts';

const OPERATIONS = resolve(import.meta.dirname, '../../operations');
const BORN = '2026-01-01';
/** A day on which everybody here was alive. */
const LIVED_ON = '2026-02-01';

/**
 * The statements of each published operation, `begin` and `commit` among them. A new operation needs its line here. Whoever is shown is put
 * down by one statement; before anything is changed another tries whether it could be.
 */
const STATEMENTS: Readonly<Record<string, number>> = {
  ListCatalogue: 0,
  PolicyPack: 0,
  PersonBasics: 2,
  PersonRecord: 2,
  PersonDecision: 2,
  PeopleDecisions: 2,
  // The page and how many there are in all, then the persons.
  SearchPeople: 4,
  Household: 3,
  // The person; how many looks there are; the page of them; this one.
  WhoLooked: 4,
  // The submission; its verdicts; whose rows they are; the persons; the submissions behind what is said of them.
  RowPersons: 9,
  Submissions: 2,
  SubmissionVerdicts: 4,
  SubmissionReport: 1,
  // One a look.
  SubmissionProgress: 1,
  PopulationSummary: 1,
  DecisionChanges: 6,
  Emergencies: 1,
  RequestEmergency: 3,
  ApproveEmergency: 4,
  EndEmergency: 4,
  ReleaseSubmission: 7,
  RedriveSubmission: 7,
  WithdrawSubmission: 11,
  PushBirths: 19,
  PushDeaths: 16,
  PushDisability: 16,
  PushEnrolments: 16,
  PushHardship: 16,
  PushLifeEvents: 16,
  PushMigrantWorkers: 16,
  PushPayments: 16,
  PushRefundApplications: 16,
  PushRegistrations: 16,
  PushResidents: 16,
  PushStudents: 16,
};

/** Whose lists they are in Gaoyang; every other operation is asked by the insurance office. */
const OWNERS: Readonly<Record<string, string>> = {
  PushBirths: 'health',
  PushDeaths: 'civil-affairs',
  PushDisability: 'disabled-federation',
  PushHardship: 'civil-affairs',
  PushLifeEvents: 'veterans',
  PushMigrantWorkers: 'town',
  PushPayments: 'tax',
  PushRefundApplications: 'tax',
  PushResidents: 'public-security',
  PushStudents: 'education',
};
const clientFor = (operation: string): string => `130628:${OWNERS[operation] ?? 'medical-insurance'}`;

const published = readdirSync(OPERATIONS)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => {
    const name = /^(?:query|mutation|subscription) (\w+)/m.exec(readFileSync(join(OPERATIONS, file), 'utf8'))![1]!;
    return { name, file: join(OPERATIONS, file.replace('.graphql', '.json')) };
  });
/** Each push is about persons of its own, all born on one day. */
const pushes = published
  .filter(({ name }) => name.startsWith('Push'))
  .map((push, index) => ({ ...push, bornOn: `2026-01-${10 + index}` }));

let hub: TestHub;
let submission: string;
const everybody = Array.from({ length: 1_000 }, (_, index) => residentId(index, BORN));

/** Changes what the hub has stored. */
async function changeStored(statement: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  await client.query(statement, [...values]);
  await client.end();
}

/** A submission as if its work stood so. */
const inState = (id: string, state: string): Promise<void> =>
  changeStored(`update submission set ${state} where id = $1`, [id]);

/** Of everybody: that the submission changed what is decided of them. */
const CHANGED_BY = `
with caused as (
  insert into change_cause (id, jurisdiction, pack, as_of, at, because, causes)
  select gen_random_uuid(), jurisdiction, 'gaoyang-2026', '2026-03-02', now(), 'LISTS', array[$1::uuid]
  from submission where id = $1
  returning id
)
insert into decision_change (id, jurisdiction, person_id, cause, before, after)
select gen_random_uuid(), l.jurisdiction, l.person_id, c.id, null, null
from subject_link l, caused c where l.submission = $1 and l.until is null`;

/** Asks as published, and counts. The token is there before, so that only the operation's own statements are. */
async function statementsOf(name: string, variables: object): Promise<{ statements: number; data: any }> {
  await hub.tokenOf(clientFor(name));
  const counted = countEveryStatement();
  const { body } = await hub.ask(clientFor(name), { documentId: name, variables });
  const statements = counted.stop();
  expect(body.errors).toBeUndefined();
  return { statements, data: body.data };
}

/**
 * A push of the operation's example row about each of these persons, who were born on the day: days that the example states of
 * somebody older are moved to a day on which they lived.
 */
function pushOf(file: string, persons: readonly string[], idempotencyKey: string, bornOn: string): object {
  const { input } = JSON.parse(readFileSync(file, 'utf8')) as { input: { rows: [Record<string, unknown>] } };
  const rows = persons.map((idNumber) => {
    const own: Readonly<Record<string, unknown>> = {
      idNumber,
      bornOn,
      certificateNumber: `Z${idNumber.slice(8, 17)}`,
      receiptNumber: `R-${idNumber}`,
    };
    const cells = Object.entries(input.rows[0]).map(([name, value]) => {
      const isDay = /^\d{4}-\d\d-\d\d$/.test(String(value));
      return [name, own[name] ?? (isDay ? LIVED_ON : value)];
    });
    return Object.fromEntries(cells) as Record<string, unknown>;
  });
  return { input: { ...input, idempotencyKey, rows } };
}

beforeAll(async () => {
  // The statements of jobs are not those of the operations.
  hub = await testHub({ clock: { now: () => new Date('2026-03-02T02:00:00Z') }, work: 'elsewhere' });
  const push = published.find(({ name }) => name === 'PushRegistrations')!;
  const { body } = await hub.ask(clientFor(push.name), {
    documentId: push.name,
    variables: pushOf(push.file, everybody, 'everybody', BORN),
  });
  submission = body.data.pushRegistrations.id;
  const { body: found } = await hub.ask(clientFor(''), {
    query: 'query ($idNumbers: [String!]!) { people(idNumbers: $idNumbers, purpose: AUDIT) { id name birthDate } }',
    variables: { idNumbers: everybody },
  });
  const cards = found.data.people.map(({ id, ...card }: { id: string }) => ({
    person: id,
    ...card,
    householdNumber: 'H',
  }));
  await layCards(hub.databaseUrl, cards);
});
afterAll(() => hub?.stop());

describe('statements of a published operation', () => {
  it('are laid down for each', () => {
    const laidDown = Object.keys({ ...STATEMENTS, ...REVIEW_STATEMENTS });
    expect(published.map(({ name }) => name).toSorted()).toEqual(laidDown.toSorted());
  });

  it.each(pushes)('$name: the same for 1 and 100 rows about persons never heard of', async ({ name, file, bornOn }) => {
    const persons = Array.from({ length: 101 }, (_, index) => residentId(index, bornOn));
    for (const some of [persons.slice(0, 1), persons.slice(1)]) {
      const { statements, data } = await statementsOf(name, pushOf(file, some, `${name}-${some.length}`, bornOn));
      expect(Object.values<any>(data)[0].counts).toMatchObject({ sent: some.length, rejected: 0, unchanged: 0 });
      expect(statements).toBe(STATEMENTS[name]);
    }
  });

  it('a signed push takes one more: the key by which it is signed', async () => {
    const { name, file } = pushes.find((one) => one.name === 'PushHardship')!;
    const client = clientFor(name);
    const variables = pushOf(file, [residentId(0, '2026-02-27')], 'signed', '2026-02-27') as { readonly input: any };
    const { idempotencyKey, rows, ...labels } = variables.input;
    const push = { client, list: 'hardship', idempotencyKey, rows, labels };
    const signature = signedAt('graph', push, await hub.privateKeyOf(client));
    const { statements } = await statementsOf(name, { input: { ...variables.input, signature } });
    expect(statements).toBe(STATEMENTS[name]! + 1);
  });

  it.each([
    ...['ListCatalogue', 'PolicyPack', 'PopulationSummary'],
    ...['Submissions', 'SubmissionReport', 'SubmissionVerdicts'],
  ])('%s', async (name) => {
    const variables = {
      PopulationSummary: { policyYear: 2026 },
      SubmissionReport: { id: submission },
      PolicyPack: { jurisdiction: '130628', policyYear: 2026 },
      SubmissionVerdicts: { id: submission },
    }[name];
    expect(await statementsOf(name, variables ?? {})).toMatchObject({ statements: STATEMENTS[name] });
  });

  it.each([
    ['WithdrawSubmission', "status = 'RECEIVED'"],
    ['ReleaseSubmission', "status = 'NEEDS_RELEASE', taken_in_at = null"],
    ['RedriveSubmission', "status = 'FAILED', taken_in_at = null"],
  ])('%s: the same for a push of 1 and of 100 rows', async (name, state) => {
    const push = published.find((one) => one.name === 'PushResidents')!;
    const client = clientFor(push.name);
    const key = await hub.privateKeyOf(client);
    const { access_token: token } = await obtainToken(client, hub.issuer, key, hub.url, 'li.na');
    const persons = Array.from({ length: 101 }, (_, index) => residentId(index, '2026-01-05'));
    for (const some of [persons.slice(0, 1), persons.slice(1)]) {
      const variables = pushOf(push.file, some, `${name}-${some.length}`, '2026-01-05');
      const pushed = await hub.ask(client, { documentId: push.name, variables });
      const { id } = pushed.body.data.pushResidents;
      await inState(id, state);
      const counted = countEveryStatement();
      const { body } = await post(
        `${hub.url}/graphql`,
        { documentId: name, variables: { id, reason: '报错了' } },
        token,
      );
      expect(counted.stop()).toBe(STATEMENTS[name]);
      expect(body.errors).toBeUndefined();
      await inState(id, "status = 'WITHDRAWN'");
    }
  });

  it('SubmissionProgress', async () => {
    await inState(submission, 'decided_at = now()');
    const token = await hub.tokenOf(clientFor(''));
    const counted = countEveryStatement();
    const events = await follow(hub.url, { documentId: 'SubmissionProgress', variables: { id: submission } }, token);
    expect(await events.rest()).toHaveLength(2);
    expect(counted.stop()).toBe(STATEMENTS['SubmissionProgress']);
  });

  it.each(['PersonRecord', 'PersonDecision'])('%s', async (name) => {
    const variables = { idNumber: everybody[0], purpose: 'BENEFIT_ADMINISTRATION', policyYear: 2026 };
    const { statements, data } = await statementsOf(name, variables);
    expect(data.person.claims).toHaveLength(1);
    expect(statements).toBe(STATEMENTS[name]);
  });

  it.each([undefined, '2026-03-02T02:00:00Z'])(
    'PeopleDecisions: the same for 1 and 1,000 people, known at %s',
    async (knownAt) => {
      const common = { purpose: 'BENEFIT_ADMINISTRATION', policyYear: 2026, knownAt };
      for (const idNumbers of [everybody.slice(0, 1), everybody]) {
        const { statements, data } = await statementsOf('PeopleDecisions', { ...common, idNumbers });
        expect(data.people.filter(Boolean)).toHaveLength(idNumbers.length);
        expect(statements).toBe(STATEMENTS['PeopleDecisions']);
      }
    },
  );

  it('WhoLooked', async () => {
    const variables = { idNumber: everybody[0], purpose: 'AUDIT' };
    expect(await statementsOf('WhoLooked', variables)).toMatchObject({ statements: STATEMENTS['WhoLooked'] });
  });

  it('Emergencies: asked for, approved and ended', async () => {
    const client = '130628:public-security';
    const key = await hub.privateKeyOf(client);
    const tokenOf = async (operator: string): Promise<string> =>
      (await obtainToken(client, hub.issuer, key, hub.url, operator)).access_token;
    const [asker, second] = [await tokenOf('li.na'), await tokenOf('wang.wei')];
    const counted = async (name: string, variables: object, token: string): Promise<any> => {
      const counter = countEveryStatement();
      const { body } = await post(`${hub.url}/graphql`, { documentId: name, variables }, token);
      expect([name, counter.stop(), body.errors]).toEqual([name, STATEMENTS[name], undefined]);
      return Object.values<any>(body.data)[0];
    };
    const input = { because: '抢险', numbers: 1, minutes: 1 };
    const { id } = await counted('RequestEmergency', { input }, asker);
    await counted('ApproveEmergency', { id }, second);
    await counted('Emergencies', {}, second);
    await counted('EndEmergency', { id }, second);
  });

  it('Household', async () => {
    const variables = { number: '130628000123', purpose: 'AUDIT', policyYear: 2026 };
    expect(await statementsOf('Household', variables)).toMatchObject({ statements: STATEMENTS['Household'] });
  });
});

/** Each of the four shapes in which people are needed: the operation, what is asked at least and at most, and the people in the answer. */
const SHAPES: readonly (readonly [
  shape: string,
  name: string,
  least: object,
  most: object,
  found: number,
  people: (data: any) => readonly any[],
])[] = [
  ['by document', 'PersonRecord', { idNumber: everybody[0] }, { idNumber: everybody[1] }, 1, ({ person }) => [person]],
  [
    'by up to 1,000 documents',
    'PeopleDecisions',
    { idNumbers: everybody.slice(0, 1), policyYear: 2026 },
    { idNumbers: everybody, policyYear: 2026 },
    1_000,
    ({ people }) => people,
  ],
  [
    'by a search',
    'SearchPeople',
    { by: { birthDate: BORN }, first: 1 },
    { by: { birthDate: BORN }, first: 200 },
    200,
    ({ searchPeople }) => searchPeople.edges.map(({ node }: any) => node),
  ],
  [
    'from the rows of a submission and back',
    'RowPersons',
    { first: 1 },
    { first: 1_000 },
    1_000,
    ({ submission: { verdicts } }) => verdicts.edges.map(({ node }: any) => node.person),
  ],
];

describe('the four shapes in which people are needed', () => {
  it.each(SHAPES)('%s (%s): the same for one and for many', async (_shape, name, least, most, found, people) => {
    for (const [variables, expected] of [
      [least, 1],
      [most, found],
    ] as const) {
      const { statements, data } = await statementsOf(name, {
        ...variables,
        purpose: 'LIST_VERIFICATION',
        id: submission,
      });
      expect(people(data).filter(Boolean)).toHaveLength(expected);
      expect(statements).toBe(STATEMENTS[name]);
    }
  });
});

it('DecisionChanges: the same for 1 and for 1,000 changes', async () => {
  await changeStored(CHANGED_BY, [submission]);
  for (const first of [1, 1_000]) {
    const variables = { purpose: 'AUDIT', since: '1970-01-01T00:00:00Z', first };
    const { statements, data } = await statementsOf('DecisionChanges', variables);
    const changes = data.changes.edges.map(({ node }: any) => node);
    expect(changes).toHaveLength(first);
    for (const { person, claims } of changes) expect([person === null, claims.length]).toEqual([false, 1]);
    expect(statements).toBe(STATEMENTS['DecisionChanges']);
  }
});

it('takes one statement more for any number of decisions about another instant', async () => {
  const query = `query($idNumbers: [String!]!) {
    people(idNumbers: $idNumbers, purpose: BENEFIT_ADMINISTRATION) {
      now: benefit(policyYear: 2026) { outcome }
      before: benefit(policyYear: 2026, knownAt: "2026-03-02T01:00:00Z") { knownAt }
    }
  }`;
  // Twice the decisions are twice the cost: as many people as one question may ask so much of.
  for (const idNumbers of [everybody.slice(0, 1), everybody.slice(0, 100)]) {
    const counted = countEveryStatement();
    const { body } = await hub.ask(clientFor(''), { query, variables: { idNumbers } });
    const statements = counted.stop();
    expect(body.errors).toBeUndefined();
    expect(statements).toBe(3);
    expect(body.data.people).toHaveLength(idNumbers.length);
    for (const person of body.data.people) expect(person.before.knownAt).toBe('2026-03-02T01:00:00.000Z');
  }
});
