import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { enqueue } from '../../../storage/jobs.ts';
import { PLACE } from '../made-persons.ts';
import { atLeast, medianOf, type Figure } from '../report.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { settled, until } from './settled.ts';

/** The set of decisions that is built anew. */
interface DecisionSet {
  readonly pack: string;
  readonly generation: number;
  readonly as_of: string;
}

/**
 * How many persons a second the hub decides when it decides everybody anew (claims out, pack, decisions in), beside the very same
 * claims copied out and the very same decisions copied in, with nothing computed.
 */
export async function measurePopulation(bench: SizeBench): Promise<Figure[]> {
  await bench.listHub();
  const decisions = join(bench.dir, 'decisions.copy');
  // Copied first: what a rebuild leaves to be cleared away is waited for only where another run follows.
  const runs = await runsOf(bench, async () => {
    const copied = await copyBoth(bench, decisions);
    return { copied, built: await rebuild(bench) };
  });
  rmSync(decisions);
  const speed = (times: readonly number[]): number => (bench.size / medianOf(times)) * 1000;
  const [value, limit] = [speed(runs.map(({ built }) => built)), speed(runs.map(({ copied }) => copied))];
  return [
    {
      name: `${bench.size}.decide-population`,
      unit: '/s',
      value,
      limit,
      ratio: value / limit,
      bar: atLeast(0.1, 0.25),
    },
  ];
}

/** Has the worker decide everybody anew, and gives the milliseconds until the new decisions count. */
async function rebuild({ database: { pool }, signal }: SizeBench): Promise<number> {
  await settled(pool, signal);
  await pool.query('checkpoint');
  const set = await setOf(pool);
  const started = performance.now();
  await enqueue(pool, { kind: 'rebuild-decisions', jurisdiction: PLACE, pack: set.pack, asOf: set.as_of });
  await until(
    async () => ((await setOf(pool)).generation === set.generation ? undefined : true),
    'everybody decided',
    signal,
  );
  return performance.now() - started;
}

async function setOf(pool: pg.Pool): Promise<DecisionSet> {
  const { rows } = await pool.query<DecisionSet>(SET, [PLACE]);
  return rows[0]!;
}

/** Milliseconds of copying the claims out, and the decisions into a table of the same columns without an index. */
async function copyBoth({ database: { pool }, signal }: SizeBench, file: string): Promise<number> {
  await settled(pool, signal);
  const client = await pool.connect();
  try {
    const { pack, generation } = await setOf(pool);
    const decisions = `select * from decision where jurisdiction = '${PLACE}' and pack = '${pack}' and generation = ${generation}`;
    await pipeline(client.query(copyTo(`copy (${decisions}) to stdout`)), createWriteStream(file));
    await client.query('drop table if exists bench_decided');
    await client.query('create table bench_decided (like decision)');
    await client.query('checkpoint');

    const started = performance.now();
    await pipeline(client.query(copyTo(CLAIMS_OUT)), new Writable({ write: (_chunk, _encoding, done) => done() }));
    await pipeline(
      createReadStream(file, { highWaterMark: 256 * 1024 }),
      client.query(copyFrom('copy bench_decided from stdin')),
    );
    const time = performance.now() - started;
    await client.query('drop table bench_decided');
    return time;
  } finally {
    client.release();
  }
}

const SET = `
select pack, generation, as_of from decision_set where jurisdiction = $1 and generation is not null order by pack desc limit 1`;

const CLAIMS_OUT = `
copy (select * from claim where jurisdiction = '${PLACE}' and ended_at is null) to stdout`;
