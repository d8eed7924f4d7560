import { bodyFor, doorOf, type Asked } from './hub-answers.ts';
import type { ListHub } from './lists/list-hub.ts';
import { madeIdentity } from './made-persons.ts';
import { seededRandom, type Random } from './random.ts';
import { rejectedRequests, type RejectedRequest } from './rejected-requests.ts';
import { atMost, medianOf, type Figure } from './report.ts';
import type { SizeBench } from './size-bench.ts';
import { cpuOf } from './system-processes.ts';

/**
 * So many requests of each kind that warm the hub up, and so many that count, in each of so many rounds. Node compiles what it runs often in
 * threads of its own, whose time is the hub's: until that has come to an end, a figure tells of the compiler.
 */
const WHOLE = { warming: 200, counted: 40, rounds: 5 };
const QUICK = { warming: 20, counted: 10, rounds: 1 };
/** Reads for each refusal of a kind, to warm up with and to count. */
const READS = 10;
const SEED = 40;
/** Requests under way at once. */
const AT_ONCE = 4;

/**
 * The dearest refusal costs at most three times a read of one person, as the issue that brought the graph's edge asks (R10, whose own must is
 * 10 and whose aim 3; its stretch is 1).
 */
const BAR = atMost(3, 1);

/** The agency that refused requests come from: it pushes nothing, so its bodies are questions. */
const ATTACKING = 'finance';

/** What one refused request costs, in microseconds of CPU time of the hub and of PostgreSQL. */
interface Cost {
  readonly request: RejectedRequest;
  readonly cpu: number;
}

/** Sends every attack on the graph that is to be refused, and holds the dearest of them against the read of one person. */
export async function measureRejected(bench: SizeBench): Promise<Figure[]> {
  const { warming, counted, rounds } = bench.quick ? QUICK : WHOLE;
  const hub = await bench.listHub();
  const serving = (): readonly number[] => [...hubsOwn(hub), ...bench.databaseProcesses()];
  const cost = (count: number, request: Sent): Promise<number> => costOf(serving, count, request, bench.signal);
  const reader = await doorOf(hub);
  const attacker = { url: hub.url, token: await hub.tokenOf(ATTACKING) };
  const read: Sent = (time) => send(reader, 200, bodyFor(madeIdentity(time % bench.size).idNumber));
  const attacks = rejectedRequests().map((request) => {
    const sent: Sent = (time) => send(attacker, 'refused', request.body(time), request.headers);
    return { request, sent, costs: [] as number[] };
  });
  const reads: number[] = [];
  const random = seededRandom(SEED);
  await cost(READS * warming, read);
  for (const { sent } of attacks) await cost(warming, sent);
  for (let round = 0; round < rounds; round += 1) {
    reads.push(await cost(READS * counted, read));
    // Other texts than before, and in another order: what was sent may be remembered, and what one leaves behind the next clears away.
    for (const { sent, costs } of shuffled(attacks, random)) {
      costs.push(await cost(counted, (time) => sent(time + warming + round * counted)));
    }
  }
  const perRead = medianOf(reads);
  const costs = attacks.map((one): Cost => ({ request: one.request, cpu: medianOf(one.costs) }));
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

/** The process that serves, without those that work on jobs. */
const hubsOwn = (hub: ListHub): readonly number[] =>
  hub.processes().flatMap(({ name, pid }) => (name === 'hub' ? [pid] : []));

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const left = [...all];
  return all.map(() => left.splice(random.below(left.length), 1)[0]!);
}

/** Sends one of many requests of a kind; no two of its times are sent alike. */
type Sent = (time: number) => Promise<void>;

/** Microseconds of CPU time of the processes that serve, for each of so many requests. */
async function costOf(
  serving: () => readonly number[],
  count: number,
  request: Sent,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const before = new Map(serving().map((pid) => [pid, cpuOf(pid)]));
  let next = 0;
  const sendOn = async (): Promise<void> => {
    while (next < count) await request(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
  // Process by process: what one had spent that is gone since must not be taken off.
  const spent = serving().map((pid) => cpuOf(pid) - (before.get(pid) ?? 0));
  return spent.reduce((sum, cpu) => sum + cpu, 0) / count;
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
