import { once } from 'node:events';
import { createServer, IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SecureResponse } from '../../src/gateway/secure-response.ts';

/** Ways in which routes and libraries answer, by address. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  '/no-head': (response) => response.end(),
  '/list': (response) => response.writeHead(200, ['content-length', '2']).end('{}'),
  '/list-of-ours': (response) => response.writeHead(200, ['x-frame-options', 'SAMEORIGIN']).end(),
  '/list-after-one': (response) => {
    response.setHeader('retry-after', 1);
    response.writeHead(429, ['content-length', '2']).end('{}');
  },
  '/own-policy': (response) => response.writeHead(200, { 'Content-Security-Policy': 'sandbox' }).end(),
  '/own-before': (response) => {
    response.setHeader('cache-control', 'private');
    response.end();
  },
  '/emptied': (response) => {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(500, 'Gone wrong').end();
  },
};

const server = createServer({ IncomingMessage, ServerResponse: SecureResponse }, (request, response) =>
  ANSWERS[request.url!]!(response),
);
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => void server.close());

const OURS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

it.each([
  ['/no-head', 200, {}],
  ['/list', 200, { 'content-length': '2' }],
  ['/list-of-ours', 200, { 'x-frame-options': 'SAMEORIGIN' }],
  ['/list-after-one', 429, { 'retry-after': '1', 'content-length': '2' }],
  ['/own-policy', 200, { 'content-security-policy': 'sandbox' }],
  ['/own-before', 200, { 'cache-control': 'private' }],
  ['/emptied', 500, {}],
])('an answer has the headers of every answer, each once, however it is made: %s', async (path, status, own) => {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  expect(answer.status).toBe(status);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ ...OURS, ...own });
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('requests sent behind one another, and one that asks for a head alone, are answered each with an id of its own', async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const line = (method: string, more = ''): string => `${method} /list HTTP/1.1\r\nhost: hub\r\n${more}\r\n`;
  socket.end(line('GET') + line('HEAD') + line('GET', 'connection: close\r\n'));
  let heard = '';
  for await (const chunk of socket) heard += String(chunk);
  const ids = [...heard.matchAll(/^x-request-id: (\S+)\r$/gm)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(3);
  expect(heard.split('{}').length - 1).toBe(2);
});
