import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import { residentId } from './id-numbers.ts';
import { expectNoLeak } from './attack-ground.ts';

/** What no body of a refusal may repeat: put it wherever a sender can put words. */
export const SECRET = residentId(7);

/** What was answered to an attack. */
export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of its errors, each once. */
  readonly codes: readonly string[];
}

/** How an attack is sent; a POST of JSON to the graph unless it says otherwise. */
export interface Attack {
  readonly token: string | null;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, or as JSON where it is neither text nor bytes. */
  readonly body?: unknown;
}

/** Sends an attack over HTTP. */
export async function attack(
  url: string,
  { token, method = 'POST', path = '/graphql', headers = {}, body }: Attack,
): Promise<EdgeAnswer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: (isRaw ? body : JSON.stringify(body)) as BodyInit | undefined }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, codes: codesIn(text) };
}

function codesIn(text: string): string[] {
  if (!text.startsWith('{')) return [];
  const { errors = [] } = JSON.parse(text) as { errors?: { extensions: { code: string } }[] };
  return [...new Set(errors.map(({ extensions }) => extensions.code))];
}

/** Refused as it should be, in JSON, and nothing of the inside or of what was sent in the body. */
export function expectRejected(why: string, answer: EdgeAnswer, status: number, code: string): void {
  expect([why, answer.status, answer.codes]).toEqual([why, status, [code]]);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect([why, answer.text.includes(SECRET), /call stack|Did you mean/i.test(answer.text)]).toEqual([
    why,
    false,
    false,
  ]);
  expectNoLeak(why, { status, body: answer.text });
}

/** A connection that was written to by hand. */
export interface RawSocket {
  readonly socket: Socket;
  /** Everything that came back, once the other side has closed. */
  readonly closed: Promise<string>;
}

/** Opens a connection and writes bytes to it just as they are. */
export async function rawSocket(url: string, text: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  let heard = '';
  socket.setEncoding('latin1');
  socket.once('connect', () => opened.resolve());
  socket.on('data', (data) => (heard += String(data)));
  // A reset is a close as well.
  socket.on('error', () => opened.resolve());
  socket.once('close', () => ended.resolve(heard));
  await opened.promise;
  if (text !== '') socket.write(text);
  return { socket, closed: ended.promise };
}

/** A text of so many parts. */
export const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
