import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kind, parse, valueFromASTUntyped } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { PURPOSES, scopesOf, type Jurisdiction, type Purpose } from '../../src/domain/access/caller.ts';
import { LISTS } from '../../src/domain/intake/words.ts';
import { clientAssertion } from '../../src/gateway/issuer.ts';
import { startHub, startSubgraph, type HubOptions, type RunningHub, type RunningSubgraph } from '../../src/main.ts';
import { hubSubgraphs } from '../../src/subgraphs/all.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { residentId } from '../support/id-numbers.ts';
import { asGateway } from '../support/internal-callers.ts';
import { callOf } from '../support/root-field-calls.ts';
import { TEST_KEY_FILE } from '../support/sealing-keys.ts';

const ISSUER = 'http://issuer.test';
const ID_NUMBER = residentId(1, '1990-03-07');

/** One agency that is granted everything, so that only its token's scopes decide; and one that is granted nothing. */
const jurisdiction: Jurisdiction = {
  id: '130628',
  regionCode: '130628',
  name: '高阳县',
  agencies: {
    'medical-insurance': {
      name: '高阳县医疗保障局',
      pushes: Object.fromEntries(Object.keys(LISTS).map((list) => [list, {}])),
      reads: {
        purposes: Object.keys(PURPOSES) as Purpose[],
        knows: 'EVERYBODY',
        lists: 'ALL',
        benefit: true,
        reveal: true,
        search: true,
        whoLooked: true,
        emergency: true,
      },
      reviews: { sees: 'ALL', settles: true },
    },
    statistics: { name: '高阳县统计局', pushes: {} },
  },
  deaths: { sources: ['civil-affairs'], mustAgree: 1 },
  survivorship: { name: [], birthDate: [] },
  packs: ['gaoyang-2026'],
};

const EVERY_SCOPE: readonly string[] = scopesOf(jurisdiction.agencies['medical-insurance']!);

/** The tokens of the matrix by name; null is no token at all. */
const TOKENS: Readonly<Record<string, readonly string[] | null>> = {
  'no token': null,
  'no scope': [],
  ...Object.fromEntries(EVERY_SCOPE.map((scope) => [scope, [scope]])),
  'person:read + benefit:read': ['person:read', 'benefit:read'],
  'person:read + person:search': ['person:read', 'person:search'],
  'person:read + person:emergency': ['person:read', 'person:emergency'],
  'review:read + review:settle': ['review:read', 'review:settle'],
  'review:read + person:read': ['review:read', 'person:read'],
  'every scope': EVERY_SCOPE,
};

const subgraphs = await hubSubgraphs();

/** One thing that can be asked: the operation, and which sets of scopes it takes one of (none: any token will do). */
interface Asking {
  readonly name: string;
  readonly subgraph: string;
  readonly text: string;
  readonly scopes: ScopeSets;
}

type ScopeSets = readonly (readonly string[])[];

/** What a token that may ask it is told, where what it names is none. */
const PASSES_TO: Readonly<Record<string, string>> = {
  withdrawSubmission: 'NOT_FOUND',
  releaseSubmission: 'NOT_FOUND',
  redriveSubmission: 'NOT_FOUND',
  submissionProgress: 'NOT_FOUND',
  comparePacks: 'PACK_INVALID',
  requestEmergency: 'BAD_USER_INPUT',
  approveEmergency: 'NOT_FOUND',
  endEmergency: 'NOT_FOUND',
  settleReview: 'NOT_FOUND',
  confirmReview: 'NOT_FOUND',
  undoSettlement: 'NOT_FOUND',
  requestCorrection: 'NOT_FOUND',
  answerCorrection: 'NOT_FOUND',
};

/** What arguments are given. An empty row is rejected, its push is received all the same. */
const SAID = {
  idNumber: JSON.stringify(ID_NUMBER),
  idNumbers: JSON.stringify([ID_NUMBER]),
  purpose: 'AUDIT',
  input: '{ idempotencyKey: $key, rows: [{}] }',
  'requestEmergency.input': '{ because: "抢险", numbers: 0, minutes: 1 }',
};

/** The sets of scopes that a root field's own declaration names: what the tests hold the hub to. */
function declaredScopes(sdl: string, root: string, field: string): ScopeSets {
  const type = parse(sdl).definitions.find(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === root,
  );
  const fields = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields ?? []) : [];
  const rule = fields
    .find(({ name }) => name.value === field)
    ?.directives?.find(({ name }) => name.value === 'requiresScopes' || name.value === 'authenticated');
  if (!rule) throw new Error(`${field} declares no rule`);
  const scopes = rule.arguments?.[0];
  return scopes ? (valueFromASTUntyped(scopes.value) as string[][]) : [];
}

const ROOT_FIELDS: readonly Asking[] = subgraphs.flatMap(({ name: subgraph, sdl, schema }) =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {})
      .filter(({ name }) => !name.startsWith('_'))
      .map((field): Asking => {
        const head = field.name.startsWith('push') ? 'mutation($key: String!)' : type!.name.toLowerCase();
        const scopes = declaredScopes(sdl, type!.name, field.name);
        return { name: field.name, subgraph, text: `${head} { ${callOf(field, SAID)} }`, scopes };
      }),
  ),
);

let database: TestDatabase;
let dataDir: string;
let options: HubOptions;
let hub: RunningHub;
const served = new Map<string, RunningSubgraph>();
const tokens = new Map<string, string | null>();
let internal: ReturnType<typeof asGateway>;
let personId: string;
let submissionId: string;

beforeAll(async () => {
  database = await testDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'yidang-matrix-'));
  const environment = { YIDANG_ENV: 'development', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
  const config = loadConfig({ ...environment, DATABASE_URL: database.source.url, SEALING_KEY_FILE: TEST_KEY_FILE });
  const signingKeyFile = join(dataDir, 'issuer-keys.json');
  options = {
    config: { ...config, issuer: { kind: 'built-in', url: ISSUER, signingKeyFile } },
    jurisdictions: [jurisdiction],
  };
  hub = await startHub(options);
  for (const { name } of subgraphs) served.set(name, await startSubgraph(name, options));
  internal = asGateway(dataDir);
  for (const [name, scopes] of Object.entries(TOKENS)) tokens.set(name, scopes && (await tokenWith(scopes)));

  const row = `{ name: "张三", idNumber: "${ID_NUMBER}", householdNumber: "1", registration: HUKOU, regionCode: "130628", from: "2020-01-01" }`;
  const pushed = await ask(
    `${hub.url}/graphql`,
    `mutation { pushResidents(input: { idempotencyKey: "first", rows: [${row}] }) { id counts { accepted } } }`,
    'every scope',
  );
  expect(pushed).toMatchObject({ data: { pushResidents: { counts: { accepted: 1 } } } });
  submissionId = idIn(pushed, 'pushResidents');
  const found = await ask(
    `${hub.url}/graphql`,
    `{ person(idNumber: "${ID_NUMBER}", purpose: AUDIT) { id } }`,
    'every scope',
  );
  personId = idIn(found, 'person');
}, 180_000);

afterAll(async () => {
  for (const one of served.values()) await one.stop();
  await hub?.stop();
  await database?.close();
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

/** Obtains a token that carries these scopes and no other; without any, as the agency that has none. */
async function tokenWith(scopes: readonly string[]): Promise<string> {
  const client = scopes.length > 0 ? '130628:medical-insurance' : '130628:statistics';
  const assertion = await clientAssertion(client, ISSUER, await hub.privateKeyOf(client));
  const answer = await fetch(`${hub.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    }),
  });
  const { access_token: token, scope } = (await answer.json()) as { access_token: string; scope?: string };
  expect((scope ?? '').split(' ').filter(Boolean).toSorted()).toEqual(scopes.toSorted());
  return token;
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

let asked = 0;

/** Asks the gateway as a client; a subgraph, as the gateway does for that client. */
async function ask(url: string, query: string, token: string): Promise<Answer> {
  asked += 1;
  const held = tokens.get(token);
  const subgraph = [...served].find(([, one]) => one.url === url)?.[0];
  const bearer = held && subgraph ? await internal(subgraph, held) : held;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(query.startsWith('subscription') ? { accept: 'text/event-stream' } : {}),
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    },
    body: JSON.stringify({ query, variables: query.includes('$key') ? { key: `matrix-${asked}` } : {} }),
  });
  const text = await response.text();
  return JSON.parse(/^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? text) as Answer;
}

const idIn = ({ data }: Answer, field: string): string => (data as Record<string, { id: string }>)[field]!.id;

/** `allowed`, or the code of the refusal; with a refusal nothing else may be answered. */
function verdictOf({ data, errors }: Answer): string {
  if (!errors) return 'allowed';
  expect(
    Object.values(data ?? {})
      .flat()
      .filter((value) => value !== null && value !== undefined),
  ).toEqual([]);
  return [...new Set(errors.map(({ extensions }) => extensions.code))].join(', ');
}

/** What each token must come to, given the sets of scopes of which one is needed. */
const expected = (scopes: ScopeSets, passes = 'allowed'): Record<string, string> =>
  Object.fromEntries(
    Object.entries(TOKENS).map(([name, held]) => {
      if (held === null) return [name, 'UNAUTHENTICATED'];
      const may = scopes.length === 0 || scopes.some((set) => set.every((scope) => held.includes(scope)));
      return [name, may ? passes : 'FORBIDDEN'];
    }),
  );

const passesOf = (name: string): string => PASSES_TO[name] ?? 'allowed';

async function verdicts(url: string, query: string): Promise<Record<string, string>> {
  const verdictFor = async (name: string) => [name, verdictOf(await ask(url, query, name))] as const;
  if (!query.startsWith('subscription'))
    return Object.fromEntries(await Promise.all(Object.keys(TOKENS).map(verdictFor)));
  // One client may listen to ten things at once.
  const one: [string, string][] = [];
  for (const name of Object.keys(TOKENS)) one.push([...(await verdictFor(name))]);
  return Object.fromEntries(one);
}

describe('every root field, with every token, through the gateway', () => {
  test.each(ROOT_FIELDS)('$name', async ({ name, text, scopes }) => {
    expect(await verdicts(`${hub.url}/graphql`, text)).toEqual(expected(scopes, passesOf(name)));
  });

  test('what a policy decides for a person takes two scopes', async () => {
    const text = `{ person(idNumber: "${ID_NUMBER}", purpose: AUDIT) { benefit(policyYear: 2026) { outcome } } }`;
    expect(await verdicts(`${hub.url}/graphql`, text)).toEqual(expected([['person:read', 'benefit:read']]));
  });

  test('a refused push leaves nothing behind', async () => {
    const before = await submissions();
    for (const { text, scopes } of ROOT_FIELDS.filter(({ name }) => name.startsWith('push'))) {
      for (const token of ['no token', 'no scope', 'person:read']) await ask(`${hub.url}/graphql`, text, token);
      expect(scopes.flat()).toHaveLength(1);
    }
    expect(await submissions()).toBe(before);
  });
});

async function submissions(): Promise<number> {
  const counted = await database.pool.query<{ n: string }>('select count(*) as n from submission');
  return Number(counted.rows[0]?.n);
}

describe('every root field, with every token, straight at its subgraph', () => {
  test.each(ROOT_FIELDS)('$subgraph: $name', async ({ name, subgraph, text, scopes }) => {
    expect(await verdicts(served.get(subgraph)!.url, text)).toEqual(expected(scopes, passesOf(name)));
  });
});

const entity = (representation: string, selection: string): string =>
  `{ _entities(representations: [${representation}]) { ${selection} } }`;

describe('a reference made straight at a subgraph is decided like any other', () => {
  const knowing = (type: string): string[] =>
    subgraphs.filter(({ schema }) => schema.getType(type)).map(({ name }) => name);

  test.each(knowing('Person'))('%s: a person by id', async (subgraph) => {
    const { url } = served.get(subgraph)!;
    const text = entity(`{ __typename: "Person", asKnown: "${personId}~AUDIT" }`, '... on Person { id }');
    expect(await verdicts(url, text)).toEqual(expected([['person:read']]));
    expect(await ask(url, text, 'person:read')).toEqual({ data: { _entities: [{ id: personId }] } });
  });

  test.each(knowing('Person'))('%s: a person as known earlier', async (subgraph) => {
    const text = entity(
      `{ __typename: "Person", asKnown: "${personId}~AUDIT@2001-01-01T00:00:00.000Z" }`,
      '... on Person { id }',
    );
    // Nobody knew of the person then, and that is all there is to learn.
    expect(await ask(served.get(subgraph)!.url, text, 'person:read')).toEqual({ data: { _entities: [null] } });
  });

  test('insurance: what a policy decides for a person takes two scopes', async () => {
    const text = entity(
      `{ __typename: "Person", asKnown: "${personId}~AUDIT" }`,
      '... on Person { benefit(policyYear: 2026) { outcome } }',
    );
    expect(await verdicts(served.get('insurance')!.url, text)).toEqual(expected([['person:read', 'benefit:read']]));
  });

  test.each(knowing('Submission'))('%s: a submission', async (subgraph) => {
    const { url } = served.get(subgraph)!;
    const text = entity(`{ __typename: "Submission", id: "${submissionId}" }`, '... on Submission { status }');
    expect(await verdicts(url, text)).toEqual(expected([['submission:read']]));
    expect(await ask(url, text, 'submission:read')).toEqual({ data: { _entities: [{ status: 'RECEIVED' }] } });
  });
});
