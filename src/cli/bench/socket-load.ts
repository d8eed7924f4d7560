import { connect, type Socket } from 'node:net';

/** Requests to send, each as the bytes that go over the wire, over and over by so many connections at once. */
export interface SocketLoad {
  readonly port: number;
  readonly host: string;
  /** What each connection sends, one after the other; as many lists as there are connections. */
  readonly requests: readonly (readonly Buffer[])[];
  readonly seconds: number;
}

/** What came back; times in milliseconds. */
export interface SocketResult {
  readonly times: readonly number[];
  readonly seconds: number;
  /** Answers that were none, or told of errors. */
  readonly failures: number;
}

/** The bytes of a POST of JSON that keeps its connection (HTTP/1.1). */
export function postOf(url: URL, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * Sends the next request of a connection as soon as the answer before is whole. Bare bytes on the sockets, as the limit's selects are: a
 * client that makes and reads each message anew would take from the two cores what is to be measured.
 */
export async function putSocketLoad({ port, host, requests, seconds }: SocketLoad): Promise<SocketResult> {
  const sockets = await Promise.all(requests.map(() => connected(port, host)));
  const times: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1_000;
  const failures = await Promise.all(
    sockets.map((socket, index) => sendUntil(socket, requests[index]!, until, (time) => times.push(time))),
  );
  const ended = performance.now();
  for (const socket of sockets) socket.destroy();
  return { times, seconds: (ended - started) / 1_000, failures: failures.reduce((sum, count) => sum + count, 0) };
}

function connected(port: number, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Gives how many answers were none; whoever is hung up on has failed, and sends no more. */
function sendUntil(
  socket: Socket,
  requests: readonly Buffer[],
  until: number,
  onAnswer: (time: number) => void,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let [sent, failures, began] = [0, 0, 0];
  const answer = new Answer();
  const next = (): void => {
    began = performance.now();
    socket.write(requests[sent++ % requests.length]!);
  };
  const lost = (): void => resolve(failures + 1);
  socket.on('error', lost).on('close', lost);
  socket.on('data', (chunk) => {
    const isGood = answer.heard(chunk);
    if (isGood === undefined) return;
    const now = performance.now();
    onAnswer(now - began);
    if (!isGood) failures += 1;
    if (now < until) next();
    else resolve(failures);
  });
  next();
  return promise;
}

const END_OF_HEAD = '\r\n\r\n';
/** Errors come first in an answer, so one look at its beginning tells. */
const ERRORS = '{"errors"';

/** One answer after another, as it comes in pieces. */
class Answer {
  #parts: Buffer[] = [];
  #missing = 0;
  #isGood = false;

  /** Hears a piece: is the answer that it ends a good one? `undefined` while more of it must come. */
  heard(chunk: Buffer): boolean | undefined {
    if (this.#missing > 0) this.#missing -= chunk.length;
    else this.#begin(chunk);
    if (this.#missing > 0 || this.#parts.length > 0) return undefined;
    // More than was said to come is no answer to anything.
    return this.#isGood && this.#missing === 0;
  }

  /** Takes the head, and as much behind it that the beginning can be told. */
  #begin(chunk: Buffer): void {
    const bytes = this.#parts.length === 0 ? chunk : Buffer.concat([...this.#parts, chunk]);
    const end = bytes.indexOf(END_OF_HEAD);
    const body = end + END_OF_HEAD.length;
    const head = end === -1 ? '' : bytes.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (end === -1 || bytes.length < Math.min(body + ERRORS.length, body + length)) {
      this.#parts = [bytes];
      return;
    }
    this.#parts = [];
    this.#isGood =
      head.startsWith('HTTP/1.1 200 ') &&
      bytes.toString('latin1', body, body + ERRORS.length) !== ERRORS &&
      length >= 0;
    this.#missing = length - (bytes.length - body);
  }
}
