import { answerOf, bodyFor, doorOf, tokenFrom, type Asked } from './hub-answers.ts';
import type { ListHub } from './lists/list-hub.ts';
import type { Load, LoadResult } from './load-role.ts';
import type { Helper } from './processes.ts';
import type { Share } from './profile.ts';
import { atMost, medianOf, type Bar, type Figure } from './report.ts';
import { assertSameAnswers, batchesOf, fillSideTables, PERSONS_A_REQUEST } from './side-tables.ts';
import { runsOf, type SizeBench } from './size-bench.ts';
import type { TokenToVerify } from './token-role.ts';

/** At most this many times the bare answer's CPU time, and aimed at. */
const BAR = atMost(10, 4);

/** The processes, and whom to ask for. */
interface ReadBench extends SizeBench {
  readonly hub: ListHub;
  readonly raw: Helper;
  readonly load: Helper;
  readonly token: Helper;
  readonly asked: readonly string[];
}

/** One way of asking. */
interface Scenario {
  readonly name: string;
  readonly bodies: readonly string[];
  readonly connections: number;
}

/** One run against one server. */
interface Run extends LoadResult {
  /** Microseconds of CPU time that the server's process used for a request. */
  readonly cpu: number;
}

/**
 * Measures one person a request and many a request, hub and bare answer in turn, so that the machine's moods meet both. Throws
 * where the two do not say the same.
 */
export async function measureReads(on: SizeBench): Promise<Figure[]> {
  const [hub, raw, load, token] = await Promise.all([
    on.listHub(),
    on.start('raw'),
    on.start('load'),
    on.start('token'),
  ]);
  const asked = await fillSideTables({
    database: on.database,
    hub,
    persons: on.size,
    sample: Math.min(on.sample, on.size),
  });
  const bench: ReadBench = { ...on, hub, raw, load, token, asked };
  const door = await doorOf(hub);
  await assertSameAnswers(door, { ...door, url: await raw.ask<string>('url') }, asked);

  const scenarios: Scenario[] = [
    { name: 'person', bodies: asked.map((number) => bodyFor(number)), connections: 32 },
    { name: `people-${PERSONS_A_REQUEST}`, bodies: batchesOf(asked).map(bodyFor), connections: 8 },
  ];
  const figures: Figure[] = [];
  for (const scenario of scenarios) figures.push(...(await measure(scenario, bench)));
  if (!bench.quick) await tellShares(scenarios, bench);
  return [...figures, ...(await verification(bench))];
}

async function measure(scenario: Scenario, bench: ReadBench): Promise<Figure[]> {
  const runs: { readonly hub: Run[]; readonly raw: Run[] } = { hub: [], raw: [] };
  // What is compiled while it runs must be so before it counts; a quick look has no time for it.
  if (!bench.quick) for (const server of ['hub', 'raw'] as const) await runOnce(scenario, bench, server, bench.seconds);
  await runsOf(bench, async () => {
    for (const server of ['hub', 'raw'] as const) {
      runs[server].push(await runOnce(scenario, bench, server, bench.seconds));
    }
  });
  const name = `${bench.size}.${scenario.name}`;
  const of = (server: 'hub' | 'raw', what: (run: Run) => number): number => medianOf(runs[server].map(what));
  const compared = (what: string, unit: Figure['unit'], value: (run: Run) => number, bar?: Bar): Figure => {
    const [ours, bare] = [of('hub', value), of('raw', value)];
    return { name: `${name}.${what}`, unit, value: ours, limit: bare, ratio: ours / bare, bar };
  };
  return [
    compared('cpu', 'µs', ({ cpu }) => cpu, BAR),
    compared('requests', '/s', ({ requests, seconds }) => requests / seconds),
    compared('p50', 'ms', ({ p50 }) => p50),
    compared('p99', 'ms', ({ p99 }) => p99),
  ];
}

/** Watches a hub of its own, which counts for nothing else, and tells where its time goes. */
async function tellShares(scenarios: readonly Scenario[], bench: ReadBench): Promise<void> {
  const watched = await bench.start('hub');
  const url = await watched.ask<string>('url');
  for (const scenario of scenarios) {
    const door: Asked = { url, token: await tokenFrom(watched) };
    await putLoad(scenario, bench, door, bench.seconds);
    await watched.ask('profile');
    await putLoad(scenario, bench, door, bench.seconds);
    const shares = await watched.ask<Share[]>('shares');
    bench.print(
      `${scenario.name}: ${shares.map(({ part, percent }) => `${part} ${percent.toFixed(0)} %`).join(' · ')}`,
    );
  }
}

async function runOnce(scenario: Scenario, bench: ReadBench, server: 'hub' | 'raw', seconds: number): Promise<Run> {
  const { hub, raw } = bench;
  const door = await doorOf(hub);
  const asked = server === 'hub' ? door : { ...door, url: await raw.ask<string>('url') };
  const cpu = (): Promise<number> => (server === 'hub' ? Promise.resolve(hub.cpu()) : raw.ask<number>('cpu'));
  await answerOf(asked, scenario.bodies[0]!);
  const before = await cpu();
  const result = await putLoad(scenario, bench, asked, seconds);
  return { ...result, cpu: ((await cpu()) - before) / result.requests };
}

async function putLoad(scenario: Scenario, bench: ReadBench, door: Asked, seconds: number): Promise<LoadResult> {
  const { name, bodies, connections } = scenario;
  const load: Load = { ...door, bodies, connections, seconds };
  const result = await bench.load.ask<LoadResult>('load', load);
  // So slow that none was answered in time: with more of it.
  if (result.failures === 0 && result.requests === 0) return putLoad(scenario, bench, door, seconds * 4);
  if (result.failures > 0) throw new Error(`${name}: ${result.failures} requests failed`);
  return result;
}

/** What it costs to verify a token with jose and remember nothing. */
async function verification(bench: ReadBench): Promise<Figure[]> {
  const { hub, token: verifier, sample, size } = bench;
  const about: TokenToVerify = {
    token: (await doorOf(hub)).token,
    issuer: hub.url,
    times: sample,
  };
  await verifier.ask('verify', about);
  const costs = await runsOf(bench, async () => {
    const before = await verifier.ask<number>('cpu');
    await verifier.ask('verify', about);
    return ((await verifier.ask<number>('cpu')) - before) / about.times;
  });
  return [{ name: `${size}.bare-verification.cpu`, unit: 'µs', value: medianOf(costs) }];
}
