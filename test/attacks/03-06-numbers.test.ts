import { connect } from 'node:net';
import type { pino as Pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startHub, startSubgraph, type RunningHub, type RunningSubgraph } from '../../src/main.ts';
import { hubSubgraphs } from '../../src/subgraphs/all.ts';
import { attackGround, type AttackGround } from '../support/attack-ground.ts';
import { residentId } from '../support/id-numbers.ts';

// Section 3.6 of the security programme, line 95: a number in an address.

const told = vi.hoisted(() => ({ lines: [] as string[] }));
vi.mock('pino', async (original) => {
  const { pino } = await original<{ readonly pino: typeof Pino }>();
  return {
    pino: Object.assign((options: object) => pino(options, { write: (line) => void told.lines.push(line) }), pino),
  };
});

const NUMBER = residentId(12, '1949-12-31', '110105');
const WIDE = NUMBER.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
const FORMS: readonly string[] = [
  NUMBER,
  `${NUMBER.slice(0, 6)}-${NUMBER.slice(6, 14)}-${NUMBER.slice(14)}`,
  Buffer.from(NUMBER).toString('hex').replace(/../g, '%$&'),
  encodeURIComponent(WIDE),
  encodeURIComponent([...NUMBER].join(' ')),
  NUMBER.replace(/(.{4})/g, '$1+'),
];
const PLACES = ['/', '/graphql/', '/graphql?idNumber=', '/healthz?q=', '/lists/', '/oauth/token?x=', '/no/such/'];
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'];

let ground: AttackGround;
let hub: RunningHub;
const running: RunningSubgraph[] = [];
const doors: [name: string, url: string][] = [];

beforeAll(async () => {
  ground = await attackGround();
  hub = await startHub({ config: ground.config({ ...ground.trusting, LOG_LEVEL: 'debug' }), work: 'elsewhere' });
  doors.push(['gateway', hub.url]);
  for (const { name } of await hubSubgraphs()) {
    const subgraph = await startSubgraph(name, { config: ground.config({ LOG_LEVEL: 'debug' }) });
    running.push(subgraph);
    doors.push([name, new URL(subgraph.url).origin]);
  }
}, 240_000);
afterAll(async () => {
  for (const one of running) await one.stop();
  await hub?.stop();
  await ground?.stop();
});
beforeEach(() => void (told.lines.length = 0));

/** Sends a request line as it is given, bytes and all; clients tidy addresses. */
async function knockAt(
  url: string,
  method: string,
  address: string,
  token?: string,
): Promise<[status: number, body: string]> {
  const { hostname, port } = new URL(url);
  const head = [
    `${method} ${address} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    'connection: close',
    'content-length: 0',
    ...(token ? [`authorization: Bearer ${token}`] : []),
  ];
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n`));
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  const [first = '', ...rest] = answer.split('\r\n\r\n');
  return [Number(first.split(' ', 2)[1]), rest.join('\r\n\r\n')];
}

const REFUSED =
  '{"errors":[{"message":"地址中不得写证件号码，请写在请求内容中 / an address must hold no number of a document; send it in the body","extensions":{"code":"NUMBER_IN_ADDRESS","requestId":"ID"}}]}';
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

describe('a number in an address', () => {
  it('95. at any address, by any method, with a token and without: 400, the same bytes, before anything is looked for', async () => {
    const token = await ground.goodToken();
    for (const [name, url] of doors) {
      for (const place of PLACES) {
        for (const form of FORMS) {
          const [status, body] = await knockAt(url, 'GET', `${place}${form}`);
          expect([name, place, form, status, body.replace(ID, 'ID')]).toEqual([name, place, form, 400, REFUSED]);
        }
      }
      for (const method of METHODS) {
        const [status, body] = await knockAt(url, method, `/graphql?idNumber=${NUMBER}`, token);
        expect([name, method, status, body.replace(ID, 'ID')]).toEqual([
          name,
          method,
          400,
          method === 'HEAD' ? '' : REFUSED,
        ]);
      }
      // The same address without the number, so that it is the number that was refused.
      const [control, said] = await knockAt(url, 'GET', '/no/such/place');
      expect([name, control, said.includes('NUMBER_IN_ADDRESS')]).toEqual([name, 404, false]);
    }
  });

  it('95. the log has a line of each, with no word of the address', async () => {
    const asked = FORMS.flatMap((form) => PLACES.map((place) => `${place}${form}`));
    for (const [, url] of doors) for (const address of asked) await knockAt(url, 'GET', address);
    await vi.waitFor(() => expect(told.lines.length).toBeGreaterThanOrEqual(doors.length * asked.length));
    const lines = told.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'request');
    expect(lines).toHaveLength(doors.length * asked.length);
    for (const line of lines) {
      expect(Object.keys(line).toSorted()).toEqual(['level', 'ms', 'msg', 'requestId', 'status', 'time']);
      expect(line['status']).toBe(400);
    }
    const all = told.lines.join('\n').replaceAll(ID, '');
    for (const part of [NUMBER, NUMBER.slice(0, 6), NUMBER.slice(6, 14), WIDE, '%31', 'graphql?', '/lists/']) {
      expect([part, all.includes(part)]).toEqual([part, false]);
    }
  });

  it('95. bytes that nobody encoded are no address at all: 400, and no line', async () => {
    for (const [name, url] of doors) {
      expect([name, await knockAt(url, 'GET', `/graphql?idNumber=${WIDE}`)]).toEqual([name, [400, '']]);
    }
    expect(told.lines).toEqual([]);
  });

  it('95. an address that carries one for a known route, too, is refused before its token is asked for', async () => {
    for (const address of [
      `/comparisons/${NUMBER}/persons.csv?purpose=AUDIT`,
      `/comparisons/01990105-1949-7123-8100-220000000000/persons.csv?purpose=${NUMBER}`,
      `/audit/proof?submission=${NUMBER}`,
    ]) {
      expect([address, (await knockAt(hub.url, 'GET', address))[0]]).toEqual([address, 400]);
    }
  });
});
