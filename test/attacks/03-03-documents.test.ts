import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { obtainToken } from '../../src/gateway/issuer.ts';
import { attackGround, CLIENT, knockWith, type AttackGround } from '../support/attack-ground.ts';
import { residentId } from '../support/id-numbers.ts';
import { entriesOf, entriesSince, expectDenied, logSizes } from '../support/audit.ts';
import { attack, expectRejected, SECRET, times } from '../support/edge.ts';

// Section 3.3 of the security programme, what is written in a document or its variables: refused before it is planned, and mostly before
// it is parsed; nothing changes, and the next good request is answered.

let ground: AttackGround;
let token: string;
/** Thumbprint of the key by which it was obtained. */
let key: string;
let before: string;
beforeAll(async () => {
  ground = await attackGround();
  token = await ground.goodToken();
  key = String(decodeJwt(token)['key']);
}, 180_000);
afterAll(() => ground.stop());

beforeEach(async () => {
  before = await ground.fingerprint();
});
afterEach(async () => {
  expect(await ground.fingerprint()).toBe(before);
  expect((await knockWith(ground.doors[0]!, token)).status).toBe(200);
});

const send = (body: unknown) => attack(ground.hub.url, { token, body });
const tokenOf = async (client: string): Promise<string> =>
  (await obtainToken(client, ground.hub.issuer, await ground.hub.privateKeyOf(client))).access_token;
const ask = (query: string, variables: object = {}) => send({ query, variables });

/** Refused, and one entry of the audit log tells so: by whom, by which key, why, and nothing of what was sent. */
async function expectRefusal(why: string, body: unknown, status: number, code: string): Promise<void> {
  await expectDenied(ground.databaseUrl, { reason: code, client: CLIENT, key }, async () => {
    expectRejected(why, await send(body), status, code);
  });
}

async function expectTooComplex(cases: readonly (readonly [why: string, query: string])[]): Promise<void> {
  for (const [why, query] of cases) {
    // What is no text that anybody would write is refused before it is known to be a document.
    const code = query.length > 128 * 1024 ? 'BAD_USER_INPUT' : 'DOCUMENT_TOO_COMPLEX';
    await expectRefusal(why, { query }, 400, code);
  }
}

const nested = (levels: number): string => `${'lists { '.repeat(levels - 1)} name ${'}'.repeat(levels - 1)}`;
const doubling = (levels: number): string =>
  `{ ...F0 } ${times(levels, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on Query { __typename }`;
/** A document of so many levels that the schema has. */
const ofTypes = (levels: number): string =>
  `{ __schema { types { fields { type { ${'ofType { '.repeat(levels - 5)} name ${'}'.repeat(levels - 5)} } } } } }`;

/** A document of exactly 400 words and signs, within every other limit, with more inside. */
const ofTokens = (more: string): string => {
  const eights = times(30, (i) => `... on ListDescription { a${i}: name }`);
  const sixes = times(13, () => '... on ListDescription { name }');
  const others = `${times(9, () => 'zh @include(if: true)')} columns { name } mayPush`;
  return `{ lists { ${eights} ${sixes} ${others} ${more} } }`;
};

const LINE_ENDS = ['\n', '\r', '\r\n'];
const ofLines = (lines: number, end: string): string => `{ lists {${end.repeat(lines - 1)} name } }`;

describe('what is written once too often', () => {
  it('39. ten thousand aliases, and one more than there may be', async () => {
    await expectTooComplex([
      ['10,000', `{ ${times(10_000, (i) => `a${i}:x`)} }`],
      ['31', `{ lists { ${times(31, (i) => `a${i}: name`)} } }`],
      ['21 fields of the root', `{ ${times(21, (i) => `a${i}: lists { name }`)} }`],
      [
        'in fragments',
        `{ lists { ...A ...B } } fragment A on ListDescription { ${times(16, (i) => `a${i}: name`)} } fragment B on ListDescription { ${times(16, (i) => `b${i}: name`)} }`,
      ],
    ]);
    expect((await ask(`{ lists { ${times(30, (i) => `a${i}: name`)} } }`)).status).toBe(200);
  });

  it('40. fields repeated a hundred thousand times, four thousand times, and one time too many', async () => {
    await expectTooComplex([
      ['100,000', `{ ${times(100_000, () => 'p{x}')} }`],
      ['4,000', `{ ${times(4_000, () => 'p{x}')} }`],
      ['21 repeated', `{ lists { ${times(22, () => 'name')} } }`],
      ['21 repeated, of which 11 below the others', `{ ${times(11, () => 'lists { name agency }')} }`],
      ['251 selections with `lists`', `{ lists { ${times(250, (i) => `x${i}`)} } }`],
    ]);
    expect((await ask(`{ lists { ${times(21, () => 'name')} } }`)).status).toBe(200);
  });

  it('44. two hundred times a hundred inline fragments with one name', async () => {
    await expectTooComplex([
      ['200 × 100', `{ ${times(200, () => `... on Query { ${times(100, () => '... { lists { name } }')} }`)} }`],
      ['15 × 10', `{ ${times(15, () => `... on Query { ${times(10, () => '... { lists { name } }')} }`)} }`],
      ['401 words and signs', ofTokens('neededToRemove')],
      ['18,000 lines', `${'\n'.repeat(18_000)}{ lists { nme } }`],
      ...LINE_ENDS.map((end) => [`501 lines that end in ${JSON.stringify(end)}`, ofLines(501, end)] as const),
    ]);
    expect((await ask(ofTokens(''))).status).toBe(200);
    for (const end of LINE_ENDS) expect([end, (await ask(ofLines(500, end))).status]).toEqual([end, 200]);
  });

  it('45. directives by the thousand, and those that are off', async () => {
    await expectTooComplex([
      ['10,000', `{ lists ${times(10_000, () => '@a')} { name } }`],
      ['1,000 @skip', `{ lists ${times(1_000, () => '@skip(if: false)')} { name } }`],
      ['21', `{ lists { ${times(21, (i) => `a${i}: name @skip(if: false)`)} } }`],
      ['on an operation', `query ${times(21, () => '@a')} { lists { name } }`],
      ['on a variable', `query Q($x: Int ${times(21, () => '@a')}) { lists { name } }`],
    ]);
    for (const off of ['... @defer { lists { name } }', 'lists @stream(initialCount: 0) { name }']) {
      await expectRefusal(off, { query: `{ ${off} }` }, 400, 'GRAPHQL_VALIDATION_FAILED');
    }
  });
});

describe('what is nested', () => {
  it('42. a level too many, plainly, through lists, in the schema, and by a fragment at two depths', async () => {
    const inFragment = `fragment F on ListDescription { ${nested(10)} }`;
    await expectTooComplex([
      ['plainly', `{ ${nested(17)} }`],
      ['through lists', `{ people(idNumbers: ["1"], purpose: AUDIT) { ${nested(16)} } }`],
      ['of the schema', ofTypes(17)],
      ['of the schema, in a fragment', `{ ...S } fragment S on Query { ${ofTypes(17).slice(1, -1)} }`],
      ['by a fragment at two depths', `{ lists { ...F a { a { a { a { a { a { ...F } } } } } } } } ${inFragment}`],
      ['in inline fragments', `{ ... { ... on Query { ${nested(17)} } } }`],
    ]);
    expect((await ask(ofTypes(16))).status).toBe(200);
  });

  it('43. fragments that contain themselves, or double thirty times', async () => {
    const cycles = [
      '{ ...A } fragment A on Query { ...A }',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ... { lists { name } ...A } }',
      '{ lists { name } } fragment A on Query { ...A }',
    ];
    for (const query of cycles) await expectRefusal(query, { query }, 400, 'GRAPHQL_VALIDATION_FAILED');
    await expectTooComplex([
      ['30 levels', doubling(30)],
      ['9 levels', doubling(9)],
      ['unused', `{ lists { name } } ${doubling(12).slice(10)}`],
    ]);
  });

  it('46. twenty thousand brackets, and as few as cannot be meant', async () => {
    const people = (value: string): string => `{ people(idNumbers: ${value}, purpose: AUDIT) { id } }`;
    await expectTooComplex([
      ['20,000', people('['.repeat(20_000))],
      ['11', people(`${'['.repeat(12)}${']'.repeat(12)}`)],
      ['objects', people(`${'{a: '.repeat(12)}1${'}'.repeat(12)}`)],
      ['in a default', `query Q($x: [String!] = ${'['.repeat(12)}${']'.repeat(12)}) { lists { name } }`],
      ['in a directive', `{ lists @skip(if: ${'['.repeat(12)}${']'.repeat(12)}) { name } }`],
      ['201 values, the list and the purpose among them', people(`[${times(199, () => '"1"')}]`)],
    ]);
    expect((await ask(people(`[${times(198, () => '"1"')}]`))).codes).not.toContain('DOCUMENT_TOO_COMPLEX');
  });

  it('47. variables without a bottom, without an end, or without a measure', async () => {
    const people = 'query Q($n: [String!]!) { people(idNumbers: $n, purpose: AUDIT) { id } }';
    const withValue = (text: string): string => `{"query":${JSON.stringify(people)},"variables":{"n":${text}}}`;
    const cases: readonly (readonly [string, string, number, string])[] = [
      ['100,000 lists', withValue(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400, 'BAD_USER_INPUT'],
      ['100,000 objects', withValue(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 400, 'BAD_USER_INPUT'],
      [
        '17 levels, no variable',
        `{"query":"{ lists { name } }","extensions":${'['.repeat(16)}${']'.repeat(16)}}`,
        400,
        'BAD_USER_INPUT',
      ],
      [
        '31 of them',
        `{"query":"query Q(${times(31, (i) => `$v${i}: Int`)}) { lists { name } }"}`,
        400,
        'DOCUMENT_TOO_COMPLEX',
      ],
      ['10 MB', withValue(`["${'x'.repeat(10_000_000)}"]`), 413, 'BODY_TOO_LARGE'],
      ['a text of 200 KB', withValue(`["${'x'.repeat(200_000)}"]`), 400, 'BAD_USER_INPUT'],
      ['a million items', withValue(`[${'1,'.repeat(999_999)}1]`), 400, 'BAD_USER_INPUT'],
      ['a hundred thousand items', withValue(`["1"${',"1"'.repeat(99_999)}]`), 400, 'COST_LIMIT'],
      ['a secret that is no text', withValue(`[{"is":"${SECRET}"}]`), 400, 'BAD_USER_INPUT'],
    ];
    for (const [why, body, status, code] of cases) await expectRefusal(why, body, status, code);
    // Who pushes nothing has nothing to say at such length.
    const asker = await tokenOf('130628:finance');
    const long = withValue(`["${'"1","'.repeat(40_000)}"]`);
    const many = withValue(`[1${',1'.repeat(2_600)}]`);
    expectRejected('2,601 values', await attack(ground.hub.url, { token: asker, body: many }), 400, 'BAD_USER_INPUT');
    await expectDenied(ground.databaseUrl, { reason: 'BODY_TOO_LARGE', client: '130628:finance' }, async () =>
      expectRejected(
        'a question of 180 KB',
        await attack(ground.hub.url, { token: asker, body: long }),
        413,
        'BODY_TOO_LARGE',
      ),
    );
  });
});

describe('what it would cost', () => {
  it('48. pages without end or of no size, and pages of pages past ten thousand', async () => {
    const pages = 'query Q($first: Int!) { submissions(first: $first) { edges { node { id } } } }';
    for (const [first, code] of [
      [1_000_000_000, 'COST_LIMIT'],
      [-1, 'BAD_USER_INPUT'],
      [0, 'BAD_USER_INPUT'],
    ] as const) {
      await expectRefusal(`${first}`, { query: `{ submissions(first: ${first}) { totalCount } }` }, 400, code);
      await expectRefusal(`${first} by variable`, { query: pages, variables: { first } }, 400, code);
      await expectRefusal(`${first} by default`, { query: pages.replace('!)', `! = ${first})`) }, 400, code);
    }
    const ofPages = (outer: number, inner: number): string =>
      `{ submissions(first: ${outer}) { edges { node { verdicts(first: ${inner}) { edges { node { row } } } } } } }`;
    for (const [outer, inner] of [
      [201, 50],
      [2, 5_000],
      [100, 100],
    ]) {
      await expectRefusal(`${outer} × ${inner}`, { query: ofPages(outer!, inner!) }, 400, 'COST_LIMIT');
    }
    const twice = `{ ${times(3, (i) => `a${i}: submissions(first: 4000) { edges { node { id } } }`)} }`;
    await expectRefusal('side by side', { query: twice }, 400, 'COST_LIMIT');
    expect((await ask(ofPages(100, 90))).status).toBe(200);
  });

  it('51. a hundred of the dearest questions at once: three are answered at a time, and others do not wait', async () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => residentId(index));
    const dear = {
      query:
        'query Q($n: [String!]!) { people(idNumbers: $n, purpose: BENEFIT_ADMINISTRATION) { benefit(policyYear: 2026) { outcome } } }',
      variables: { n: numbers },
    };
    const actor = await tokenOf('130628:medical-insurance');
    const sizes = await logSizes(ground.database);
    // Nobody is found while this table is locked, so that all hundred are there at once.
    const client = await ground.database.connect();
    let answered = 0;
    try {
      await client.query('begin');
      await client.query('lock table subject_link in access exclusive mode');
      const flood = Array.from({ length: 100 }, () =>
        attack(ground.hub.url, { token: actor, body: dear }).finally(() => (answered += 1)),
      );
      await vi.waitFor(() => expect(answered).toBeGreaterThanOrEqual(97), { timeout: 30_000 });
      const others = await Promise.all(Array.from({ length: 20 }, () => ask('{ lists { name } }')));
      expect(new Set(others.map(({ status }) => status))).toEqual(new Set([200]));
      await client.query('rollback');
      const answers = await Promise.all(flood);
      const left = await entriesSince(client, sizes);
      const denials = left.filter(({ decision }) => decision === 'DENIED');
      expect(denials.map(({ reason, client: who }) => [reason, who])).toEqual(
        Array.from({ length: 97 }, () => ['TOO_MANY_AT_ONCE', '130628:medical-insurance']),
      );
      expect(new Set(denials.map(({ request }) => request)).size).toBe(97);
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(97);
      for (const one of refused) {
        expectRejected('one of a hundred', one, 429, 'TOO_MANY_AT_ONCE');
        expect(one.headers.get('retry-after')).toBe('1');
      }
    } finally {
      client.release();
    }
    expect((await attack(ground.hub.url, { token: actor, body: dear })).status).toBe(200);
  });
});

describe('names', () => {
  it('50. probing tells neither what there is nor what was sent', async () => {
    const cases = [
      '{ persn { id } }',
      `{ person(idNumbr: "${SECRET}", purpose: AUDIT) { id } }`,
      `{ lists { n${SECRET} } }`,
      `{ lists { name(n${SECRET}: 1) } }`,
      `query n${SECRET} { lists { nam } }`,
      `{ ...n${SECRET} }`,
      `query Q($n${SECRET}: Persn) { lists { name } }`,
      `{ lists @n${SECRET} { name } }`,
      '{ lists { ... on Persn { id } } }',
      `{ person(idNumber: "1", purpose: AUDI) { id } }`,
      `{ a${SECRET}: lists { name } a${SECRET}: policyPacks { id } }`,
    ];
    for (const query of cases) await expectRefusal(query, { query }, 400, 'GRAPHQL_VALIDATION_FAILED');
  });

  it('59. __proto__, constructor and toString wherever a name can stand', async () => {
    const own = Object.getOwnPropertyNames(Object.prototype).toSorted();
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__']) {
      const bodies: readonly unknown[] = [
        { query: `{ ${name}: lists { name } }` },
        { query: `query ${name} { lists { name } }`, operationName: name },
        { query: '{ lists { name } }', operationName: name },
        { query: `query Q($${name}: Int) { submissions(first: $${name}) { totalCount } }` },
        `{"query":"{ lists { name } }","variables":{"${name}":{"polluted":true}}}`,
        `{"query":"query Q($i: PeopleSearched!) { searchPeople(by: $i, purpose: AUDIT) { totalCount } }","variables":{"i":{"${name}":{"polluted":true}}}}`,
        `{"query":"{ lists { name } }","${name}":{"polluted":true}}`,
        { documentId: name },
        { query: `{ ${name} { id } }` },
        { query: `{ ...${name} } fragment ${name} on Query { lists { name } }` },
        { query: `{ lists @${name} { name } }` },
      ];
      for (const body of bodies) {
        let answer: Awaited<ReturnType<typeof send>>;
        const entries = await entriesOf(ground.databaseUrl, async () => {
          answer = await send(body);
        });
        const { status, codes } = answer!;
        expect([body, [200, 400].includes(status)]).toEqual([body, true]);
        expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
        const denials = entries.filter(({ decision }) => decision === 'DENIED').map(({ reason }) => reason);
        expect([body, denials]).toEqual([body, status === 200 ? [] : codes.slice(0, 1)]);
      }
    }
    const { text } = await ask('{ constructor: lists { toString: name } }');
    expect(Object.keys(JSON.parse(text).data)).toEqual(['constructor']);
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(own);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
