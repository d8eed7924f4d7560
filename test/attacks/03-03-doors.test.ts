import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectDenied, expectOnlyCounted } from '../support/audit.ts';
import { attack, expectRejected, rawSocket, SECRET, type Attack, type EdgeAnswer } from '../support/edge.ts';
import { testHub, type TestHub } from '../support/hub.ts';

// Section 3.3 of the security programme, how a request comes: its method, type, charset and pace. The hub is a development one whose
// clients may ask published operations alone, as in production, and that has two seconds' patience.

const CLIENT = '130628:civil-affairs';
const GOOD = { documentId: 'ListCatalogue' };

let hub: TestHub;
let token: string;
beforeAll(async () => {
  hub = await testHub({
    work: 'elsewhere',
    environment: { FREE_QUERIES: 'granted', SLOW_SENDER_SECONDS: '2' },
  });
  token = await hub.tokenOf(CLIENT);
}, 180_000);
afterAll(() => hub.stop());
afterEach(async () => {
  expect((await hub.ask(CLIENT, GOOD)).status).toBe(200);
});

const send = (request: Partial<Attack>) => attack(hub.url, { token, ...request });
const QUERY = '{"query":"{ lists { name } }"}';

/** Refused, and one entry of the audit log tells so; of who is not known, or at an address that asks nobody who they are, none does. */
async function expectRefusal(why: string, request: Partial<Attack>, status: number, code: string): Promise<EdgeAnswer> {
  let answer: EdgeAnswer;
  const refused = async (): Promise<void> => {
    answer = await send(request);
    expectRejected(why, answer, status, code);
  };
  const isKnown = request.token !== null && (request.method ?? 'POST') === 'POST';
  await (isKnown
    ? expectDenied(hub.databaseUrl, { reason: code, client: CLIENT, key: String(decodeJwt(token)['key']) }, refused)
    : expectOnlyCounted(hub.databaseUrl, refused));
  return answer!;
}

describe('what a client may ask', () => {
  it('41. a batch of two, and of a thousand', async () => {
    for (const size of [2, 1_000]) {
      const body = `[${Array(size).fill(JSON.stringify(GOOD)).join(',')}]`;
      await expectRefusal(`${size}`, { body }, 400, 'BAD_USER_INPUT');
    }
  });

  it('49. questions about the schema by any spelling: not a name of a type comes back', async () => {
    const spellings = [
      '{ __schema { types { name } } }',
      'query IntrospectionQuery { __schema { queryType { name } } }',
      '{ a: __schema { types { name } } }',
      '{__schema\n{types{name}}}',
      '{ __type(name: "Person") { name } }',
      '{ ...S } fragment S on Query { __schema { types { name } } }',
      '{ ... on Query { __schema { types { name } } } }',
      'subscription { __schema { types { name } } }',
      'mutation { __schema { types { name } } }',
      '{ lists { name } __schema { types { name } } }',
      '{ \\u005f_schema { types { name } } }',
      '{ _service { sdl } }',
      '{ _entities(representations: []) { __typename } }',
      '{ lists { __typename } }',
    ];
    for (const query of spellings) {
      for (const accept of ['application/json', 'text/event-stream']) {
        const answer = await expectRefusal(query, { body: { query }, headers: { accept } }, 400, 'UNKNOWN_DOCUMENT');
        expect(answer.text).not.toMatch(/Person|Query|List|Submission/);
      }
      const byGet = { method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}` };
      await expectRefusal(`GET ${query}`, byGet, 400, 'BAD_USER_INPUT');
    }
    await expectRefusal('nobody', { token: null, body: { query: spellings[0] } }, 401, 'UNAUTHENTICATED');
  });

  it('50. probing a hub that answers published operations: one answer, whatever was guessed', async () => {
    const guesses = ['{ persn { id } }', '{ person { id } }', `{ ${SECRET} }`, '{ lists { name } }', 'no document', ''];
    const answers: EdgeAnswer[] = [];
    for (const query of guesses) answers.push(await expectRefusal(query, { body: { query } }, 400, 'UNKNOWN_DOCUMENT'));
    expect(new Set(answers.map(({ text }) => text.replace(/"requestId":"[^"]*"/, ''))).size).toBe(1);
  });

  it('55. documents that are not published, by text or by hash; no hash is remembered for later', async () => {
    const persisted = (sha256Hash: unknown, more: object = {}, version: unknown = 1) => ({
      body: { extensions: { persistedQuery: { version, sha256Hash } }, ...more },
    });
    const query = '{ lists { name } }';
    const hash = await sha256Of(query);
    await expectRefusal('text', { body: { query } }, 400, 'UNKNOWN_DOCUMENT');
    await expectRefusal('its hash', persisted(hash), 400, 'UNKNOWN_DOCUMENT');
    await expectRefusal('both', persisted(hash, { query }), 400, 'UNKNOWN_DOCUMENT');
    await expectRefusal('its hash again', persisted(hash), 400, 'UNKNOWN_DOCUMENT');
    await expectRefusal('a wrong hash', persisted('0'.repeat(64), { query }), 400, 'BAD_USER_INPUT');
    for (const bad of ['', 'constructor', '__proto__', 'A'.repeat(64), 7, ['x'], {}, null]) {
      await expectRefusal(`hash ${JSON.stringify(bad)}`, persisted(bad), 400, 'BAD_USER_INPUT');
    }
    await expectRefusal('another version', persisted(hash, {}, 2), 400, 'BAD_USER_INPUT');
    for (const documentId of ['Nothing', 'constructor', '__proto__', '../list-catalogue', '']) {
      await expectRefusal(`id ${documentId}`, { body: { documentId } }, 400, 'UNKNOWN_DOCUMENT');
    }
    const published = publishedText('list-catalogue');
    expect((await send(persisted(await sha256Of(published)))).status).toBe(200);
    expect((await send({ body: { query: published } })).status).toBe(200);
    // Laid out anew, as libraries do.
    expect((await send({ body: { query: published.replace(/^#.*$/gm, '').replace(/\s+/g, ' ') } })).status).toBe(200);
  });
});

describe('how it comes', () => {
  it('52. by address, as a form, as text, as an upload or as a type nobody knows', async () => {
    const asked = '/graphql?query=%7Blists%7Bname%7D%7D';
    for (const path of [
      asked,
      '/graphql?documentId=ListCatalogue',
      '/graphql?variables=%7B%7D',
      '/graphql?extensions=%7B%7D',
    ]) {
      for (const header of ['x-plain', 'x-apollo-operation-name', 'apollo-require-preflight']) {
        await expectRefusal(path, { method: 'GET', path, headers: { [header]: '1' } }, 400, 'BAD_USER_INPUT');
      }
    }
    const types = [
      'application/x-www-form-urlencoded',
      'text/plain',
      'text/plain;application/json',
      'multipart/form-data; boundary=x',
      'message/x',
      'application/graphql',
      'application/json-patch+json',
      'application/json, text/plain',
      'application/json; charset=utf-8; charset=utf-16',
      'APPLICATION/JSON;x',
      ' ',
    ];
    for (const type of types) {
      await expectRefusal(type, { body: QUERY, headers: { 'content-type': type } }, 415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    for (const encoding of ['gzip', 'br', 'identity', 'x']) {
      const headers = { 'content-encoding': encoding };
      await expectRefusal(encoding, { body: QUERY, headers }, 415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    // The address of a POST says nothing: what stands in it is not read.
    await expectRefusal('POST by address', { path: asked, body: '{}' }, 400, 'BAD_USER_INPUT');
  });

  it('53. a mutation by address, and a preflight from a site that nobody named', async () => {
    const mutation = encodeURIComponent('mutation { withdrawSubmission(id: "1", reason: "") { id } }');
    await expectRefusal('GET', { method: 'GET', path: `/graphql?query=${mutation}` }, 400, 'BAD_USER_INPUT');
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
      const headers = {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      };
      const answer = await expectRefusal(method, { method, headers, token: null }, 405, 'METHOD_NOT_ALLOWED');
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    const simple = await send({ body: GOOD, headers: { origin: 'https://elsewhere.example' } });
    expect(simple.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('54. other charsets, declared or not', async () => {
    for (const charset of ['utf-7', 'shift_jis', 'utf-16', 'utf-16le', 'gb18030', 'iso-8859-1', 'UTF-32', '"']) {
      const headers = { 'content-type': `application/json; charset=${charset}` };
      await expectRefusal(charset, { body: QUERY, headers }, 415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    const undeclared: readonly (readonly [string, Uint8Array])[] = [
      ['UTF-16', Buffer.from(`\ufeff${QUERY}`, 'utf16le')],
      ['GB18030', Buffer.from([0x22, 0xb9, 0xdc, 0x22])],
      ['overlong', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
      ['half of a pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ];
    for (const [why, body] of undeclared) await expectRefusal(why, { body }, 400, 'BAD_USER_INPUT');
    const utf8 = await send({ body: GOOD, headers: { 'content-type': 'Application/JSON; Charset="UTF-8"' } });
    expect(utf8.status).toBe(200);
  });

  it('56. uploads of ten thousand parts, without their part, or with a path for a name: no file is left', async () => {
    const part = (name: string, file: string, content: string): string =>
      `--x\r\ncontent-disposition: form-data; name="${name}"; filename="${file}"\r\n\r\n${content}\r\n`;
    const operations = part('operations', '', '{"query":"{ lists { name } }","variables":{"f":null}}');
    const bodies = [
      `${operations}${part('map', '', JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [i, ['variables.f']]))))}--x--\r\n`,
      `${operations}${part('map', '', '{"0":["variables.f"]}')}--x--\r\n`,
      `${operations}${part('map', '', '{"0":["variables.__proto__.f"]}')}${part('0', '../../etc/passwd', 'x')}--x--\r\n`,
    ];
    const before = filesBeside(hub.dataDir);
    for (const body of bodies) {
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      await expectRefusal('graph', { body, headers }, 415, 'UNSUPPORTED_MEDIA_TYPE');
      const file = { path: '/lists/hardship', body, headers: { ...headers, 'idempotency-key': 'k' } };
      await expectRefusal('lists', file, 415, 'UNSUPPORTED_MEDIA_TYPE');
    }
    expect(filesBeside(hub.dataDir)).toEqual(before);
  });
});

describe('sockets', () => {
  it('57. sockets of another protocol, events without a token or for a deep question, and a thousand that say nothing', async () => {
    const handshake = [
      'GET /graphql HTTP/1.1',
      'host: hub',
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-protocol: graphql-transport-ws',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    const { socket, closed } = await rawSocket(hub.url, `${handshake.join('\r\n')}\r\n\r\n`);
    socket.end();
    expect(await closed).toMatch(/^HTTP\/1\.1 404 /);

    const events = { accept: 'text/event-stream' };
    await expectRefusal('nobody', { token: null, headers: events, body: GOOD }, 401, 'UNAUTHENTICATED');
    const deep = `subscription { ${'lists { '.repeat(30)} name ${'}'.repeat(30)} }`;
    await expectRefusal('deep', { headers: events, body: { query: deep } }, 400, 'UNKNOWN_DOCUMENT');

    const opened = performance.now();
    const idle = await Promise.all(Array.from({ length: 1_000 }, () => rawSocket(hub.url, '')));
    expect((await hub.ask(CLIENT, GOOD)).status).toBe(200);
    await Promise.all(idle.map((one) => one.closed));
    // Two seconds each, and the time to open and close a thousand beside other work.
    expect(performance.now() - opened).toBeLessThan(45_000);
  });

  it('58. headers and bodies that drip on five hundred sockets, lengths that lie, pieces without end', async () => {
    const head = (more: string): string =>
      `POST /graphql HTTP/1.1\r\nhost: hub\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\n${more}\r\n`;
    const opened = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        rawSocket(
          hub.url,
          index % 2 === 0 ? 'POST /graphql HTTP/1.1\r\nhost: hub\r\n' : head('content-length: 5000\r\n'),
        ),
      ),
    );
    const short = JSON.stringify(GOOD);
    // Waits for its last byte as long as the others drip.
    const tooLong = await rawSocket(hub.url, `${head(`content-length: ${short.length + 1}\r\n`)}${short}`);
    let dripped = 0;
    const drip = setInterval(() => {
      dripped += 1;
      for (const [index, { socket }] of opened.entries())
        if (!socket.destroyed) socket.write(index % 2 === 0 ? `x-${dripped}: 1\r\n` : ' ');
    }, 250);
    try {
      const closing = Promise.all(opened.map(({ closed }) => closed));
      // While they drip, others are answered.
      for (let asked = 0; asked < 20; asked += 1) expect((await hub.ask(CLIENT, GOOD)).status).toBe(200);
      await closing;
    } finally {
      clearInterval(drip);
    }
    // Fifteen seconds where the process has the machine to itself; where it has not, the drips come later as well.
    expect(dripped).toBeLessThan(60);

    expect(await tooLong.closed).not.toContain(' 200 ');
    const tooShort = await rawSocket(hub.url, `${head(`content-length: ${short.length - 1}\r\n`)}${short}`);
    expect(await tooShort.closed).toMatch(/^HTTP\/1\.1 400 /);
    const both = await rawSocket(
      hub.url,
      `${head(`content-length: ${short.length}\r\ntransfer-encoding: chunked\r\n`)}0\r\n\r\n`,
    );
    expect(await both.closed).toMatch(/^HTTP\/1\.1 400 /);
    const two = await rawSocket(hub.url, `${head('content-length: 1\r\ncontent-length: 2\r\n')}${short}`);
    expect(await two.closed).toMatch(/^HTTP\/1\.1 400 /);

    const endless = await rawSocket(hub.url, head('transfer-encoding: chunked\r\n'));
    const piece = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const pour = (): void => void (endless.socket.destroyed || endless.socket.write(piece));
    endless.socket.on('drain', pour);
    for (let index = 0; index < 4; index += 1) pour();
    expect(await endless.closed).toMatch(/^HTTP\/1\.1 413 |^$/);
  });
});

/** Every file that the hub keeps or puts aside. */
function filesBeside(dataDir: string): string[] {
  const uploads = join(dataDir, 'uploads');
  return [...readdirSync(dataDir), ...(existsSync(uploads) ? readdirSync(uploads) : [])].toSorted();
}

async function sha256Of(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex');
}

const publishedText = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../operations/${name}.graphql`), 'utf8');
