import { bodyFor, doorOf, type Asked } from './hub-answers.ts';
import type { ListHub } from './lists/list-hub.ts';
import { madeIdentity } from './made-persons.ts';
import { rejectedRequests, type RejectedRequest } from './rejected-requests.ts';
import { atMost, type Figure } from './report.ts';
import type { SizeBench } from './size-bench.ts';

/** Requests of each kind: so many to warm the hub up, and so many that count; and reads that a refusal is held against. */
const WHOLE = { warming: 10, counted: 25, reads: 400 };
const QUICK = { warming: 8, counted: 10, reads: 200 };
/** Requests under way at once. */
const AT_ONCE = 4;

/** The dearest refusal costs at most so many times a read of one person; aimed at and asked for by the programme (R10). */
const BAR = atMost(10, 3);

/** The agency that refused requests come from: it pushes nothing, so its bodies are questions. */
const ATTACKING = 'finance';

/** What one refused request costs, in microseconds of CPU time. */
interface Cost {
  readonly request: RejectedRequest;
  readonly cpu: number;
}

/** Sends every attack on the graph that is to be refused, and holds the dearest of them against the read of one person. */
export async function measureRejected(bench: SizeBench): Promise<Figure[]> {
  const { warming, counted, reads } = bench.quick ? QUICK : WHOLE;
  const hub = await bench.listHub();
  const reader = await doorOf(hub);
  const attacker = { url: hub.url, token: await hub.tokenOf(ATTACKING) };
  const read = (time: number): Promise<void> => send(reader, 200, bodyFor(madeIdentity(time % bench.size).idNumber));
  await cpuOf(hub, reads, read);
  const perRead = await cpuOf(hub, reads, read);
  const costs: Cost[] = [];
  for (const request of rejectedRequests()) {
    bench.signal.throwIfAborted();
    const attack = (time: number): Promise<void> => send(attacker, 'refused', request.body(time), request.headers);
    await cpuOf(hub, warming, attack);
    // Other texts than those it was warmed up with: what was sent before may be remembered.
    costs.push({ request, cpu: await cpuOf(hub, counted, (time) => attack(time + warming)) });
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
async function cpuOf(hub: ListHub, count: number, request: (time: number) => Promise<void>): Promise<number> {
  const before = hub.cpu();
  let next = 0;
  const sendOn = async (): Promise<void> => {
    while (next < count) await request(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  return (hub.cpu() - before) / count;
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
