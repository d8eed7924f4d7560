import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/gateway/issuer.ts';
import { startHub, startSubgraph, type RunningHub, type RunningSubgraph } from '../../src/main.ts';
import { hubSubgraphs } from '../../src/subgraphs/all.ts';
import {
  attackGround,
  expectNoLeak,
  expectRefused,
  goodClaims,
  knock,
  knockWith,
  signed,
  type AttackGround,
  type Door,
} from '../support/attack-ground.ts';
import { expectOnlyCounted } from '../support/audit.ts';
import { residentId } from '../support/id-numbers.ts';

// Section 3.4 of the security programme, lines 60 to 66 and 70: nobody but the gateway asks a subgraph, and it takes only what it needs.

const subgraphs = await hubSubgraphs();
const ID_NUMBER = residentId(1);
const INSURER = '130628:medical-insurance';

let ground: AttackGround;
let apart: RunningHub;
const running: RunningSubgraph[] = [];
/** Every subgraph as a process of its own would serve it. */
const doors: Door[] = [];
let hardship: Door;
let person: string;
let submission: string;
let userToken: string;
let before: string;

beforeAll(async () => {
  ground = await attackGround();
  for (const { name } of subgraphs) {
    const subgraph = await startSubgraph(name, { config: ground.config() });
    running.push(subgraph);
    doors.push(ground.doorOf('subgraph', new URL(subgraph.url).origin, name));
  }
  hardship = doors[subgraphs.findIndex(({ name }) => name === 'hardship')]!;
  const addresses = subgraphs.map(({ name }, index) => `${name}=${running[index]!.url}`).join(',');
  apart = await startHub({ config: ground.config({ ...ground.trusting, SUBGRAPHS: addresses }), work: 'elsewhere' });

  userToken = await ground.goodToken();
  const pushed = await ask(apart.url, userToken, {
    query: `mutation($rows: [HardshipRow!]!) { pushHardship(input: { idempotencyKey: "k", rows: $rows }) { id } }`,
    variables: { rows: [{ name: '甲', idNumber: ID_NUMBER, category: '低保对象', from: '2025-01-01' }] },
  });
  submission = pushed.data.pushHardship.id;
  const found = await ask(apart.url, await insurer(), {
    query: `{ person(idNumber: "${ID_NUMBER}", purpose: AUDIT) { id } }`,
  });
  person = found.data.person.id;
}, 240_000);

afterAll(async () => {
  await apart?.stop();
  for (const one of running) await one.stop();
  await ground?.stop();
});

beforeEach(async () => {
  before = await ground.fingerprint();
});
afterEach(async () => {
  expect(await ground.fingerprint()).toBe(before);
  // A good caller's next request succeeds, through the gateway and all of its subgraphs.
  const { data, errors } = await ask(apart.url, await insurer(), { query: everything() });
  expect(errors).toBeUndefined();
  expect(data.person.hardshipListings).toEqual([{ word: '低保对象' }]);
});

const everything = (): string =>
  `{ person(idNumber: "${ID_NUMBER}", purpose: AUDIT) { hardshipListings { word } benefit(policyYear: 2026) { outcome } } }`;

const insurer = (): Promise<string> =>
  signed(ground.gateway, {
    ...goodClaims(ground.gateway),
    agency: 'medical-insurance',
    scope: 'person:read benefit:read',
  });

async function ask(url: string, token: string, request: object): Promise<any> {
  const answer = await knock(new URL(url).origin, [`authorization: Bearer ${token}`], JSON.stringify(request));
  return JSON.parse(answer.body);
}

/** What the gateway would send a subgraph for a caller. */
const internal = (door: Door, more: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  signed(door, { ...goodClaims(door), ...more });
const forInsurer = { sub: INSURER, agency: 'medical-insurance', scope: 'person:read benefit:read' };

const entities = (
  representations: unknown,
  selection = '... on Person { id asKnown } ... on Submission { id agency }',
): string =>
  JSON.stringify({
    query: `query($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`,
    variables: { r: representations },
  });

const ANYTHING = [
  '{ _service { sdl } }',
  '{ __typename }',
  '{ __schema { types { name } } }',
  '{ _entities(representations: [{ __typename: "Person", id: "x" }]) { __typename } }',
  'mutation { __typename }',
  'subscription { submissionProgress(id: "x") { id } }',
];

describe('the doors of subgraphs', () => {
  it('60. nobody without the gateway’s token, from within; from outside there is nothing', async () => {
    await expectOnlyCounted(ground.databaseUrl, async () => {
      for (const door of doors) {
        for (const query of ANYTHING) {
          const body = JSON.stringify({ query });
          expectRefused('no token', await knock(door.url, [], body));
          expectRefused('a user’s token', await knock(door.url, [`authorization: Bearer ${userToken}`], body));
          expectRefused('as a bound one', await knock(door.url, [`authorization: DPoP ${await internal(door)}`], body));
          expectRefused(
            'in a header of its own',
            await knock(door.url, [`x-hub-internal-token: ${await internal(door)}`], body),
          );
        }
        // An issuer that signs like a gateway is none, nor is a gateway that signs like an issuer.
        const byIssuer = await signed(
          door,
          goodClaims(door),
          { kid: ground.gateway.token.key.kid },
          ground.gateway.token.key,
        );
        expectRefused('by the issuer’s key', await knockWith(door, byIssuer));
        const asAccess = await signed(door, goodClaims(ground.gateway), { typ: 'at+jwt' });
        expectRefused('an access token by the gateway’s key', await knockWith(door, asAccess));
        const endless = await internal(door, { exp: Math.floor(Date.now() / 1000) + 60 });
        expectRefused('for a minute', await knockWith(door, endless));
        for (const wrong of [
          { request: 'x' },
          { request: undefined },
          { sub: INSURER },
          { operation: {} },
          { because: 1 },
        ]) {
          expectRefused(JSON.stringify(wrong), await knockWith(door, await internal(door, wrong)));
        }
      }
    });
    // They listen where only their own machine is, unless told otherwise.
    const outside = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .find(({ internal: own, family }) => !own && family === 'IPv4');
    if (outside) expect(await reaches(outside.address, Number(new URL(hardship.url).port))).toBe('ECONNREFUSED');
  }, 120_000);

  it('61. the schema of a subgraph is told to nobody but the gateway', async () => {
    for (const door of doors) {
      const body = '{"query":"{ _service { sdl } }"}';
      for (const headers of [[], [`authorization: Bearer ${userToken}`]]) {
        const refused = await knock(door.url, headers, body);
        expectRefused('the schema', refused);
        expect(refused.body).not.toMatch(/type |Person/);
      }
      // Not even to the gateway in the other way of asking, of which it has no need.
      const asked = await knock(
        door.url,
        [`authorization: Bearer ${await internal(door)}`],
        '{"query":"{ __schema { types { name } } }"}',
      );
      expect(asked.body).not.toMatch(/Person/);
    }
  });

  it('62. references are refused to users, and each is decided for the caller whom the gateway names', async () => {
    const found = { __typename: 'Person', asKnown: `${person}~AUDIT` };
    const narrow = { ...forInsurer, scope: 'benefit:read' };
    for (const door of doors) {
      expectRefused('a user', await knock(door.url, [`authorization: Bearer ${userToken}`], entities([found])));
      const decided = JSON.parse(
        (await knock(door.url, [`authorization: Bearer ${await internal(door, narrow)}`], entities([found, found])))
          .body,
      );
      expect(decided.data._entities).toEqual([null, null]);
      expect(decided.errors.map((one: any) => [one.path, one.extensions.code])).toEqual([
        [['_entities', 0], 'FORBIDDEN'],
        [['_entities', 1], 'FORBIDDEN'],
      ]);
      const granted = JSON.parse(
        (await knock(door.url, [`authorization: Bearer ${await internal(door, forInsurer)}`], entities([found]))).body,
      );
      expect(granted).toEqual({ data: { _entities: [{ id: person, asKnown: found.asKnown }] } });
    }
    // Through the gateway: a purpose that is not granted hides the person, on the way of references too.
    const query = `{ person(idNumber: "${ID_NUMBER}", purpose: REFUND_HANDLING) { hardshipListings { word } } }`;
    const through = await ask(apart.url, userToken, { query });
    expect(through.data.person).toBeNull();
    expect(through.errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('63. a thousand references and no more, a body of megabytes not at all', async () => {
    const bearer = [`authorization: Bearer ${await internal(hardship, forInsurer)}`];
    const many = (count: number) =>
      Array.from({ length: count }, () => ({ __typename: 'Person', asKnown: `${person}~AUDIT` }));
    expect((await knock(hardship.url, bearer, entities(many(1_000)))).status).toBe(200);
    const over = await knock(hardship.url, bearer, entities(many(1_001)));
    expect(over.status).toBe(400);
    expectNoLeak('1,001', over);
    expect(JSON.parse(over.body).data ?? null).toBeNull();
    const flood = entities(many(120_000));
    expect(flood.length).toBeGreaterThan(8 * 1024 * 1024);
    expect((await knock(hardship.url, bearer, flood)).status).toBe(413);
    expect((await knock(hardship.url, bearer, entities(many(50_000)))).status).toBe(400);
    // Under many names, and written into the document: neither is a way past it.
    const literal = many(1_001).map(() => `{__typename:"Person",asKnown:"${person}"}`);
    const written = JSON.stringify({ query: `{ _entities(representations: [${literal.join()}]) { __typename } }` });
    expect((await knock(hardship.url, bearer, written)).status).toBe(400);
  });

  it('64. what else is written into a reference is overlooked; what is none is null', async () => {
    const own = await internal(hardship, { scope: 'list:hardship:push submission:read' });
    const bearer = [`authorization: Bearer ${own}`];
    const strangers: readonly unknown[] = [
      { __typename: 'Household', id: person },
      { __typename: 'HardshipListing', name: '甲', word: '特困' },
      { __typename: 'Query' },
      { __typename: '_Service', sdl: 'x' },
      { __typename: '__proto__', id: person },
      { __typename: 'constructor', id: person },
      { __typename: ['Person'], id: person },
      { __typename: 'Person' },
      { __typename: 'Person', asKnown: { id: person } },
      { __typename: 'Person', asKnown: [`${person}~AUDIT`] },
      { id: person },
      'Person',
      7,
    ];
    const answer = await knock(hardship.url, bearer, entities(strangers));
    expectNoLeak('strangers', answer);
    const { data, errors } = JSON.parse(answer.body);
    expect(data._entities).toEqual(strangers.map(() => null));
    expect(errors).toHaveLength(strangers.length);
    for (const { message, extensions } of errors) {
      expect([message, extensions]).toEqual([
        '没有这样的引用 / there is no such reference',
        { code: 'BAD_USER_INPUT' },
      ]);
    }

    const planted = {
      agency: 'B',
      status: 'WITHDRAWN',
      benefit: 9,
      hardshipListings: [{ word: '特困' }],
      view: {},
      knownAt: 1,
    };
    const seen = '... on Submission { id agency }  ... on Person { hardshipListings { word } }';
    const insured = [`authorization: Bearer ${await internal(hardship, forInsurer)}`];
    const mine = await knock(
      hardship.url,
      bearer,
      entities([{ __typename: 'Submission', id: submission, ...planted }], seen),
    );
    expect(JSON.parse(mine.body)).toEqual({
      data: { _entities: [{ id: submission, agency: 'CIVIL_AFFAIRS' }] },
    });
    const read = await knock(
      hardship.url,
      insured,
      entities([{ __typename: 'Person', asKnown: `${person}~AUDIT`, ...planted }], seen),
    );
    expect(JSON.parse(read.body)).toEqual({ data: { _entities: [{ hardshipListings: [{ word: '低保对象' }] }] } });

    const reserved = `{"query":"query($r: [_Any!]!) { _entities(representations: $r) { __typename } }","variables":{"r":[{"__proto__":{"__typename":"Person","asKnown":"${person}~AUDIT"}}],"__proto__":{"r":[]}}}`;
    const none = JSON.parse((await knock(hardship.url, insured, reserved)).body);
    expect(none.data._entities).toEqual([null]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('65. a field that is kept inside is no field outside', async () => {
    const query = `{ person(idNumber: "${ID_NUMBER}", purpose: AUDIT) { asKnown } }`;
    const outside = await ask(apart.url, await insurer(), { query });
    expect(outside.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(JSON.stringify(outside)).not.toContain(person);
    for (const door of doors) {
      const direct = await knock(
        door.url,
        [`authorization: Bearer ${userToken}`],
        entities([{ __typename: 'Person', id: person }]),
      );
      expectRefused('inside', direct);
    }
  });

  it('66. who asks for traces gets none', async () => {
    const trace = 'apollo-federation-include-trace: ftv1';
    for (const door of doors) {
      const headers = [`authorization: Bearer ${await internal(door, forInsurer)}`, trace];
      const answer = await knock(door.url, headers, entities([{ __typename: 'Person', asKnown: `${person}~AUDIT` }]));
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).not.toHaveProperty('extensions');
    }
    const answer = await knock(
      apart.url,
      [`authorization: Bearer ${await insurer()}`, trace],
      JSON.stringify({ query: everything() }),
    );
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['data']);
  });

  it('70. the gateway’s token for one subgraph opens no other, and headers as if from within open nothing', async () => {
    for (const from of doors) {
      const replayed = await internal(from, forInsurer);
      expect((await knockWith(from, replayed)).status).toBe(200);
      for (const sibling of doors.filter((one) => one !== from))
        expectRefused('a sibling’s', await knockWith(sibling, replayed));
      expectRefused('at the gateway', await knockWith({ ...ground.gateway, url: apart.url }, replayed));
    }
    const pretended = async (door: Door): Promise<string[]> => [
      `x-hub-internal-token: ${await internal(hardship, forInsurer)}`,
      `x-hub-internal-authorization: Bearer ${await internal(hardship, forInsurer)}`,
      `x-hub-internal-client: ${INSURER}`,
      'x-hub-internal-scopes: person:read person:reveal',
      'x-forwarded-for: 127.0.0.1',
      'forwarded: for=127.0.0.1;host=internal',
      'x-real-ip: 127.0.0.1',
      `x-request-id: ${String(door.token.claims['request'] ?? '')}`,
    ];
    for (const door of [...doors, ground.gateway, { ...ground.gateway, url: apart.url }]) {
      expectRefused('as if from within', await knock(door.url, await pretended(door), door.question));
    }
    // Beside a token that is good they change nothing: who may not read for the purpose still may not.
    const body = JSON.stringify({ query: everything() });
    const bare = await knock(apart.url, [`authorization: Bearer ${userToken}`], body);
    const dressed = await knock(
      apart.url,
      [`authorization: Bearer ${userToken}`, ...(await pretended(ground.gateway))],
      body,
    );
    const withoutId = (text: string): string => text.replaceAll(/"requestId":"[^"]+"/g, '');
    expect(withoutId(dressed.body)).toBe(withoutId(bare.body));
    expect(JSON.parse(bare.body).errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('a caller whose token is bound to a key reaches all of them through the gateway', async () => {
    const { privateKey, publicKey } = await makeKeyPair();
    const { kty, crv, x, y, kid } = publicKey;
    const claims = { ...goodClaims(ground.gateway), ...forInsurer, cnf: { jkt: kid } };
    const token = await signed(ground.gateway, claims);
    const proof = await signed(
      ground.gateway,
      {
        jti: crypto.randomUUID(),
        htm: 'POST',
        htu: `${apart.url}/graphql`,
        iat: Math.floor(Date.now() / 1000),
        ath: createHash('sha256').update(token).digest('base64url'),
      },
      { typ: 'dpop+jwt', kid: undefined, jwk: { kty, crv, x, y } },
      privateKey,
    );
    const body = JSON.stringify({ query: everything() });
    const answer = await knock(apart.url, [`authorization: DPoP ${token}`, `dpop: ${proof}`], body);
    expect(JSON.parse(answer.body).data.person.hardshipListings).toEqual([{ word: '低保对象' }]);
  });
});

/** What comes of connecting: the code of the error, or `open`. */
const reaches = (host: string, port: number): Promise<string> =>
  new Promise((settled) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      settled('open');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => settled(error.code ?? ''));
  });
