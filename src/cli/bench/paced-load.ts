import { Agent, request, type IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';

/** Requests that go out at a fixed rate, however long answers take: their times include the waiting. */
export interface PacedLoad {
  readonly url: string;
  readonly token: string;
  readonly bodies: readonly string[];
  readonly requestsPerSecond: number;
}

/** What came of a paced load. */
export interface PacedResult {
  readonly requests: number;
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly p99: number;
  /** The same of each fifth of the requests, in the order in which they were due. */
  readonly stretches: readonly number[];
  /** Answers that were none, or told of errors. */
  readonly failures: number;
}

/** Begins to send; the function given back stops, waits for what is under way, and tells the result. */
export function beginPaced(load: PacedLoad): () => Promise<PacedResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const times: number[] = [];
  const underWay = new Set<Promise<void>>();
  let [sent, failures] = [0, 0];
  const started = performance.now();
  const interval = 1000 / load.requestsPerSecond;

  const send = (due: number): void => {
    const place = sent;
    const asked = ask(load, load.bodies[sent % load.bodies.length]!, agent)
      .then((good) => {
        times[place] = performance.now() - due;
        if (!good) failures += 1;
      })
      .catch(() => {
        failures += 1;
      })
      .finally(() => underWay.delete(asked));
    underWay.add(asked);
    sent += 1;
  };
  const timer = setInterval(() => {
    // A timer that came late sends what was due in the meantime too.
    for (let due = started + sent * interval; due <= performance.now(); due += interval) send(due);
  }, interval);

  return async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    agent.destroy();
    const answered = times.filter((time) => time !== undefined);
    return { requests: sent, p99: percentile(answered, 99), stretches: stretchesOf(answered), failures };
  };
}

/** So many stretches are told of one by one. */
const STRETCHES = 5;

/** The p99 of each fifth of times that are in the order in which their requests were due. */
export function stretchesOf(times: readonly number[]): number[] {
  const from = (stretch: number): number => Math.floor((times.length * stretch) / STRETCHES);
  return Array.from({ length: STRETCHES }, (_, stretch) =>
    percentile(times.slice(from(stretch), from(stretch + 1)), 99),
  );
}

/** The value below which so many per cent of the others lie. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

async function ask({ url, token }: PacedLoad, body: string, agent: Agent): Promise<boolean> {
  const sending = request(`${url}/graphql`, {
    agent,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  sending.end(body);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sending.on('response', resolve).on('error', reject);
  });
  let start = '';
  response.on('data', (chunk: Buffer) => {
    if (start === '') start = chunk.subarray(0, 20).toString();
  });
  await finished(response);
  // Errors come first in an answer, so one look at its beginning tells.
  return response.statusCode === 200 && !start.startsWith('{"errors"');
}
