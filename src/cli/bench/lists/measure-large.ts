import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bodyFor } from '../hub-answers.ts';
import { madeIdentity } from '../made-persons.ts';
import type { PacedLoad, PacedResult } from '../paced-load.ts';
import type { Helper } from '../processes.ts';
import { atMost, medianOf, valueAtMost, type Figure } from '../report.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { gzipFile, writeListFile, type FileFormat } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import { madePayments } from './made-lists.ts';
import { watchPeaks, type Peaks } from './memory.ts';
import { forgetPushes, pushWhole, stagesOf } from './push-whole.ts';
import type { ListFile } from './upload.ts';

/** One request each fiftieth of a second, whether the one before was answered or not. */
const REQUESTS_A_SECOND = 50;

const FORMATS: readonly FileFormat[] = ['ndjson', 'csv', 'xlsx'];
/** From so many rows on also a packed file is pushed, the one that unpacks to most. */
const PACKED_FROM = 1_000_000;

/** A file of as many rows as there are persons, pushed while persons are asked for. */
interface LargePush {
  readonly submission: string;
  readonly format: FileFormat;
  readonly rowsPerSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Greatest memory of each process of the hub, in MB. */
  readonly peaks: Peaks;
}

/**
 * Pushes a file with a row for every person in each format, and tells what others notice: how long one person's answer takes
 * meanwhile, and how much memory the hub's processes take.
 */
export async function measureLarge(bench: SizeBench): Promise<Figure[]> {
  const hub = await bench.listHub();
  const load = await bench.start('load');
  const whileQuiet = (seconds: number) => p99While(bench, hub, load, () => pause(seconds));
  // What is compiled while it runs must be so before it counts.
  await whileQuiet(Math.max(1, bench.seconds));
  const quiet = await runsOf(bench, () => whileQuiet(Math.max(2, bench.seconds)));
  const alone = medianOf(quiet.map(([p99]) => p99));

  const pushes: LargePush[] = [];
  const list = madePayments({ rows: bench.size, persons: bench.size });
  const formats = bench.size < PACKED_FROM ? FORMATS : [...FORMATS, 'ndjson.gz' as const];
  let before: LargePush | undefined;
  for (const format of formats) {
    // Not after the last one: nothing comes after it, and of a million rows it takes minutes.
    if (before) await forgetPushes(bench, [before.submission]);
    const file = join(bench.dir, `large.${format}`);
    if (format.endsWith('.gz')) await gzipFile(file.slice(0, -'.gz'.length), file);
    else await writeListFile(list, format, file);
    before = await pushBeside(bench, hub, load, { list, format, file });
    pushes.push(before);
  }
  for (const format of formats) rmSync(join(bench.dir, `large.${format}`));

  const beside = medianOf(pushes.map(({ p99 }) => p99));
  const name = `${bench.size}.p99-while-pushing`;
  return [
    { name, unit: 'ms', value: beside, limit: alone, ratio: beside / alone, bar: atMost(3, 1.5) },
    ...pushes.flatMap(({ format, peaks }) =>
      [...peaks].map(([process, value]): Figure => {
        const figure = `${bench.size}.memory.${format}.${process}`;
        return { name: figure, unit: 'MB', value, bar: valueAtMost(300, 200) };
      }),
    ),
    ...pushes.map(({ format, rowsPerSecond }): Figure => {
      return { name: `${bench.size}.large-push.${format}`, unit: '/s', value: rowsPerSecond };
    }),
  ];
}

async function pushBeside(bench: SizeBench, hub: ListHub, load: Helper, file: ListFile): Promise<LargePush> {
  await bench.database.pool.query('checkpoint');
  const peaksSoFar = watchPeaks(hub.processes);
  const [p99, push] = await p99While(bench, hub, load, () => pushWhole(bench, hub, file));
  const peaks = peaksSoFar();
  const { submission, whole } = push;
  bench.print(
    `${bench.size} rows as ${file.format}: ${(whole / 1000).toFixed(1)} s (${stagesOf([push])}), p99 ${p99.toFixed(1)} ms`,
  );
  return { submission, format: file.format, rowsPerSecond: (file.list.rows / whole) * 1000, p99, peaks };
}

/** The p99 of one person's answer while something is done, in milliseconds, and what came of that; rejects where an answer is none. */
async function p99While<T>(
  bench: SizeBench,
  hub: ListHub,
  load: Helper,
  work: () => Promise<T>,
): Promise<[p99: number, done: T]> {
  const token = await hub.tokenOf('medical-insurance');
  const bodies = Array.from({ length: bench.sample }, (_, index) =>
    bodyFor(madeIdentity(Math.floor((index * bench.size) / bench.sample)).idNumber),
  );
  const paced: PacedLoad = { url: hub.url, token, bodies, requestsPerSecond: REQUESTS_A_SECOND };
  await load.ask('beginPaced', paced);
  const done = await work();
  const { p99, failures, requests } = await load.ask<PacedResult>('endPaced');
  if (failures > 0 || requests === 0) throw new Error(`${failures} of ${requests} paced requests failed`);
  return [p99, done];
}

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
