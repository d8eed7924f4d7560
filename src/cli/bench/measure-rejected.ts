import { bodyFor, tokenFrom, type Asked } from './hub-answers.ts';
import { madePerson, PLACE } from './made-persons.ts';
import type { Helper } from './processes.ts';
import { rejectedRequests, type RejectedRequest } from './rejected-requests.ts';
import { atMost, type Figure } from './report.ts';
import type { SizeBench } from './size-bench.ts';

/** Requests of each kind: so many to warm the hub up, and so many that count. */
const WARMING = 10;
const COUNTED = 25;
/** Reads that a refusal is held against. */
const READS = 400;
/** Requests under way at once. */
const AT_ONCE = 4;

/** The dearest refusal costs at most so many times a read of one person; aimed at and asked for by the programme (R10). */
const BAR = atMost(10, 3);

/** The agency that refused requests come from: it pushes nothing, so its bodies are questions. */
const CLIENT = `${PLACE}:finance`;

/** What one refused request costs, in microseconds of CPU time. */
interface Cost {
  readonly request: RejectedRequest;
  readonly cpu: number;
}

/** Sends every attack on the graph that is to be refused, and holds the dearest of them against the read of one person. */
export async function measureRejected(bench: SizeBench): Promise<Figure[]> {
  const hub = await bench.start('hub');
  const url = await hub.ask<string>('url');
  const reader = { url, token: await tokenFrom(hub) };
  const attacker = { url, token: await hub.ask<string>('token', CLIENT) };
  const read = (time: number): Promise<void> => send(reader, 200, bodyFor(madePerson(time % bench.size).idNumber));
  await cpuOf(hub, READS, read);
  const perRead = await cpuOf(hub, READS, read);
  const costs: Cost[] = [];
  for (const request of rejectedRequests()) {
    bench.signal.throwIfAborted();
    const attack = (time: number): Promise<void> => send(attacker, 'refused', request.body(time), request.headers);
    await cpuOf(hub, WARMING, attack);
    // Other texts than those it was warmed up with: what was sent before may be remembered.
    costs.push({ request, cpu: await cpuOf(hub, COUNTED, (time) => attack(time + WARMING)) });
  }
  const [dearest, ...rest] = costs.toSorted((a, b) => b.cpu - a.cpu);
  const told = [dearest!, ...rest.slice(0, 4)].map(
    ({ request, cpu }) => `${request.line}. ${request.what} ${cpu.toFixed(0)} µs`,
  );
  bench.print(`refused, the dearest first: ${told.join(' · ')}`);
  const value = dearest!.cpu;
  return [
    { name: `${bench.size}.dearest-refusal.cpu`, unit: 'µs', value, limit: perRead, ratio: value / perRead, bar: BAR },
  ];
}

/** Microseconds of the hub's CPU time for each of so many requests. */
async function cpuOf(hub: Helper, count: number, send: (time: number) => Promise<void>): Promise<number> {
  const before = await hub.ask<number>('cpu');
  let next = 0;
  const sendOn = async (): Promise<void> => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  return ((await hub.ask<number>('cpu')) - before) / count;
}

/** Sends one request; throws where it is not answered as expected, since what is answered at all costs something else. */
async function send(
  { url, token }: Asked,
  expected: 200 | 'refused',
  body: string | Uint8Array<ArrayBuffer>,
  headers: RejectedRequest['headers'] = {},
): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  const isRefused = response.status < 500 && text.startsWith('{"errors"');
  if (expected === 200 ? response.status === 200 && !isRefused : isRefused) return;
  throw new Error(`expected ${expected}, got ${response.status}: ${String(body).slice(0, 100)}`);
}
