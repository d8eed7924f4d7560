import { startHub, startSubgraph, type RunningHub, type RunningSubgraph } from '../../src/main.ts';
import { loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  attackGround,
  expectNoLeak,
  goodClaims,
  signed,
  type AttackGround,
  type Door,
} from '../support/attack-ground.ts';
import { entriesOf, expectDenied } from '../support/audit.ts';
import { attack, type EdgeAnswer } from '../support/edge.ts';
import { residentId } from '../support/id-numbers.ts';
import { countEveryStatement } from '../support/statements.ts';

// Section 3.6 of the security programme, line 94: how many people one may be told of, and how often one may guess.

const years = new Map(readPacks('packs').map(({ id, policyYear }) => [id, policyYear]));
const files = loadJurisdictions('jurisdictions', (id) => years.get(id)).all();
/** Days of an office of thirty people, so that a test can spend them; its one member may be told of twelve. */
const BUDGET = { personsADay: 30, personsADayOfOne: 12, missesAMinute: 20, missesAMinuteOfAll: 50 };
const jurisdictions = files.map((place) => {
  const tax = place.agencies.tax!;
  return place.id === '130628'
    ? { ...place, agencies: { ...place.agencies, tax: { ...tax, reads: { ...tax.reads!, budget: BUDGET } } } }
    : place;
});

const TAX = '130628:tax';
const KNOWN = Array.from({ length: 12 }, (_, index) => residentId(index, '1980-01-01'));
/** The whole space of one county and birthday. */
const GUESSES = Array.from({ length: 1_000 }, (_, index) => residentId(index, '1990-03-07'));
const DAY = 24 * 60 * 60_000;

let now = new Date('2026-03-02T02:00:00Z');
let ground: AttackGround;
let other: RunningHub;
let apart: RunningHub;
const running: RunningSubgraph[] = [];

beforeAll(async () => {
  const options = { clock: { now: () => now }, jurisdictions };
  ground = await attackGround(options);
  const config = ground.config(ground.trusting);
  other = await startHub({ ...options, config, work: 'elsewhere' });
  const registry = await startSubgraph('registry', { ...options, config: ground.config() });
  running.push(registry);
  apart = await startHub({
    ...options,
    config: ground.config({ ...ground.trusting, SUBGRAPHS: `registry=${registry.url}` }),
    work: 'elsewhere',
  });
  const rows = KNOWN.map((idNumber, index) => ({
    idNumber,
    name: `赵${index}`,
    policyYear: 2026,
    registeredOn: '2026-01-01',
  }));
  const { text } = await ask('medical-insurance', {
    query:
      'mutation ($rows: [RegistrationRow!]!) { pushRegistrations(input: { idempotencyKey: "r-1", rows: $rows }) { counts { rejected } } }',
    variables: { rows },
  });
  expect(JSON.parse(text)).toMatchObject({ data: { pushRegistrations: { counts: { rejected: 0 } } } });
}, 120_000);
afterAll(async () => {
  await apart?.stop();
  await other?.stop();
  for (const one of running) await one.stop();
  await ground?.stop();
});
// Every test begins a day of its own.
beforeEach(() => {
  now = new Date(now.getTime() + DAY);
});

const SCOPES = 'person:read benefit:read submission:read list:registrations:push list:payments:push';

async function ask(
  agency: string,
  body: object,
  { url = ground.hub.url, operator }: { readonly url?: string; readonly operator?: string } = {},
): Promise<EdgeAnswer> {
  const claims = {
    ...goodClaims(ground),
    sub: `130628:${agency}`,
    agency,
    scope: SCOPES,
    ...(operator && { operator }),
  };
  return attack(url, { token: await signed(ground, claims), body });
}

const people = (idNumbers: readonly string[]) => ({
  query: 'query ($idNumbers: [String!]!) { people(idNumbers: $idNumbers, purpose: REFUND_HANDLING) { id } }',
  variables: { idNumbers },
});

/** Asked for each by an alias of its own. */
const byAlias = (idNumbers: readonly string[]) => ({
  query: `{ ${idNumbers.map((number, index) => `p${index}: person(idNumber: "${number}", purpose: REFUND_HANDLING) { id }`).join(' ')} }`,
});

const spent = ({ status, codes, headers }: EdgeAnswer) => [status, codes, Number(headers.get('retry-after'))];

/** Refused whole: nothing of it is answered, it says when to come back, and nothing of what was asked is repeated. */
function expectSpent(answer: EdgeAnswer, retryAfter: number): void {
  expect(spent(answer)).toEqual([429, ['BUDGET_SPENT'], retryAfter]);
  expect(Object.keys(JSON.parse(answer.text))).toEqual(['errors']);
  expect(answer.text).not.toMatch(/\d{17}[\dX]/);
  expectNoLeak('a spent budget', { status: answer.status, body: answer.text });
}

describe('how many people one may be told of', () => {
  it('94. a thousand numbers of one birthday, one by one: twenty misses a minute, then 429 and an alarm each', async () => {
    const alarm = { reason: 'BUDGET_SPENT', client: TAX };
    for (const number of GUESSES.slice(0, 20)) expect((await ask('tax', people([number]))).status).toBe(200);
    for (const number of GUESSES.slice(20, 40)) {
      const entry = await expectDenied(ground.databaseUrl, alarm, async () =>
        expectSpent(await ask('tax', people([number])), 60),
      );
      expect(entry).toMatchObject({ act: 'budget' });
    }
    // Somebody known is no guess, another office has guessed nothing yet, and after a minute it goes on.
    expect((await ask('tax', people([KNOWN[0]!]))).status).toBe(200);
    expect(
      (
        await ask('finance', {
          query: people([]).query.replace('REFUND_HANDLING', 'AUDIT'),
          variables: { idNumbers: GUESSES.slice(0, 20) },
        })
      ).status,
    ).toBe(200);
    now = new Date(now.getTime() + 60_000);
    expect((await ask('tax', people([GUESSES[20]!]))).status).toBe(200);
  });

  it.each([
    ['a list argument', people],
    ['aliases', byAlias],
  ])('94. beyond the misses of a minute by %s: refused whole, and who is known of it as well', async (_, asking) => {
    expect((await ask('tax', asking(GUESSES.slice(0, 15)))).status).toBe(200);
    const mixed = [KNOWN[0]!, ...GUESSES.slice(15, 21)];
    await expectDenied(ground.databaseUrl, { reason: 'BUDGET_SPENT' }, async () =>
      expectSpent(await ask('tax', asking(mixed)), 60),
    );
    // What was refused was not counted.
    expect((await ask('tax', asking(GUESSES.slice(15, 20)))).status).toBe(200);
  });

  it('94. in the names of ever other staff: the office as a whole has its misses too', async () => {
    for (const [index, operator] of ['a-1', 'a-2'].entries()) {
      const guesses = GUESSES.slice(index * 20, index * 20 + 20);
      expect((await ask('tax', people(guesses), { operator })).status).toBe(200);
    }
    expectSpent(await ask('tax', people(GUESSES.slice(40, 51)), { operator: 'a-3' }), 60);
    // What was refused was not counted, and somebody who is known is no guess.
    expect((await ask('tax', people(GUESSES.slice(40, 50)), { operator: 'a-4' })).status).toBe(200);
    expectSpent(await ask('tax', people(GUESSES.slice(50, 51)), { operator: 'a-5' }), 60);
    expect((await ask('tax', people([KNOWN[0]!]), { operator: 'a-5' })).status).toBe(200);
  });

  it('94. all thousand at once, by a list or one above what a minute allows: never answered', async () => {
    for (const guesses of [GUESSES, GUESSES.slice(0, 21)]) expectSpent(await ask('tax', people(guesses)), 60);
  });

  it('94. through several processes: they draw from one budget', async () => {
    expect((await ask('tax', people(GUESSES.slice(0, 12)))).status).toBe(200);
    expect((await ask('tax', people(GUESSES.slice(12, 20)), { url: other.url })).status).toBe(200);
    for (const url of [ground.hub.url, other.url])
      expectSpent(await ask('tax', people(GUESSES.slice(20, 21)), { url }), 60);
  });

  it('94. at once, in twos of processes: no more is told than the budget has', async () => {
    const answers = await Promise.all(
      GUESSES.slice(0, 60).map((number, index) =>
        ask('tax', people([number]), { url: index % 2 === 0 ? ground.hub.url : other.url }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40);
  });

  it('94. persons count, not requests: by list, by alias and one by one', async () => {
    expect((await ask('tax', people(KNOWN))).status).toBe(200);
    expect((await ask('tax', byAlias(KNOWN))).status).toBe(200);
    for (const number of KNOWN.slice(0, 6)) expect((await ask('tax', people([number, number]))).status).toBe(200);
    await expectDenied(ground.databaseUrl, { reason: 'BUDGET_SPENT' }, async () =>
      expectSpent(await ask('tax', people([KNOWN[0]!])), DAY / 1_000),
    );
    now = new Date(now.getTime() + DAY);
    expect((await ask('tax', people(KNOWN))).status).toBe(200);
  });

  it('94. one of the staff has a budget of their own within the office’s', async () => {
    expect((await ask('tax', people(KNOWN), { operator: 'li.na' })).status).toBe(200);
    expectSpent(await ask('tax', people([KNOWN[0]!]), { operator: 'li.na' }), DAY / 1_000);
    expect((await ask('tax', people(KNOWN), { operator: 'wang.wu' })).status).toBe(200);
    // Another name does not help beyond what the office has.
    expectSpent(await ask('tax', people(KNOWN), { operator: 'zhao.liu' }), DAY / 1_000);
  });

  it('94. through a gateway whose subgraph is a process of its own: 429, and one alarm', async () => {
    expect((await ask('tax', people(GUESSES.slice(0, 20)), { url: apart.url })).status).toBe(200);
    await expectDenied(ground.databaseUrl, { reason: 'BUDGET_SPENT', client: TAX }, async () =>
      expectSpent(await ask('tax', people(GUESSES.slice(20, 21)), { url: apart.url }), 60),
    );
  });

  it('94. by `_entities` at a subgraph of its own: the same budget', async () => {
    const { text } = await ask('finance', {
      query: people([]).query.replace('REFUND_HANDLING', 'AUDIT'),
      variables: { idNumbers: KNOWN },
    });
    const ids = (JSON.parse(text) as { data: { people: { id: string }[] } }).data.people.map(({ id }) => id);
    const door: Door = ground.doorOf('subgraph', new URL(running[0]!.url).origin, 'registry');
    const entities = async (): Promise<EdgeAnswer> => {
      const claims = { ...goodClaims(door), sub: TAX, agency: 'tax', scope: SCOPES };
      return attack(door.url, {
        token: await signed(door, claims),
        body: {
          query: 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Person { name } } }',
          variables: { of: ids.map((id) => ({ __typename: 'Person', id: `${id}~REFUND_HANDLING` })) },
        },
      });
    };
    for (const _ of [1, 2]) {
      const { status, text: told } = await entities();
      expect([status, told.match(/赵/g)?.length]).toEqual([200, KNOWN.length]);
    }
    await expectDenied(ground.databaseUrl, { reason: 'BUDGET_SPENT', client: TAX }, async () =>
      expectSpent(await entities(), DAY / 1_000),
    );
  });

  it('94. pushed and watched: whose rows they are counts like any other reading, and the push stays put down', async () => {
    const paid = (key: string) => ({
      query: `mutation ($rows: [PaymentRow!]!) { pushPayments(input: { idempotencyKey: "${key}", rows: $rows }) {
        counts { rejected } verdicts(first: 20) { edges { node { person(purpose: REFUND_HANDLING) { id } } } } } }`,
      variables: {
        rows: KNOWN.map((idNumber) => ({
          ...{
            idNumber,
            name: '赵一',
            policyYear: 2026,
            amount: '400.00',
            paidOn: '2026-03-01',
            channel: 'TAX_OFFICE',
          },
        })),
      },
    });
    for (const key of ['p-1', 'p-2'])
      expect((await ask('tax', paid(key))).text).toMatch(/"rejected":0.*"person":\{"id"/);
    const entries = await entriesOf(ground.databaseUrl, async () =>
      expectSpent(await ask('tax', paid('p-3')), DAY / 1_000),
    );
    expect(entries.map(({ act, decision, reason }) => [act, decision, reason])).toEqual([
      ['receiveList', 'GRANTED', undefined],
      ['budget', 'DENIED', 'BUDGET_SPENT'],
    ]);
  });
});

describe('what an answer gives away', () => {
  it('96. a number where another type belongs: the same words whatever it was', async () => {
    const query = 'query ($policyYear: Int!) { populationSummary(policyYear: $policyYear) { asOf } }';
    const texts = await Promise.all(
      [KNOWN[0]!, GUESSES[0]!, { $ne: KNOWN[0]! }, [KNOWN[0]!]].map(async (policyYear) => {
        const answer = await ask('finance', { query, variables: { policyYear } });
        expect([answer.status, answer.codes]).toEqual([400, ['BAD_USER_INPUT']]);
        return answer.text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toMatch(/\d{17}[\dX]/);
  });

  it('98. somebody absent and somebody of whom one may not know: status, bytes, headers and statements are alike', async () => {
    const looked = async (idNumber: string) => {
      // The gateway's and the subgraphs' own preparations are none of any request's.
      const count = countEveryStatement();
      const query = `{ person(idNumber: "${idNumber}", purpose: LIST_VERIFICATION) { id name claims { list } } }`;
      const { status, text, headers } = await ask('civil-affairs', { query });
      const named = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return { status, text, named, statements: count.stop() };
    };
    await looked(GUESSES[0]!);
    await looked(KNOWN[0]!);
    const absent = await looked(GUESSES[1]!);
    expect(absent).toMatchObject({ status: 200, text: '{"data":{"person":null}}' });
    expect(await looked(KNOWN[1]!)).toEqual(absent);
  });
});
