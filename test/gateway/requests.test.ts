import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testHub, type HubResponse, type TestHub } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';

const CLIENT = '130628:medical-insurance';
const SECRET = residentId(7);

let hub: TestHub;
beforeAll(async () => {
  hub = await testHub();
});
afterAll(() => hub.stop());

const raw = async (body: string | Uint8Array, contentType?: string): Promise<HubResponse> => {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await hub.tokenOf(CLIENT)}`,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    body: body as BodyInit,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
};
const codesOf = ({ body }: HubResponse): string[] => (body.errors ?? []).map(({ extensions }) => extensions.code);

describe('bodies', () => {
  const cases: ReadonlyArray<
    [why: string, body: string | Uint8Array, type: string | undefined, status: number, code: string]
  > = [
    ['plain text', '{"query":"{ lists { name } }"}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'query={lists{name}}', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', '{}', 'application/json; charset=utf-16', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no JSON', `{"query": ${SECRET}`, 'application/json', 400, 'BAD_USER_INPUT'],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'application/json', 400, 'BAD_USER_INPUT'],
    ['a batch', '[{"query":"{ lists { name } }"}]', 'application/json', 400, 'BAD_USER_INPUT'],
    ['no document', '{}', 'application/json', 400, 'BAD_USER_INPUT'],
    ['variables as a list', '{"query":"{ lists { name } }","variables":[]}', 'application/json', 400, 'BAD_USER_INPUT'],
    [
      'two documents',
      '{"query":"{ lists { name } }","variables":{},"query":"{ lists { name } }"}',
      'application/json',
      400,
      'BAD_USER_INPUT',
    ],
    [
      'a variable written twice, once by its code',
      '{"query":"query Q($n: ID!) { submission(id: $n) { id } }","variables":{"n":"1","\\u006e":"2"}}',
      'application/json',
      400,
      'BAD_USER_INPUT',
    ],
    ['an unpublished documentId', '{"documentId":"Nothing"}', 'application/json', 400, 'UNKNOWN_DOCUMENT'],
    ['nine megabytes', `{"query":"${'x'.repeat(9_000_000)}"}`, 'application/json', 413, 'BODY_TOO_LARGE'],
  ];
  it.each(cases)('refuses %s', async (_why, body, type, status, code) => {
    const answer = await raw(body, type);
    expect([answer.status, ...codesOf(answer)]).toEqual([status, code]);
    expect(answer.text).not.toContain(SECRET);
  });

  it('takes members of one name in different places, and colons within texts', async () => {
    const variables = '{"a":{"name":"x: y","b":[{"name":":"},{"name":"\\":\\\\"}]},"name":"{\\"name\\":1}"}';
    const answer = await raw(
      `{"query":"{ lists { name } }","variables":${variables}}`,
      'application/json; charset=utf-8',
    );
    expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
  });
});

describe('documents', () => {
  const doubling = Array.from({ length: 30 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(
    ' ',
  );
  const cases: ReadonlyArray<[why: string, query: string, code: string]> = [
    [
      'ten thousand aliases',
      `{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}:x`).join(' ')} }`,
      'DOCUMENT_TOO_COMPLEX',
    ],
    [
      'a hundred aliases',
      `{ lists { ${Array.from({ length: 100 }, (_, i) => `a${i}: name`).join(' ')} } }`,
      'DOCUMENT_TOO_COMPLEX',
    ],
    ['twenty thousand brackets', `{ people(idNumbers: ${'['.repeat(20_000)}) { id } }`, 'DOCUMENT_TOO_COMPLEX'],
    ['thirty doubling fragments', `{ ...F0 } ${doubling} fragment F30 on Query { __typename }`, 'DOCUMENT_TOO_COMPLEX'],
    ['a fragment in itself', '{ ...F } fragment F on Query { ...F }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a depth of thirty', `{ ${'lists { '.repeat(30)} name ${'}'.repeat(30)} }`, 'DOCUMENT_TOO_COMPLEX'],
    ['a syntax error', `{ person(idNumber: "${SECRET}" `, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is none', '{ list { name } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a value of another type',
      `{ people(idNumbers: ["${SECRET}"], purpose: "${SECRET}") { id } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['two operations and no choice', 'query A { lists { name } } query B { lists { name } }', 'BAD_USER_INPUT'],
  ];
  it.each(cases)('refuses %s without repeating it', async (_why, query, code) => {
    const started = performance.now();
    const answer = await hub.ask(CLIENT, { query });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(answer.status).toBe(400);
    expect(new Set(codesOf(answer))).toEqual(new Set([code]));
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain('Did you mean');
  });

  it('lets who has a token ask for the schema, and in development anybody', async () => {
    const query = '{ __schema { queryType { name } } }';
    expect((await hub.ask(CLIENT, { query })).body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    expect((await hub.ask(null, { query })).body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    expect((await hub.ask(null, { query: '{ __schema { queryType { name } } lists { name } }' })).status).toBe(401);
    expect((await hub.ask(null, { query: '{ ...S } fragment S on Query { lists { name } }' })).status).toBe(401);
  });
});

describe('variables', () => {
  const push = 'mutation P($input: PushHardshipInput!) { pushHardship(input: $input) { id } }';
  const people = 'query Q($n: [String!]!) { people(idNumbers: $n, purpose: LIST_VERIFICATION) { id } }';
  const cases: ReadonlyArray<[why: string, query: string, variables: object, place: string]> = [
    ['a missing variable', people, {}, '$n'],
    ['a number where text belongs', people, { n: [Number(SECRET.slice(0, 15))] }, '$n[0]'],
    ['an object where text belongs', people, { n: [{ is: SECRET }] }, '$n[0]'],
    ['a key that is none', push, { input: { idempotencyKey: 'k', rows: [{ [SECRET]: 1 }] } }, '$input.rows[0]'],
    ['a missing key', push, { input: { rows: [] } }, '$input.idempotencyKey'],
    ['a word that is none', push, { input: { idempotencyKey: 'k', mode: SECRET, rows: [] } }, '$input.mode'],
  ];
  it.each(cases)('names the place of %s and not the value', async (_why, query, variables, place) => {
    const answer = await hub.ask(CLIENT, { query, variables });
    expect(answer.status).toBe(400);
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.body.errors![0]!.message).toContain(place);
    expect(answer.text).not.toContain(SECRET.slice(0, 15));
  });
});

describe('errors of execution', () => {
  it('are told with path, code and request id, in both languages', async () => {
    const { status, headers, body } = await hub.ask(CLIENT, {
      query: 'mutation { pushHardship(input: { idempotencyKey: "k", rows: [] }) { id } }',
    });
    expect(status).toBe(403);
    const [error] = body.errors!;
    expect(error).toMatchObject({ path: ['pushHardship'], extensions: { code: 'FORBIDDEN' } });
    expect(error!.message).toMatch(/[\u4e00-\u9fff].* \/ \w/);
    expect(error!.extensions.requestId).toBe(headers.get('x-request-id'));
    expect(Object.keys(error!.extensions).toSorted()).toEqual(['code', 'requestId']);
  });
});

describe('every answer', () => {
  it('is kept by nobody, framed by nobody and guessed by nobody', async () => {
    for (const path of ['/healthz', '/nothing', '/graphql']) {
      const { headers } = await fetch(hub.url + path, { headers: { origin: 'https://elsewhere.example' } });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
