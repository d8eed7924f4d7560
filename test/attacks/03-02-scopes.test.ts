import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import type { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS_RULES, type AccessRule } from '../../src/domain/access/access-rules.ts';
import { scopesOf, type AgencyGrant, type Jurisdiction } from '../../src/domain/access/caller.ts';
import { LISTS, type Agency, type ListName } from '../../src/domain/intake/words.ts';
import { hubGraph, type HubGraph } from '../../src/gateway/hub-graph.ts';
import { loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import { ROOT_RULES, scopesOfRule, TYPE_RULES, type FieldRule, type ShownBy } from '../../src/subgraphs/field-rules.ts';
import {
  attackGround,
  expectNoLeak,
  expectRefused,
  goodClaims,
  knock,
  signed,
  type AttackGround,
  type Door,
  type Knocked,
} from '../support/attack-ground.ts';
import { entriesOf, expectDenied, expectOnlyCounted, type LeftEntry } from '../support/audit.ts';
import { residentId } from '../support/id-numbers.ts';
import { callOf } from '../support/root-field-calls.ts';

const years = new Map(readPacks('packs').map(({ id, policyYear }) => [id, policyYear]));
const place: Jurisdiction = loadJurisdictions('jurisdictions', (id) => years.get(id)).find('130628')!;
const grantOf = (agency: Agency): AgencyGrant => place.agencies[agency]!;
const EVERY_SCOPE = [...new Set(Object.values(place.agencies).flatMap(scopesOf))];

/** Of whom every list says something, each pushed by one of the offices that may; the office for rural affairs has said nothing of her. */
const SOMEBODY = residentId(1, '1990-03-07');
const NOBODY_ID = '00000000-0000-7000-8000-000000000000';
/** Thumbprint of the key by which every token here was obtained. */
const KEY = 'K'.repeat(43);

let ground: AttackGround;
let joined: HubGraph['joined'];
let person: string;
const submissions = new Map<ListName, string>();

beforeAll(async () => {
  ({ joined } = await hubGraph());
  ground = await attackGround({ clock: { now: () => new Date('2026-03-02T02:00:00Z') } });
  for (const list of Object.keys(LISTS) as ListName[]) submissions.set(list, await pushSomebody(list));
  const { body } = await ask('medical-insurance', `{ person(idNumber: "${SOMEBODY}", purpose: AUDIT) { id } }`);
  person = (body.data!['person'] as { id: string }).id;
}, 180_000);
afterAll(() => ground?.stop());

const mutationOf = (list: ListName): string =>
  `push${list.replaceAll(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase())}`;

/** One office that may push the list, by the jurisdiction's file. */
const ownerOf = (list: ListName): Agency =>
  (['public-security', 'medical-insurance', ...Object.keys(place.agencies)] as Agency[]).find(
    (agency) => grantOf(agency).pushes[list],
  )!;

async function pushSomebody(list: ListName): Promise<string> {
  const { input } = JSON.parse(readFileSync(`operations/push-${list}.json`, 'utf8')) as {
    readonly input: { readonly rows: readonly object[] };
  };
  const { certificateNumber: _certificate, ...row } = input.rows[0] as Record<string, unknown>;
  const rows = [{ ...row, name: '张小燕', idNumber: SOMEBODY, ...(list === 'births' ? { bornOn: '1990-03-07' } : {}) }];
  const mutation = mutationOf(list);
  const query = `mutation ($input: P${mutation.slice(1)}Input!) { pushed: ${mutation}(input: $input) { id counts { rejected } } }`;
  const { body } = await ask(ownerOf(list), query, { input: { idempotencyKey: `seed-${list}`, rows } });
  expect([list, body]).toMatchObject([list, { data: { pushed: { counts: { rejected: 0 } } } }]);
  return (body.data!['pushed'] as { id: string }).id;
}

interface Answered extends Knocked {
  readonly json: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: { readonly code: string } }[];
  };
}

/** Asks the gateway as an agency whose token carries its whole grant, or the scopes named. */
async function ask(
  agency: Agency,
  query: string,
  variables: object = {},
  {
    scopes = scopesOf(grantOf(agency)),
    headers = [] as string[],
  }: { scopes?: readonly string[]; headers?: string[] } = {},
): Promise<Omit<Answered, 'body'> & { readonly text: string; readonly body: Answered['json'] }> {
  const token = await tokenOf(agency, scopes);
  const sent = await knock(
    ground.hub.url,
    [
      `authorization: Bearer ${token}`,
      ...(query.startsWith('subscription') ? ['accept: text/event-stream'] : []),
      ...headers,
    ],
    JSON.stringify({ query, variables }),
  );
  const text = unchunked(/^event: next\r?\ndata: (.*)$/m.exec(sent.body)?.[1] ?? sent.body);
  const json = JSON.parse(text) as Answered['json'];
  // What is granted may hold words of the graph that look like anything.
  expectNoLeak(query, { ...sent, body: JSON.stringify(json.errors ?? []) });
  return { status: sent.status, text: withoutIds(text), json, body: json };
}

const tokenOf = (agency: Agency, scopes: readonly string[], at: AttackGround | Door = ground): Promise<string> =>
  signed(at, {
    ...goodClaims(at),
    sub: `130628:${agency}`,
    agency,
    jurisdiction: '130628',
    scope: [...scopes].join(' '),
    operator: 'li.na',
    key: KEY,
  });

const unchunked = (text: string): string => /\{.*\}/s.exec(text)?.[0] ?? text;
const withoutIds = (text: string): string => text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');
const codesOf = ({ errors = [] }: Answered['json']): string[] => errors.map(({ extensions }) => extensions.code);

/** Denied to an agency, and one entry says so: why, to whom, by which key, and nothing of what was asked. */
const denied = (agency: Agency, reason: string, work: () => Promise<unknown>): Promise<LeftEntry> =>
  expectDenied(ground.databaseUrl, { reason, client: `130628:${agency}`, key: KEY }, work);

const saidFor = (purpose: string) => ({
  idNumber: `"${SOMEBODY}"`,
  idNumbers: `["${SOMEBODY}"]`,
  purpose,
  'changes.since': '"2026-01-01T00:00:00Z"',
  input: '{ idempotencyKey: "sweep", dryRun: true, rows: [{}] }',
});

/** Every root field that has a rule, as an operation. */
const sweep = (
  purpose: string,
): readonly { readonly name: string; readonly rule: FieldRule; readonly text: string }[] =>
  Object.entries(ROOT_RULES).map(([name, rule]) => {
    const [type, field] = name.split('.') as [string, string];
    const fields = (joined.getType(type) as GraphQLObjectType).getFields();
    return { name, rule, text: `${type.toLowerCase()} { ${callOf(fields[field]!, saidFor(purpose))} }` };
  });

/** Does the declared rule let the agency in with these scopes? Told by the table alone, not by what decides. */
function isDeclared({ rule, list }: FieldRule, grant: AgencyGrant, scopes: readonly string[]): boolean {
  const declared: AccessRule = ACCESS_RULES[rule];
  const sets = scopesOfRule({ rule, ...(list && { list }) });
  const isPush = declared.scopes.some((set) => set.includes('list:<list>:push'));
  const ofGrant = isPush && !list ? sets.filter(([scope]) => grant.pushes[scope!.split(':')[1] as ListName]) : sets;
  const scoped = declared.scopes.length === 0 || ofGrant.some((set) => set.every((one) => scopes.includes(one)));
  return scoped && (declared.grant?.holds(grant, list) ?? true);
}

const AGENCIES_TRIED = ['medical-insurance', 'tax', 'finance', 'civil-affairs', 'public-security', 'village'] as const;

describe('24. who may what is what the table declares', () => {
  it.each(AGENCIES_TRIED)(
    '24. every root field, as %s, with no scope, its own, and every scope there is',
    { timeout: 120_000 },
    async (agency) => {
      const grant = grantOf(agency);
      const [granted = 'AUDIT'] = grant.reads?.purposes ?? [];
      let refused = 0;
      const entries = await entriesOf(ground.databaseUrl, async () => {
        for (const { name, rule, text } of sweep(granted)) {
          for (const scopes of [[], scopesOf(grant), EVERY_SCOPE]) {
            const { json, status } = await ask(agency, text, {}, { scopes });
            const isIn = isDeclared(rule, grant, scopes);
            expect([name, scopes.length, !codesOf(json).includes('FORBIDDEN')]).toEqual([name, scopes.length, isIn]);
            if (isIn) continue;
            refused += 1;
            if (!name.startsWith('Subscription')) expect([name, status]).toEqual([name, 403]);
          }
        }
      });
      // One entry for each that was refused, and nothing else of that request.
      const forbidden = entries.filter(({ reason }) => reason === 'FORBIDDEN');
      expect(forbidden).toHaveLength(refused);
      const requests = new Set(forbidden.map(({ request }) => request));
      expect(entries.filter(({ request }) => requests.has(request))).toEqual(forbidden);
      for (const { decision, client, key } of forbidden)
        expect([decision, client, key]).toEqual(['DENIED', `130628:${agency}`, KEY]);
      expect(JSON.stringify(entries)).not.toContain(SOMEBODY);
    },
  );

  const shownOf = (shown: ShownBy, grant: AgencyGrant): 'SOMETHING' | 'NOTHING' | 'FORBIDDEN' => {
    const lists = grant.reads?.lists ?? [];
    if (typeof shown === 'string') return 'SOMETHING';
    if ('needs' in shown) return lists === 'ALL' || lists.includes(shown.needs) ? 'SOMETHING' : 'NOTHING';
    return isDeclared(shown, grant, scopesOf(grant))
      ? 'SOMETHING'
      : shown.otherwise === 'NULL'
        ? 'NOTHING'
        : 'FORBIDDEN';
  };

  it.each(['medical-insurance', 'tax', 'finance', 'disabled-federation', 'public-security'] as const)(
    '24. every field of a person, as %s',
    { timeout: 60_000 },
    async (agency) => {
      const grant = grantOf(agency);
      const fields = (joined.getType('Person') as GraphQLObjectType).getFields();
      for (const [name, shown] of Object.entries(TYPE_RULES['Person'] as Record<string, ShownBy>)) {
        const field = fields[name];
        if (!field || name === 'regionCode') continue;
        const query = `{ person(idNumber: "${SOMEBODY}", purpose: ${grant.reads!.purposes[0]}) { ${callOf(field, {})} } }`;
        const { json } = await ask(agency, query);
        const value = (json.data?.['person'] as Record<string, unknown> | null)?.[name];
        const got = codesOf(json).includes('FORBIDDEN')
          ? 'FORBIDDEN'
          : value === null || (Array.isArray(value) && value.length === 0)
            ? 'NOTHING'
            : 'SOMETHING';
        expect([name, got]).toEqual([name, shownOf(shown, grant)]);
      }
    },
  );

  it('24. names and numbers whole, with the grant, the scope and a reason only', async () => {
    const query = `query ($purpose: Purpose!) { person(idNumber: "${SOMEBODY}", purpose: $purpose) {
      name idNumber { masked revealed } claims { said { value } } provenance { value others { value } } } }`;
    const reason = ['reveal-reason: %E6%A0%B8%E5%AF%B9'];
    const cells = [
      ['medical-insurance', undefined, reason, true],
      ['medical-insurance', undefined, [], false],
      ['medical-insurance', ['person:read'], reason, false],
      ['tax', EVERY_SCOPE, reason, false],
    ] as const;
    for (const [agency, scopes, headers, whole] of cells) {
      const purpose = grantOf(agency).reads!.purposes[0]!;
      const { text, json } = await ask(
        agency,
        query,
        { purpose },
        { ...(scopes && { scopes }), headers: [...headers] },
      );
      expect([agency, text.includes('张小燕'), text.includes(SOMEBODY)]).toEqual([agency, whole, whole]);
      expect(codesOf(json)).toEqual(whole ? [] : ['FORBIDDEN']);
    }
    for (const header of ['reveal-reason: ', 'reveal-reason: %E6', `reveal-reason: ${'a'.repeat(201)}`]) {
      const { status, json } = await ask('medical-insurance', query, { purpose: 'AUDIT' }, { headers: [header] });
      expect([header.slice(0, 20), status, codesOf(json)]).toEqual([header.slice(0, 20), 400, ['BAD_USER_INPUT']]);
    }
  });

  it('24. another agency’s people look like nobody', async () => {
    const query = (idNumber: string) => `{ person(idNumber: "${idNumber}", purpose: LIST_VERIFICATION) { id name } }`;
    const [theirs, absent] = [
      await ask('rural-affairs', query(SOMEBODY)),
      await ask('rural-affairs', query(residentId(77, '1971-01-01'))),
    ];
    expect([theirs.status, theirs.text]).toEqual([absent.status, absent.text]);
    expect(theirs.json).toEqual({ data: { person: null } });
    expect((await ask('education', query(SOMEBODY))).json.data).toEqual({ person: { id: person, name: '张**' } });
  });
});

it('25. nothing is answered without a token, at either door', async () => {
  await expectOnlyCounted(ground.databaseUrl, async () => {
    for (const door of ground.doors) {
      for (const { name, text } of sweep('AUDIT')) {
        expectRefused(`${door.name} ${name}`, await knock(door.url, [], JSON.stringify({ query: text })));
      }
    }
  });
});

it('26. another’s list and a made-up one are refused in the same bytes', async () => {
  const before = await ground.fingerprint();
  const token = await tokenOf('civil-affairs', EVERY_SCOPE);
  const push = async (list: string) => {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'stolen', 'content-type': 'text/csv' };
    const response = await fetch(`${ground.hub.url}/lists/${list}`, { method: 'POST', headers, body: '姓名\n' });
    return [response.status, withoutIds(await response.text())] as const;
  };
  const answers: (readonly [status: number, text: string])[] = [];
  for (const list of ['students', 'no-such-list', 'constructor', 'Students']) {
    await denied('civil-affairs', 'FORBIDDEN', async () => answers.push(await push(list)));
  }
  expect(answers[0]![0]).toBe(403);
  expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(await ground.fingerprint()).toBe(before);
});

async function comparisonOfInsurance(): Promise<string> {
  const { rows } = await ground.database.query<{ id: string }>(
    `insert into comparison (id, jurisdiction, agency, pack, policy_year, changed_pack, changed_digest, as_of, known_at, asked_at, status)
     values (gen_random_uuid(), '130628', 'medical-insurance', 'gaoyang-2026', 2026, '', '', '2026-01-01', now(), now(), 'WORKING') returning id`,
  );
  return rows[0]!.id;
}

/** About somebody of whom nobody but the police has told. */
async function taskOfThePolice(): Promise<string> {
  const row = `{ name: "李四", idNumber: "${residentId(2, '1971-01-01')}", householdNumber: "H2", registration: HUKOU, regionCode: "130628", from: "2020-01-01" }`;
  const pushed = await ask(
    'public-security',
    `mutation { pushResidents(input: { idempotencyKey: "of the task", rows: [${row}] }) { id } }`,
  );
  const { id: submission } = pushed.json.data!['pushResidents'] as { readonly id: string };
  const { rows } = await ground.database.query<{ id: string }>(
    `insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
     select gen_random_uuid(), jurisdiction, 'DOCUMENTS_IN_CONFLICT', gen_random_uuid(), 'OPEN', array_agg(subject_key), now(), '2030-01-01'
     from subject_link where submission = $1 group by jurisdiction returning id`,
    [submission],
  );
  return rows[0]!.id;
}

/** What was answered, and what of it was put down, but for what names the request. */
async function left<T>(work: () => Promise<T>) {
  let answer: T;
  const entries = await entriesOf(ground.databaseUrl, async () => {
    answer = await work();
  });
  return { answer: answer!, entries: entries.map((entry) => ({ ...entry, request: '', at: '' })) };
}

it('27. what is another’s looks like what is not there', async () => {
  const [comparison, task] = [await comparisonOfInsurance(), await taskOfThePolice()];
  const before = await ground.fingerprint();
  const foreign = submissions.get('residents')!;
  for (const [agency, text, id] of [
    ['tax', (one: string) => `{ packComparison(id: "${one}") { id } }`, comparison],
    ['civil-affairs', (one: string) => `{ reviewTask(id: "${one}") { id } }`, task],
  ] as const) {
    const [theirs, absent] = [await left(() => ask(agency, text(id))), await left(() => ask(agency, text(NOBODY_ID)))];
    expect([agency, theirs.answer.status, theirs.answer.text]).toEqual([
      agency,
      absent.answer.status,
      absent.answer.text,
    ]);
    expect(codesOf(theirs.answer.json)).toEqual([]);
    // An answer, not a refusal: what is put down of it is as much as of nothing.
    expect(theirs.entries).toEqual(absent.entries);
    // It is there, for those whom it belongs to.
    expect((await ask('medical-insurance', text(id))).text).toContain('"id":"ID"');
  }
  const asked = [
    (id: string) => `query { submission(id: "${id}") { id status } }`,
    (id: string) => `mutation { withdrawSubmission(id: "${id}", reason: "报错了") { id } }`,
    (id: string) => `mutation { releaseSubmission(id: "${id}") { id } }`,
    (id: string) => `mutation { redriveSubmission(id: "${id}") { id } }`,
    (id: string) => `subscription { submissionProgress(id: "${id}") { id } }`,
  ];
  for (const text of asked) {
    const [theirs, absent] = [
      await left(() => ask('civil-affairs', text(foreign))),
      await left(() => ask('civil-affairs', text(NOBODY_ID))),
    ];
    expect([text(''), theirs.answer.status, theirs.answer.text]).toEqual([
      text(''),
      absent.answer.status,
      absent.answer.text,
    ]);
    const told = text('').startsWith('query') ? [] : ['NOT_FOUND'];
    expect(codesOf(theirs.answer.json)).toEqual(told);
    for (const { entries } of [theirs, absent])
      expect(entries.map(({ decision, reason, key }) => [decision, reason, key])).toEqual(
        told.map((reason) => ['DENIED', reason, KEY]),
      );
  }
  const token = await tokenOf('civil-affairs', EVERY_SCOPE);
  for (const file of ['rejected.csv', 'rejected.xlsx']) {
    const get = async (id: string) => {
      const response = await fetch(`${ground.hub.url}/submissions/${id}/${file}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return [response.status, withoutIds(await response.text())];
    };
    expect([file, ...(await get(foreign))]).toEqual([file, ...(await get(NOBODY_ID))]);
    await denied('civil-affairs', 'NOT_FOUND', async () => expect((await get(foreign))[0]).toBe(404));
  }
  expect(await ground.fingerprint()).toBe(before);
});

it('28. a push for somebody else, or with members that are not the sender’s to set, leaves nothing', async () => {
  const before = await ground.fingerprint();
  const query = 'mutation ($input: PushHardshipInput!) { pushHardship(input: $input) { id } }';
  const input = {
    idempotencyKey: 'mass',
    rows: [{ name: '张小燕', idNumber: SOMEBODY, category: '低保对象', from: '2025-01-01' }],
  };
  await denied('civil-affairs', 'FORBIDDEN', async () => {
    const foreign = await ask('civil-affairs', query, { input: { ...input, jurisdiction: '140405' } });
    expect([foreign.status, codesOf(foreign.json)]).toEqual([403, ['FORBIDDEN']]);
  });
  for (const more of [
    { agencyId: 'tax' },
    { agency: 'TAX' },
    { status: 'RECEIVED' },
    { version: 7 },
    { createdBy: 'me' },
  ]) {
    for (const planted of [
      { ...input, ...more },
      { ...input, rows: [{ ...input.rows[0], ...more }] },
    ]) {
      await denied('civil-affairs', 'BAD_USER_INPUT', async () => {
        const { status, json } = await ask('civil-affairs', query, { input: planted });
        expect([Object.keys(more), status, codesOf(json)]).toEqual([Object.keys(more), 400, ['BAD_USER_INPUT']]);
      });
    }
  }
  expect(await ground.fingerprint()).toBe(before);
});

interface OfList {
  readonly list: string;
}

/** Whom the first row of a submission is about, as it was answered. */
const personOfFirstRow = (data: object) =>
  (
    data as {
      readonly submission: {
        readonly verdicts: {
          readonly edges: readonly {
            readonly node: {
              readonly person: {
                readonly claims: readonly OfList[];
                readonly provenance: readonly { readonly sources: readonly OfList[] }[];
              };
            };
          }[];
        };
      };
    }
  ).submission.verdicts.edges[0]!.node.person;

it('29. walking from an own list over a person to what others say ends where the grant ends', async () => {
  const query = `query ($id: ID!) { submission(id: $id) { verdicts { edges { node { row person(purpose: LIST_VERIFICATION) {
    id name birthDate idNumber { masked revealed } disabilities { level } hardshipListings { category } payments { amount } death { status }
    household { number } provenance { sources { list } } claims { list submission { id } } } } } } } }`;
  const { answer, entries } = await left(() =>
    ask('disabled-federation', query, { id: submissions.get('disability')! }),
  );
  const { status, json } = answer;
  expect(status).toBe(200);
  // She was seen, and what was refused of her was refused once.
  expect(entries.flatMap(({ person: seen }) => seen ?? [])).toEqual([person]);
  const denials = entries.filter(({ decision }) => decision === 'DENIED');
  expect(denials.map(({ reason, key }) => [reason, key])).toEqual([['FORBIDDEN', KEY]]);
  const shown = personOfFirstRow(json.data!);
  expect(shown).toMatchObject({
    ...{ id: person, name: '张**', birthDate: '1990-03-07', idNumber: { revealed: null }, disabilities: [{}] },
    ...{ hardshipListings: [], payments: [], death: null, household: null },
  });
  expect(new Set(shown.claims.map(({ list }) => list))).toEqual(new Set(['DISABILITY']));
  const sources = shown.provenance.flatMap((one) => one.sources);
  expect(sources.every(({ list }) => list === 'DISABILITY')).toBe(true);
  expect(json.errors).toMatchObject([
    {
      path: ['submission', 'verdicts', 'edges', 0, 'node', 'person', 'idNumber', 'revealed'],
      extensions: { code: 'FORBIDDEN' },
    },
  ]);
});

it('30. a protected field is decided alike on every way to it', async () => {
  const whose = `idNumber: "${SOMEBODY}", purpose: PREMIUM_COLLECTION`;
  const ways = [
    `{ person(${whose}) { idNumber { revealed } } }`,
    `{ a: person(${whose}) { b: idNumber { c: revealed } } }`,
    `{ person(${whose}) { ...Whole } } fragment Whole on Person { idNumber { revealed } }`,
    `{ person(${whose}) { ... on Person { idNumber { ... { revealed } } } } }`,
    `query ($v: Boolean = true) { person(${whose}) { idNumber { revealed @include(if: $v) } } }`,
    `{ people(idNumbers: ["${SOMEBODY}"], purpose: PREMIUM_COLLECTION) { identifiers { number { revealed } } } }`,
  ];
  for (const way of ways) {
    const { answer, entries } = await left(() =>
      ask('tax', way, {}, { scopes: EVERY_SCOPE, headers: ['reveal-reason: x'] }),
    );
    const { status, json, text } = answer;
    expect([way, status, [...new Set(codesOf(json))]]).toEqual([way, 200, ['FORBIDDEN']]);
    expect(text).not.toContain(SOMEBODY);
    const denials = entries.filter(({ decision }) => decision === 'DENIED');
    expect([way, denials.map(({ reason, key }) => [reason, key])]).toEqual([way, [['FORBIDDEN', KEY]]]);
  }
  for (const way of [`{ _entities(representations: []) { __typename } }`, `{ node(id: "${person}") { id } }`]) {
    await denied('tax', 'GRAPHQL_VALIDATION_FAILED', async () =>
      expect([way, (await ask('tax', way)).status]).toEqual([way, 400]),
    );
  }
});

it('31. of two mutations neither runs where one is not allowed', async () => {
  const row = `{ name: "张小燕", idNumber: "${SOMEBODY}", category: "特困人员", from: "2025-01-01" }`;
  const own = (key: string, more = '') =>
    `pushHardship(input: { idempotencyKey: "${key}" ${more} rows: [${row}] }) { id }`;
  const pairs = [
    `mutation { a: ${own('two-1')} pushStudents(input: { idempotencyKey: "two-2", rows: [{}] }) { id } }`,
    `mutation { a: ${own('two-1')} ...Other } fragment Other on Mutation { settleReview(id: "x", version: 1, settlement: { differentPeople: { subjects: [] } }, because: "x") { id } }`,
    `mutation { a: ${own('two-1')} b: ${own('two-2', 'jurisdiction: "140405"')} }`,
    `mutation ($v: Boolean = false) { a: ${own('two-1')} pushStudents(input: { idempotencyKey: "two-2", rows: [{}] }) @include(if: $v) { id } }`,
  ];
  const before = await ground.fingerprint();
  for (const pair of pairs) {
    await denied('civil-affairs', 'FORBIDDEN', async () => {
      const { status, json } = await ask('civil-affairs', pair);
      expect([pair, status, codesOf(json)]).toEqual([pair, 403, ['FORBIDDEN']]);
    });
  }
  expect(await ground.fingerprint()).toBe(before);
  const both = await ask('civil-affairs', `mutation { a: ${own('both-1')} b: ${own('both-2')} }`);
  expect([both.status, codesOf(both.json)]).toEqual([200, []]);
});

it('32. a scope for one thing does nothing else', async () => {
  const before = await ground.fingerprint();
  const read = `{ person(idNumber: "${SOMEBODY}", purpose: LIST_VERIFICATION) { id } }`;
  const push = 'mutation { pushHardship(input: { idempotencyKey: "32", rows: [{}] }) { id } }';
  for (const [text, scopes] of [
    [read, ['list:hardship:push', 'submission:read', 'submission:release']],
    [push, ['person:read', 'submission:read', 'review:read']],
    [push, ['list:deaths:push']],
    ['{ submissions { totalCount } }', ['list:hardship:push', 'person:read']],
  ] as const) {
    await denied('civil-affairs', 'FORBIDDEN', async () => {
      const { status, json } = await ask('civil-affairs', text, {}, { scopes });
      expect([text, status, codesOf(json)]).toEqual([text, 403, ['FORBIDDEN']]);
    });
  }
  // A place that this hub does not serve has no agencies here, so that its token names nobody at all.
  const token = await signed(ground, { ...goodClaims(ground), sub: '999999:civil-affairs', jurisdiction: '999999' });
  await expectOnlyCounted(ground.databaseUrl, async () =>
    expectRefused(
      'a test place',
      await knock(ground.hub.url, [`authorization: Bearer ${token}`], JSON.stringify({ query: read })),
    ),
  );
  expect(await ground.fingerprint()).toBe(before);
});

it('33. a read names a granted purpose, or is refused, and the log names it', async () => {
  const read = (purpose: string) =>
    `{ person(idNumber: "${SOMEBODY}"${purpose}) { id benefit(policyYear: 2026) { payable } } }`;
  const entry = await denied('tax', 'FORBIDDEN', async () => {
    const { status, json } = await ask('tax', read(', purpose: AUDIT'));
    expect([status, codesOf(json)]).toEqual([403, ['FORBIDDEN']]);
  });
  expect(entry).toMatchObject({ act: 'findPeople', purpose: 'AUDIT' });
  for (const purpose of ['', ', purpose: null', ', purpose: NONE']) {
    await denied('tax', 'GRAPHQL_VALIDATION_FAILED', async () => {
      const { status, json } = await ask('tax', read(purpose));
      expect([purpose, status, codesOf(json)]).toEqual([
        purpose,
        400,
        json.errors!.map(() => 'GRAPHQL_VALIDATION_FAILED'),
      ]);
    });
  }
  // Straight at a subgraph, in the gateway's name: a reference that does not say why.
  const door = ground.subgraph;
  for (const [key, code] of [
    [`id: "${person}"`, 'FORBIDDEN'],
    [`asKnown: "${person}"`, 'FORBIDDEN'],
    [`asKnown: "${person}~AUDIT"`, 'FORBIDDEN'],
    [`asKnown: "${person}~LIST_VERIFICATION"`, undefined],
  ] as const) {
    const token = await tokenOf('civil-affairs', ['person:read'], door);
    const query = `{ _entities(representations: [{ __typename: "Person", ${key} }]) { ... on Person { hardshipListings { category } } } }`;
    const look = async () => {
      const { body } = await knock(door.url, [`authorization: Bearer ${token}`], JSON.stringify({ query }));
      const json = JSON.parse(unchunked(body)) as Answered['json'];
      expect([key, codesOf(json)[0]]).toEqual([key, code]);
    };
    await (code ? denied('civil-affairs', code, look) : look());
  }
  const granted = await entriesOf(ground.databaseUrl, () => ask('tax', read(', purpose: PREMIUM_COLLECTION')));
  expect(granted.map(({ decision, purpose }) => [decision, purpose])).toContainEqual(['GRANTED', 'PREMIUM_COLLECTION']);
});
