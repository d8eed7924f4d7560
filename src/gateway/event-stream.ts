import type { ServerResponse } from 'node:http';
import type { Caller } from '../domain/access/caller.ts';
import { errorAnswer, RequestRefused } from './error-answer.ts';
import type { Exchange } from './http-server.ts';

/** Streams that one client, and all of them, may have open in this process: each looks into the database every second. */
const MOST_OF_A_CLIENT = 10;
const MOST_OPEN = 200;
/** Milliseconds between two looks at whether the caller may still listen. */
const RECHECK_EVERY = 1_000;
/** A sign of life every so many looks, so that nothing on the way takes a quiet stream for a dead one. */
const SIGN_OF_LIFE_EVERY = 15;

/** Events to be streamed, by whoever asks for them. */
export interface EventSource {
  readonly events: AsyncIterator<unknown, unknown>;
  /** May the caller go on listening? Asked every second, so that a token's end ends the stream. */
  mayListen(): Promise<boolean>;
}

/** Sends events as they come. */
export interface EventStreams {
  /**
   * Streams events to a client after the GraphQL over SSE protocol ("distinct connections mode": `next`, then `complete`).
   * Refuses with `TOO_MANY_SUBSCRIPTIONS` before anything is asked of `open`. Returns once the stream is over, whoever
   * ended it: the source, the client, its token or a hub that stops.
   */
  send(exchange: Exchange, caller: Caller | null, open: () => Promise<EventSource>): Promise<void>;
}

/** Does a client ask for a stream of events rather than for one answer? */
export function wantsEvents(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((one) => one.split(';', 1)[0]!.trim().toLowerCase() === 'text/event-stream');
}

/** Makes what sends events, and counts how many streams are open. */
export function eventStreams(): EventStreams {
  const open = new Map<string, number>();
  return {
    send: async (exchange, caller, source) => {
      const client = caller?.client ?? '';
      const own = open.get(client) ?? 0;
      const all = [...open.values()].reduce((sum, count) => sum + count, 0);
      if (own >= MOST_OF_A_CLIENT || all >= MOST_OPEN) throw new RequestRefused('TOO_MANY_SUBSCRIPTIONS');
      open.set(client, own + 1);
      try {
        await stream(exchange, await source());
      } finally {
        const left = open.get(client)! - 1;
        if (left === 0) open.delete(client);
        else open.set(client, left);
      }
    },
  };
}

async function stream({ response, requestId, stopping }: Exchange, source: EventSource): Promise<void> {
  const { events } = source;
  let ended: 'BY_CLIENT' | 'BY_TOKEN' | 'BY_HUB' | undefined;
  const end = (by: NonNullable<typeof ended>): void => {
    ended ??= by;
    // Also ends the wait for an event that may never come; a source that fails at its end has nobody left to tell.
    void events.return?.()?.catch(() => {});
  };
  const gone = (): void => end('BY_CLIENT');
  const stop = (): void => end('BY_HUB');
  response.once('close', gone);
  stopping.addEventListener('abort', stop);
  let looks = 0;
  const recheck = setInterval(() => {
    void source.mayListen().then((may) => may || end('BY_TOKEN'));
    if (++looks % SIGN_OF_LIFE_EVERY === 0) response.write(':\n\n');
  }, RECHECK_EVERY);
  try {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      // The stream has the connection to itself; kept open after it, it would keep a stopping hub open.
      connection: 'close',
    });
    response.flushHeaders();
    if (stopping.aborted) stop();
    for (;;) {
      const { done, value } = await events.next();
      if (done || ended) break;
      await sendEvent(response, value);
    }
    if (ended === 'BY_TOKEN') await sendEvent(response, { errors: [errorAnswer('UNAUTHENTICATED', requestId)] });
    if (ended !== 'BY_CLIENT') response.end('event: complete\ndata:\n\n');
  } finally {
    clearInterval(recheck);
    response.off('close', gone);
    stopping.removeEventListener('abort', stop);
  }
}

/** Sends one event, and waits for a client that reads slowly; one that has gone reads everything at once. */
async function sendEvent(response: ServerResponse, value: unknown): Promise<void> {
  if (response.destroyed || response.write(`event: next\ndata: ${JSON.stringify(value)}\n\n`)) return;
  await new Promise<void>((resume) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      resume();
    };
    response.once('drain', go);
    response.once('close', go);
  });
}

/** Shows each event anew. Not a generator: one that waits for the next event cannot be told that nobody listens any more. */
export function mapEvents<T, R>(
  events: AsyncIterator<T, unknown> | Iterator<T, unknown>,
  show: (event: T) => R,
): AsyncIterableIterator<R, undefined> {
  return {
    next: async () => {
      const result = await events.next();
      return result.done ? { done: true, value: undefined } : { done: false, value: show(result.value) };
    },
    return: async () => {
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
