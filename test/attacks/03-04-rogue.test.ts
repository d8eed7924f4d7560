import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHub, type RunningHub } from '../../src/main.ts';
import {
  attackGround,
  expectNoLeak,
  goodClaims,
  knock,
  signed,
  type AttackGround,
  type Knocked,
} from '../support/attack-ground.ts';
import { entriesOf } from '../support/audit.ts';
import { residentId } from '../support/id-numbers.ts';

// Section 3.4 of the security programme, line 69: a subgraph in strange hands. It is asked about one person's hardship.

const ID_NUMBER = residentId(1);
const MEGABYTE = 1024 * 1024;

let ground: AttackGround;
let rogue: Server;
let address: string;
let apart: RunningHub;
let token: string;
let before: string;

/** How the rogue answers now; it is told what it was asked. */
let answering: (response: ServerResponse, asked: Asked) => void;
/** The headers that came with the last question. */
let headers: IncomingMessage['headers'];

interface Asked {
  readonly query: string;
  readonly variables: { readonly representations: readonly Readonly<Record<string, string>>[] };
}

beforeAll(async () => {
  ground = await attackGround();
  rogue = createServer((request, response) => {
    headers = request.headers;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answering(response, JSON.parse(Buffer.concat(chunks).toString()) as Asked));
  });
  rogue.listen(0, '127.0.0.1');
  await once(rogue, 'listening');
  address = `http://127.0.0.1:${(rogue.address() as AddressInfo).port}/graphql`;
  const config = ground.config({ ...ground.trusting, SUBGRAPHS: `hardship=${address}` });
  apart = await startHub({ config, work: 'elsewhere' });
  token = await signed(ground.gateway, {
    ...goodClaims(ground.gateway),
    agency: 'medical-insurance',
    scope: 'person:read',
  });
  const pushing = await signed(ground.gateway, { ...goodClaims(ground.gateway), scope: 'list:hardship:push' });
  const pushed = await ask(
    ground.hub.url,
    `mutation { pushHardship(input: { idempotencyKey: "k", rows: [{ name: "甲", idNumber: "${ID_NUMBER}", category: "低保对象", from: "2025-01-01" }] }) { id } }`,
    pushing,
  );
  expect(JSON.parse(pushed.body).errors).toBeUndefined();
});

afterAll(async () => {
  rogue?.closeAllConnections();
  rogue?.close();
  await apart?.stop();
  await ground?.stop();
});

beforeEach(async () => {
  before = await ground.fingerprint();
});
afterEach(async () => {
  expect(await ground.fingerprint()).toBe(before);
  answering = honest;
  expect(JSON.parse((await ask()).body).data.person.hardshipListings).toEqual([{ word: '低保对象' }]);
});

const QUESTION = `{ lists { name } person(idNumber: "${ID_NUMBER}", purpose: AUDIT) { name hardshipListings { word } } }`;

const ask = (url = apart.url, query = QUESTION, by = token): Promise<Knocked> =>
  knock(url, [`authorization: Bearer ${by}`], JSON.stringify({ query }));

const sendJson = (response: ServerResponse, body: unknown, more: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(200, { 'content-type': 'application/json', ...more });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** What an honest subgraph says of each reference: its keys, and one listing. */
const entitiesOf = ({ variables }: Asked): Record<string, unknown>[] =>
  variables.representations.map((one) => ({ _key_asKnown: one['asKnown'], hardshipListings: [{ word: '低保对象' }] }));
const honest = (response: ServerResponse, asked: Asked): void =>
  sendJson(response, { data: { _entities: entitiesOf(asked) } });

/** The rest of the question is answered, this subgraph's part is not, and the alarm is on record. */
async function expectThrownAway(why: string, code: string): Promise<void> {
  let answer: Knocked | undefined;
  const entries = await entriesOf(ground.databaseUrl, async () => {
    answer = await ask();
  });
  const { data, errors } = JSON.parse(answer!.body);
  expectNoLeak(why, answer!);
  expect([why, answer!.status, errors.map((one: any) => one.extensions.code)]).toEqual([why, 200, [code]]);
  expect([why, data.lists.length > 0, data.person]).toEqual([why, true, null]);
  expect([why, /特困|evil/.exec(answer!.body)?.[0]]).toEqual([why, undefined]);
  const alarms = entries.filter(({ reason }) => reason === 'SUBGRAPH_INVALID_RESPONSE');
  expect([why, alarms.length]).toEqual([why, code === 'SUBGRAPH_INVALID_RESPONSE' ? 1 : 0]);
}

describe('a subgraph in strange hands', () => {
  it('69. what it says beyond what was asked is dropped, headers and reserved names among it', async () => {
    answering = (response, asked) => {
      const more = entitiesOf(asked).map((one) => ({
        ...one,
        hardshipListings: [{ word: '低保对象', evil: 1, __typename: 'Evil', constructor: { prototype: {} } }],
        benefit: { outcome: 'evil' },
        name: 'evil',
        __typename: 'Person',
      }));
      const body = JSON.stringify({ data: { _entities: more, person: { name: 'evil' } }, extensions: { evil: 1 } });
      sendJson(
        response,
        body
          .replace('"benefit":', '"__proto__":{"evil":1},"benefit":')
          .replace('{"data":{', '{"__proto__":{"evil":1},"data":{"__proto__":{"evil":1},'),
        {
          'set-cookie': 'evil=1',
          'x-evil': '1',
          'www-authenticate': 'Basic realm="evil"',
        },
      );
    };
    const response = await fetch(`${apart.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: QUESTION }),
    });
    const text = await response.text();
    expect(text).not.toContain('evil');
    expect(JSON.stringify([...response.headers])).not.toMatch(/evil|set-cookie/);
    expect(JSON.parse(text).data.person).toEqual({ name: '*', hardshipListings: [{ word: '低保对象' }] });
    expect(({} as { evil?: number }).evil).toBeUndefined();
    // Nothing of the client's reached it but the question: its own token is not among it.
    expect(Object.keys(headers).toSorted()).toEqual(
      expect.arrayContaining(['accept', 'authorization', 'content-type']),
    );
    expect(Object.keys(headers).filter((name) => /^x-|cookie|forward|reveal/.test(name))).toEqual([]);
    expect(headers.authorization).not.toContain(token);
  });

  it('69. answers about others than those asked for, or in another form, are thrown away whole', async () => {
    const other = { _key_asKnown: 'evil', hardshipListings: [{ word: '特困' }] };
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const cases: ReadonlyArray<readonly [why: string, body: (asked: Asked) => unknown]> = [
      ['another key', () => ({ data: { _entities: [other] } })],
      ['no key', () => ({ data: { _entities: [{ hardshipListings: [{ word: '特困' }] }] } })],
      ['one too many', (asked) => ({ data: { _entities: [...entitiesOf(asked), other] } })],
      ['one too few', () => ({ data: { _entities: [] } })],
      ['no list', (asked) => ({ data: { _entities: entitiesOf(asked)[0] } })],
      [
        'an object for a text',
        (asked) => ({
          data: { _entities: entitiesOf(asked).map((one) => ({ ...one, hardshipListings: [{ word: { evil: 1 } }] })) },
        }),
      ],
      [
        'a text for an object',
        (asked) => ({ data: { _entities: entitiesOf(asked).map((one) => ({ ...one, hardshipListings: ['evil'] })) } }),
      ],
      ['endless depth', () => `{"data":{"_entities":${deep}}}`],
      ['no answer in it', () => ({ evil: 1 })],
      ['errors that are none', () => ({ data: null, errors: 'evil' })],
      ['data that is none', () => ({ data: 'evil' })],
      ['a list', () => []],
      ['half of it', () => '{"data":{"_entities":['],
      ['a page', () => '<html>evil</html>'],
    ];
    for (const [why, body] of cases) {
      answering = (response, asked) => sendJson(response, body(asked));
      await expectThrownAway(why, 'SUBGRAPH_INVALID_RESPONSE');
    }
    answering = (response, asked) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(JSON.stringify({ data: { _entities: entitiesOf(asked) } }));
    };
    await expectThrownAway('JSON as a page', 'SUBGRAPH_INVALID_RESPONSE');
  });

  it('69. errors of its own making carry no stack, statement or value', async () => {
    answering = (response) =>
      sendJson(response, {
        data: { _entities: [null] },
        errors: [
          {
            message: `select * from evil where number = ${ID_NUMBER} at /src/evil.ts:1:1`,
            path: ['_entities', 0],
            locations: [{ line: 1, column: 1 }],
            extensions: { code: 'evil', stacktrace: ['at evil.ts:1:1'], exception: { evil: 1 } },
          },
        ],
      });
    const answer = await ask();
    expectNoLeak('its own errors', answer);
    expect(answer.body).not.toMatch(new RegExp(`evil|${ID_NUMBER}`));
    expect(JSON.parse(answer.body).errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR');
  });

  it('69. a hundred megabytes, an answer without an end, and none at all', async () => {
    let sent = 0;
    answering = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(MEGABYTE, 32);
      const more = (): void => {
        while (sent < 100 * MEGABYTE && !response.destroyed) {
          sent += MEGABYTE;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    };
    await expectThrownAway('100 MB', 'SUBGRAPH_INVALID_RESPONSE');
    // What lay in the sockets besides is not the gateway's to refuse.
    expect(sent).toBeLessThan(40 * MEGABYTE);

    const dripping = new Set<NodeJS.Timeout>();
    answering = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      dripping.add(drip);
      response.once('close', () => clearInterval(drip));
    };
    await expectThrownAway('no end', 'SUBGRAPH_INVALID_RESPONSE');
    for (const drip of dripping) clearInterval(drip);

    answering = () => {};
    await expectThrownAway('silence', 'SUBGRAPH_UNAVAILABLE');
    answering = (response) => response.destroy();
    await expectThrownAway('a cut', 'SUBGRAPH_UNAVAILABLE');
    for (const status of [401, 403, 500, 503]) {
      answering = (response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' });
        response.end('{"errors":[{"message":"evil"}]}');
      };
      await expectThrownAway(String(status), 'SUBGRAPH_UNAVAILABLE');
    }
    answering = (response) => {
      response.writeHead(307, { location: `${ground.hub.url}/graphql` });
      response.end();
    };
    await expectThrownAway('a redirect', 'SUBGRAPH_UNAVAILABLE');
  });
});
