import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHub, startSubgraph, type RunningHub, type RunningSubgraph } from '../../src/main.ts';
import { attackGround, goodClaims, knock, signed, type AttackGround } from '../support/attack-ground.ts';
import { entriesOf, expectDenied } from '../support/audit.ts';
import { attack } from '../support/edge.ts';
import { residentId } from '../support/id-numbers.ts';

// Section 3.7 of the security programme, line 112: a way past the usual grants, for two persons, an hour at most.

const POLICE = '130628:public-security';
const INSURANCE = '130628:medical-insurance';
const CIVIL_AFFAIRS = '130628:civil-affairs';
const ASKER = 'li.na';
const SECOND = 'wang.wei';
const WHY = '山洪受困人员核实身份';
const PEOPLE = Array.from({ length: 6 }, (_, index) => residentId(index, '1980-01-01'));
const NOBODY = residentId(99, '1980-01-01');

let ground: AttackGround;
let hub: RunningHub;
let other: RunningHub;
let apart: RunningHub;
const running: RunningSubgraph[] = [];

beforeAll(async () => {
  ground = await attackGround();
  hub = ground.hub;
  other = await startHub({ config: ground.config(ground.trusting), work: 'elsewhere' });
  const addresses: string[] = [];
  for (const name of ['registry', 'insurance', 'hardship']) {
    const subgraph = await startSubgraph(name, { config: ground.config() });
    running.push(subgraph);
    addresses.push(`${name}=${subgraph.url}`);
  }
  const more = { ...ground.trusting, SUBGRAPHS: addresses.join(',') };
  apart = await startHub({ config: ground.config(more), work: 'elsewhere' });
  const rows = PEOPLE.map((idNumber, index) => ({
    idNumber,
    name: `赵${index}`,
    category: '特困人员',
    from: '2025-01-01',
  }));
  const pushed = await ask(CIVIL_AFFAIRS, 'zhao.min', {
    query:
      'mutation ($rows: [HardshipRow!]!) { pushHardship(input: { idempotencyKey: "h", rows: $rows }) { counts { rejected } } }',
    variables: { rows },
  });
  expect(pushed.data.pushHardship.counts.rejected).toBe(0);
}, 240_000);
afterAll(async () => {
  await apart?.stop();
  await other?.stop();
  for (const one of running) await one.stop();
  await ground?.stop();
});
// Nothing of one test holds in the next.
beforeEach(() => ground.database.query('delete from emergency'));

/** Lets time go by for every emergency: they go by the database's clock, which nobody can set here. */
const letGoBy = (minutes: number): Promise<unknown> =>
  ground.database.query(
    `update emergency set asked_at = asked_at - make_interval(mins => $1), approved_at = approved_at - make_interval(mins => $1),
       until = until - make_interval(mins => $1)`,
    [minutes],
  );

const SCOPES = 'person:read person:emergency person:search audit:read benefit:read list:hardship:push';

async function ask(client: string, operator: string | null, body: object, url = hub.url): Promise<any> {
  const claims = {
    ...goodClaims(ground),
    sub: client,
    agency: client.split(':')[1],
    scope: SCOPES,
    ...(operator && { operator }),
  };
  const { text, status } = await attack(url, { token: await signed(ground, claims), body });
  return { ...JSON.parse(text), status };
}

const FIELDS = 'id state because numbers used minutes askedBy approvedBy until endedBy';
const request = (input: object = {}, operator: string | null = ASKER, client = POLICE) =>
  ask(client, operator, {
    query: `mutation ($input: EmergencyInput!) { requestEmergency(input: $input) { ${FIELDS} } }`,
    variables: { input: { because: WHY, numbers: 3, minutes: 30, ...input } },
  });
const decide = (did: 'approve' | 'end', id: string, operator: string | null, client = POLICE, url = hub.url) =>
  ask(
    client,
    operator,
    { query: `mutation ($id: ID!) { done: ${did}Emergency(id: $id) { ${FIELDS} } }`, variables: { id } },
    url,
  );
const look = (idNumbers: readonly string[], operator: string | null = ASKER, url = hub.url, fields = 'id') =>
  ask(
    POLICE,
    operator,
    {
      query: `query ($idNumbers: [String!]!) { people(idNumbers: $idNumbers, purpose: EMERGENCY) { ${fields} } }`,
      variables: { idNumbers },
    },
    url,
  );
const codeOf = ({ errors }: any): string | undefined => errors?.[0]?.extensions.code;

/** An emergency that two persons have opened. */
async function opened(input: object = {}): Promise<string> {
  const asked = await request(input);
  const { id } = asked.data.requestEmergency;
  expect((await decide('approve', id, SECOND)).data.done.state).toBe('OPEN');
  return id;
}

describe('an emergency', () => {
  it('112. takes two persons: nobody looks before the second has approved, and who asked cannot be the second', async () => {
    const asked = await request();
    expect(asked.data.requestEmergency).toMatchObject({
      state: 'ASKED',
      because: WHY,
      askedBy: ASKER,
      approvedBy: null,
      until: null,
    });
    const { id } = asked.data.requestEmergency;
    expect(await look([PEOPLE[0]!])).toMatchObject({ status: 403 });
    for (const who of [ASKER, null]) {
      await expectDenied(ground.databaseUrl, { reason: 'FORBIDDEN', client: POLICE }, async () =>
        expect(codeOf(await decide('approve', id, who))).toBe('FORBIDDEN'),
      );
    }
    // An office without the grant is not told whether there is one.
    expect(codeOf(await decide('approve', id, SECOND, INSURANCE))).toBe('FORBIDDEN');
    expect(codeOf(await decide('approve', '00000000-0000-7000-8000-000000000000', SECOND))).toBe('NOT_FOUND');

    expect((await decide('approve', id, SECOND, POLICE, other.url)).data.done).toMatchObject({
      state: 'OPEN',
      approvedBy: SECOND,
    });
    expect(codeOf(await decide('approve', id, 'zhou.tao'))).toBe('WRONG_STATE');
    // The police have said nothing of anybody; now the asker sees who it is, masked, and the second person still does not.
    const seen = await look(
      [PEOPLE[0]!],
      ASKER,
      hub.url,
      'name idNumber { masked revealed } hardshipListings { category }',
    );
    expect(seen.data.people[0]).toMatchObject({ name: '赵*', hardshipListings: [{ category: 'EXTREME_POVERTY' }] });
    expect(seen.data.people[0].idNumber.revealed).toBeNull();
    expect(await look([PEOPLE[0]!], SECOND)).toMatchObject({ status: 403 });
    expect(await look([PEOPLE[0]!], null)).toMatchObject({ status: 403 });
  });

  it('112. takes a reason, an hour at most and twenty numbers at most', async () => {
    for (const input of [
      { because: ' ' },
      { because: '长'.repeat(201) },
      { minutes: 61 },
      { minutes: 0 },
      { numbers: 21 },
      { numbers: 0 },
    ]) {
      expect([input, codeOf(await request(input))]).toEqual([input, 'BAD_USER_INPUT']);
    }
    expect(codeOf(await request({}, null))).toBe('FORBIDDEN');
    expect(codeOf(await request({}, ASKER, CIVIL_AFFAIRS))).toBe('FORBIDDEN');
    // What no flow lets through the table refuses too.
    for (const [numbers, minutes, by, holds] of [
      [1, 61, 'b', 60],
      [21, 60, 'b', 60],
      [1, 60, 'a', 60],
      [1, 60, 'b', 61],
    ]) {
      const insert = ground.database.query(
        `insert into emergency (id, jurisdiction, agency, because, numbers, minutes, asked_by, approved_by, approved_at, until)
         values (gen_random_uuid(), '130628', 'public-security', 'x', $1, $2, 'a', $3, now(), now() + make_interval(mins => $4))`,
        [numbers, minutes, by, holds],
      );
      await expect(insert).rejects.toThrow(/check constraint/);
    }
  });

  it('112. used up: 403, whether numbers were of somebody or of nobody, one by one or at once, here or there', async () => {
    const id = await opened({ numbers: 3 });
    expect((await look([PEOPLE[0]!])).data.people[0].id).toBeTypeOf('string');
    expect((await look([NOBODY], ASKER, other.url)).data.people).toEqual([null]);
    // Two at once are one too many, and none of them is used.
    expect(await look([PEOPLE[1]!, PEOPLE[2]!])).toMatchObject({ status: 403, data: null });
    const atOnce = await Promise.all(
      PEOPLE.slice(1, 5).map((one, index) => look([one], ASKER, index % 2 ? hub.url : other.url)),
    );
    expect(atOnce.map(({ status }) => status).toSorted()).toEqual([200, 403, 403, 403]);
    await expectDenied(ground.databaseUrl, { reason: 'FORBIDDEN', client: POLICE }, async () => {
      expect(await look([PEOPLE[5]!])).toMatchObject({ status: 403 });
    });
    const told = await ask(POLICE, SECOND, { query: `{ emergencies { ${FIELDS} } }` });
    expect(told.data.emergencies[0]).toMatchObject({ id, state: 'USED_UP', used: 3, numbers: 3 });
  });

  it('112. over, ended, or never approved in time: 403', async () => {
    const over = await opened({ minutes: 30 });
    await letGoBy(29);
    expect((await look([PEOPLE[0]!])).status).toBe(200);
    await letGoBy(1);
    expect(await look([PEOPLE[0]!])).toMatchObject({ status: 403 });
    expect(codeOf(await decide('end', over, SECOND))).toBe('WRONG_STATE');

    const ended = await opened();
    expect((await decide('end', ended, SECOND)).data.done).toMatchObject({ state: 'ENDED', endedBy: SECOND });
    expect(await look([PEOPLE[0]!])).toMatchObject({ status: 403 });
    expect(codeOf(await decide('end', ended, SECOND))).toBe('WRONG_STATE');

    const { id } = (await request()).data.requestEmergency;
    await letGoBy(60);
    expect(codeOf(await decide('approve', id, SECOND))).toBe('WRONG_STATE');
    const told = await ask(POLICE, SECOND, { query: '{ emergencies { state } }' });
    expect(told.data.emergencies).toEqual([{ state: 'LAPSED' }, { state: 'ENDED' }, { state: 'EXPIRED' }]);
  });

  it('112. goes by the clock of the database, whatever that of a process says', async () => {
    const late = await startHub({
      config: ground.config(ground.trusting),
      work: 'elsewhere',
      clock: { now: () => new Date(Date.now() - 24 * 3_600_000) },
    });
    try {
      await opened({ minutes: 30 });
      expect((await look([PEOPLE[0]!], ASKER, late.url)).status).toBe(200);
      await letGoBy(30);
      expect((await look([PEOPLE[0]!], ASKER, late.url)).status).toBe(403);
    } finally {
      await late.stop();
    }
  });

  it('112. opens persons by number alone: no search, no household, no decision, no record of looks', async () => {
    await opened();
    expect((await look([PEOPLE[0]!])).status).toBe(200);
    const others: readonly [why: string, query: string][] = [
      ['searching', '{ searchPeople(by: { name: "赵" }, purpose: EMERGENCY) { totalCount } }'],
      ['a household', '{ household(number: "H1", purpose: EMERGENCY, policyYear: 2026) { number } }'],
      ['who looked', `{ whoLooked(idNumber: "${PEOPLE[0]}", purpose: EMERGENCY) { totalCount } }`],
      [
        'a decision',
        `{ person(idNumber: "${PEOPLE[0]}", purpose: EMERGENCY) { benefit(policyYear: 2026) { outcome } } }`,
      ],
      ['the usual purpose', `{ person(idNumber: "${PEOPLE[0]}", purpose: AUDIT) { id } }`],
    ];
    for (const [why, query] of others) {
      expect([why, codeOf(await ask(POLICE, ASKER, { query }))]).toEqual([why, 'FORBIDDEN']);
    }
    // And none of it to an office without the grant, whatever its token says.
    const query = `{ person(idNumber: "${PEOPLE[0]}", purpose: EMERGENCY) { id } }`;
    expect(await ask(CIVIL_AFFAIRS, ASKER, { query })).toMatchObject({ status: 403 });
  });

  it('112. through subgraphs of their own: the same numbers are used once, and only who was looked up is told of', async () => {
    const id = await opened({ numbers: 1 });
    const seen = await look(
      [PEOPLE[0]!],
      ASKER,
      apart.url,
      'id name hardshipListings { category } enrolments { scheme }',
    );
    expect(seen.errors).toBeUndefined();
    expect(seen.data.people[0]).toMatchObject({ hardshipListings: [{ category: 'EXTREME_POVERTY' }], enrolments: [] });
    const told = await ask(POLICE, ASKER, { query: '{ emergencies { id used } }' });
    expect(told.data.emergencies[0]).toEqual({ id, used: 1 });
    const { rows } = await ground.database.query('select opened from emergency where id = $1', [id]);
    expect(rows).toEqual([{ opened: [seen.data.people[0].id] }]);

    // Straight at a subgraph in the gateway's name: somebody else's id, and her own once it is over.
    const somebody = await ask(INSURANCE, null, {
      query: `{ person(idNumber: "${PEOPLE[1]}", purpose: AUDIT) { id } }`,
    });
    const straight = async (person: string) => {
      const door = ground.subgraph;
      const claims = { ...goodClaims(door), sub: POLICE, agency: 'public-security', scope: SCOPES, operator: ASKER };
      const query = `{ _entities(representations: [{ __typename: "Person", asKnown: "${person}~EMERGENCY" }]) { ... on Person { hardshipListings { category } } } }`;
      const headers = [`authorization: Bearer ${await signed(door, claims)}`];
      const { body } = await knock(door.url, headers, JSON.stringify({ query }));
      return JSON.parse(/\{.*\}/s.exec(body)![0]);
    };
    const [own, others] = [seen.data.people[0].id, somebody.data.person.id];
    expect((await straight(own)).data._entities).toEqual([{ hardshipListings: [{ category: 'EXTREME_POVERTY' }] }]);
    expect((await straight(others)).data._entities).toEqual([null]);
    await letGoBy(30);
    await expectDenied(ground.databaseUrl, { reason: 'FORBIDDEN', client: POLICE }, async () => {
      expect(codeOf(await straight(own))).toBe('FORBIDDEN');
    });
  });

  it('112. each step and each person is put down, on a ground of its own, and the person is told', async () => {
    let id = '';
    const left = await entriesOf(ground.databaseUrl, async () => {
      id = await opened({ because: `${WHY} ${PEOPLE[0]}`, numbers: 5 });
      await look([PEOPLE[3]!, PEOPLE[4]!, NOBODY]);
      await decide('end', id, SECOND);
      await look([PEOPLE[5]!]);
    });
    const step = { purpose: 'EMERGENCY', emergency: id, scopes: ['person:emergency'], revealBecause: `${WHY} …` };
    const used = { act: 'findPeople', operator: ASKER, purpose: 'EMERGENCY', decision: 'GRANTED' };
    expect(left).toMatchObject([
      { act: 'requestEmergency', operator: ASKER, count: 5, ...step },
      { act: 'approveEmergency', operator: SECOND, count: 5, ...step },
      { ...used, kinds: ['RECORD', 'CLAIMS'], scopes: ['person:read', 'person:emergency'] },
      { ...used, kinds: ['RECORD', 'CLAIMS'], scopes: ['person:read', 'person:emergency'] },
      { ...used, count: 1 },
      { act: 'endEmergency', operator: SECOND, count: 3, ...step },
      { act: 'findPeople', operator: ASKER, purpose: 'EMERGENCY', decision: 'DENIED', reason: 'FORBIDDEN' },
    ]);
    expect(new Set(left.slice(2, 4).map(({ person }) => person)).size).toBe(2);
    expect(JSON.stringify(left)).not.toContain(PEOPLE[0]);
    // Two that are asked for at once are two.
    const two = `mutation ($one: EmergencyInput!, $other: EmergencyInput!) { one: requestEmergency(input: $one) { id } other: requestEmergency(input: $other) { id } }`;
    const variables = {
      one: { because: '一', numbers: 1, minutes: 1 },
      other: { because: '二', numbers: 1, minutes: 1 },
    };
    const both = await entriesOf(ground.databaseUrl, () => ask(POLICE, ASKER, { query: two, variables }));
    expect(both.map(({ revealBecause }) => revealBecause)).toEqual(['一', '二']);

    const { data } = await ask(INSURANCE, null, {
      query: `{ whoLooked(idNumber: "${PEOPLE[3]}", purpose: LIST_VERIFICATION, first: 1) { edges { node { agency purpose purposeName scopes } } } }`,
    });
    expect(data.whoLooked.edges).toEqual([
      {
        node: {
          agency: 'PUBLIC_SECURITY',
          purpose: 'EMERGENCY',
          purposeName: '应急查询',
          scopes: ['person:read', 'person:emergency'],
        },
      },
    ]);
  });
});
