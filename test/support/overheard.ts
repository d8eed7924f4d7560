import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inject } from 'vitest';
import { leaksIn, type SentAnswer } from './leaks.ts';

// Listens to all that servers of this process send, and to all that `fetch` is answered by others, from the first file of tests on that the
// process runs: once, however many follow.

/** By this header an answer is known as a hub's or a subgraph's; what a test plays itself has none. */
const REQUEST_ID = 'x-request-id';
/** Characters of an answer that are looked at: more than any but a file's. */
const MOST_READ = 16 * 1024 * 1024;

const leaks = new Set<string>();
const seen = new Set<string>();

/** What was found since it was last asked: how the answer was marked and which rules it broke, never the words. */
export function takeLeaks(): string[] {
  const found = [...leaks];
  leaks.clear();
  return found;
}

function look(answer: SentAnswer): void {
  const id = answer.headers[REQUEST_ID];
  // Those of this process are heard where they are sent, and need not be heard again where they come in.
  if (id === undefined || seen.has(id)) return;
  seen.add(id);
  for (const rule of leaksIn(answer, inject('databaseWords'))) {
    leaks.add(`${rule} in an answer ${answer.status} of type ${answer.headers['content-type'] ?? 'none'}`);
  }
}

/** Text of an answer as it goes by. */
class Overheard {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  add(piece: unknown): void {
    if (this.#length >= MOST_READ || (typeof piece !== 'string' && !(piece instanceof Uint8Array))) return;
    const bytes = Buffer.from(piece as Uint8Array);
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}

const pathOf = (address: string | undefined): string => (address ?? '').split('?', 1)[0]!;

/** As they went out: of headers that were given as a list Node tells nothing else. */
function sentHeaders(response: ServerResponse): Record<string, string> {
  const head = (response as unknown as { readonly _header: string | null })._header ?? '';
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]];
    }),
  );
}

function overhearServer({ request, response }: { request: IncomingMessage; response: ServerResponse }): void {
  const heard = new Overheard();
  const [write, end] = [response.write, response.end] as unknown as ((...said: unknown[]) => never)[];
  const done = (): void =>
    look({ status: response.statusCode, headers: sentHeaders(response), body: heard.text, path: pathOf(request.url) });
  response.write = ((...said: unknown[]) => {
    heard.add(said[0]);
    return write!.apply(response, said);
  }) as typeof response.write;
  response.end = ((...said: unknown[]) => {
    heard.add(said[0]);
    const ended = end!.apply(response, said);
    done();
    return ended;
  }) as typeof response.end;
  // One that is broken off has told what it has told.
  response.once('close', done);
}

/** A request as the library behind `fetch` tells of it. */
interface Fetched {
  readonly request: { readonly path: string };
  readonly response?: { readonly statusCode: number; readonly headers: readonly Buffer[] };
  readonly chunk?: Uint8Array;
}

const coming = new WeakMap<object, { readonly answer: Omit<SentAnswer, 'body'>; readonly heard: Overheard }>();

function fetchedHeaders({ request, response }: Fetched): void {
  const pairs = response!.headers.map(String);
  const headers = Object.fromEntries(
    pairs.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), pairs[index + 1]!]] : [])),
  );
  if (headers[REQUEST_ID] === undefined) return;
  const answer = { status: response!.statusCode, headers, path: pathOf(request.path) };
  coming.set(request, { answer, heard: new Overheard() });
}

function fetchedWhole({ request }: Fetched): void {
  const one = coming.get(request);
  if (one) look({ ...one.answer, body: one.heard.text });
}

subscribe('http.server.request.start', (message) => overhearServer(message as Parameters<typeof overhearServer>[0]));
subscribe('undici:request:headers', (message) => fetchedHeaders(message as Fetched));
subscribe('undici:request:bodyChunkReceived', (message) => {
  const { request, chunk } = message as Fetched;
  coming.get(request)?.heard.add(chunk);
});
subscribe('undici:request:trailers', (message) => fetchedWhole(message as Fetched));
// One that is broken off was answered as far as it came.
subscribe('undici:request:error', (message) => fetchedWhole(message as Fetched));
