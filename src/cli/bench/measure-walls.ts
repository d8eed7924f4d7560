import type pg from 'pg';
import { hmacSubjectKeys } from '../../storage/subject-keys.ts';
import { openPool } from '../../storage/database.ts';
import { walledDatabase, type Queryable } from '../../storage/walled-database.ts';
import { answerOf, doorOf } from './hub-answers.ts';
import type { Load, LoadResult } from './load-role.ts';
import { madeIdentity, PLACE } from './made-persons.ts';
import { atLeast, comparisonOf, type Bar, type Figure, type Run } from './report.ts';
import { selectLimit } from './select-limit.ts';
import { runsOf, type SizeBench } from './size-bench.ts';
import type { TokenToVerify } from './token-role.ts';
import { onTwoCores, type TwoCores } from './two-cores.ts';

/** Who ask the hub at the same time; and who read behind the wall and beside it. */
const CONNECTIONS = 32;
const READERS = 8;
/** Rounds of questions that count for nothing: for as long the hub's code gets quicker, since Node compiles it while it runs. */
const WARMING_ROUNDS = 4;

/** One person of one subgraph, asked for as front-ends do: by a published operation. */
const pointRead = (idNumber: string): string =>
  JSON.stringify({ documentId: 'PersonBasics', variables: { idNumber, purpose: 'BENEFIT_ADMINISTRATION' } });
/** Answered from what the hub holds in memory. */
const NO_DATABASE = 'query NoDatabase { lists { name } }';

/** One row, as short as a read gets: what the wall costs shows most. */
const ONE_ROW = {
  name: 'bench-one-row',
  text: 'select sealed from identifier where subject_key = $1::uuid and jurisdiction = $2',
};

/**
 * What the walls leave of the speed below them. A read of one person with token, row level security and its entry in the audit log, beside
 * prepared selects of single rows (R2); a question that needs no database, beside checks of a token by jose one after the other
 * (R3); a read behind row level security, beside the same one as the owner, who is in front of it (R7).
 */
export async function measureWalls(bench: SizeBench): Promise<Figure[]> {
  const numbers = Array.from(
    { length: Math.min(bench.sample, bench.size) },
    (_, index) => madeIdentity(index).idNumber,
  );
  const keys = hmacSubjectKeys(bench.settings['SUBJECT_KEY_PEPPER']!);
  const subjectKeys = numbers.map((idNumber) => keys.keyOf({ idType: 'RESIDENT_ID', idNumber }));
  return onTwoCores(bench, async (cores) => [
    await pointReads(bench, cores, numbers, subjectKeys),
    await questionsWithoutDatabase(bench, cores),
    await walledReads(bench, subjectKeys),
  ]);
}

async function pointReads(
  bench: SizeBench,
  cores: TwoCores,
  numbers: readonly string[],
  subjectKeys: readonly string[],
): Promise<Figure> {
  const limit = await selectLimit(bench, subjectKeys);
  bench.print(`limit of point-read: ${limit.by}`);
  const ask = await asking(bench, cores, numbers.map(pointRead));
  return figureOf(bench, 'point-read', atLeast(0.06, 0.1), async () => ({
    limit: await limit.run(),
    value: await ask(),
  }));
}

async function questionsWithoutDatabase(bench: SizeBench, cores: TwoCores): Promise<Figure> {
  const verifier = await bench.start('token');
  const hub = await bench.listHub();
  const ask = await asking(bench, cores, [JSON.stringify({ query: NO_DATABASE })]);
  return figureOf(bench, 'no-database', atLeast(0.5, 0.7), async () => {
    const about: TokenToVerify = { token: (await doorOf(hub)).token, issuer: hub.url, times: bench.sample };
    const started = performance.now();
    await verifier.ask('verify', about);
    return { limit: (about.times * 1_000) / (performance.now() - started), value: await ask() };
  });
}

async function walledReads(bench: SizeBench, subjectKeys: readonly string[]): Promise<Figure> {
  const pools = [bench.database.url, bench.database.ownerUrl!].map((url) => openPool(url, { poolSize: READERS }));
  const [hubs, owners] = pools as [pg.Pool, pg.Pool];
  try {
    const walled = walledDatabase(hubs).of(PLACE);
    const read = (by: Queryable): Promise<number> => readsOf(by, subjectKeys, bench.seconds);
    return await figureOf(bench, 'walled-read', atLeast(0.27, 0.5), async () => ({
      limit: await read(owners),
      value: await read(walled),
    }));
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
  }
}

/** Puts the bodies on the hub, over and over; gives answers in a second, and throws where one is none. Warms it up first, unless all is quick. */
async function asking(bench: SizeBench, cores: TwoCores, bodies: readonly string[]): Promise<() => Promise<number>> {
  const [hub, load] = [await bench.listHub(), await bench.start('load')];
  cores.besideDatabase(load.pid);
  await answerOf(await doorOf(hub), bodies[0]!);
  const ask = async (): Promise<number> => {
    const put: Load = { ...(await doorOf(hub)), bodies, connections: CONNECTIONS, seconds: bench.seconds };
    const before = hub.cpu();
    const { requests, seconds, failures } = await load.ask<LoadResult>('load', put);
    if (failures > 0) throw new Error(`${failures} requests failed`);
    bench.print(
      `${(requests / seconds).toFixed(0)} /s, ${((hub.cpu() - before) / requests).toFixed(0)} µs of the hub's CPU each`,
    );
    return requests / seconds;
  };
  for (let round = 0; round < WARMING_ROUNDS && !bench.quick; round += 1) await ask();
  return ask;
}

/** Reads in a second, of row after row. */
async function readsOf(by: Queryable, subjectKeys: readonly string[], seconds: number): Promise<number> {
  let count = 0;
  const until = performance.now() + seconds * 1_000;
  const reader = async (): Promise<void> => {
    while (performance.now() < until) {
      const { rowCount } = await by.query({ ...ONE_ROW, values: [subjectKeys[count++ % subjectKeys.length]!, PLACE] });
      if (rowCount !== 1) throw new Error('a read of one row did not find it');
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return count / seconds;
}

/** The medians of the runs, after one that counts for nothing unless all is quick. */
async function figureOf(bench: SizeBench, name: string, bar: Bar, run: () => Promise<Run>): Promise<Figure> {
  if (!bench.quick) await run();
  const runs = await runsOf(bench, run);
  return { name: `${bench.size}.${name}`, unit: '/s', bar, ...comparisonOf(runs) };
}
