import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Helper } from '../processes.ts';
import { atMost, medianOf, valueAtMost, type Figure } from '../report.ts';
import type { SizeBench } from '../size-bench.ts';
import { gzipFile, writeListFile, type FileFormat } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import { madePayments, type MadeList } from './made-lists.ts';
import { watchPeaks, type Peaks } from './memory.ts';
import { askAlone, askBeside } from './push-beside.ts';
import { pushWhole, stagesOf } from './push-whole.ts';
import type { ListFile } from './upload.ts';

/** The packed one is the one that unpacks to most. */
const FORMATS: readonly FileFormat[] = ['ndjson', 'csv', 'xlsx', 'ndjson.gz'];

/** Stretches of a push whose p99 is told one by one, and as many before it in which nothing else goes on. */
const STRETCHES = 5;

/** A file of as many rows as there are persons, pushed while persons are asked for. */
interface LargePush {
  readonly format: FileFormat;
  readonly rowsPerSecond: number;
  /** Milliseconds, a stretch each. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  readonly peaks: Peaks;
}

/**
 * Where there are more persons than an ordinary push has rows: pushes a file with a row for every person in each format, once, and
 * tells what that takes, how long one person's answer takes meanwhile, and how much memory the hub's processes take.
 */
export async function measureLarge(bench: SizeBench): Promise<Figure[]> {
  if (bench.size <= bench.rows) {
    bench.print(`large: a row for every person is what an ordinary push has; told by the part pushes`);
    return [];
  }
  const hub = await bench.listHub();
  const load = await bench.start('load');
  // What is compiled while it runs must be so before it counts.
  await askAlone(bench, hub, load);
  const list = madePayments({ rows: bench.size, persons: bench.size });
  const pushes: LargePush[] = [];
  for (const format of FORMATS) {
    // Not after the last one: whatever part comes next begins with it.
    await (await bench.savedState()).goBack();
    pushes.push(await pushLarge(bench, hub, load, await writtenFile(bench, list, format)));
  }
  return [p99Of(bench, pushes), worstOf(bench, pushes), ...memoryOf(bench, pushes), ...speedsOf(bench, pushes)];
}

async function writtenFile({ dir }: SizeBench, list: MadeList, format: FileFormat): Promise<ListFile> {
  const file = join(dir, `large.${format}`);
  const plain = join(dir, 'large.ndjson');
  if (format === 'ndjson.gz') {
    await gzipFile(plain, file);
    rmSync(plain);
  } else await writeListFile(list, format, file);
  return { list, format, file };
}

async function pushLarge(bench: SizeBench, hub: ListHub, load: Helper, file: ListFile): Promise<LargePush> {
  const alone = await askAlone(bench, hub, load, STRETCHES);
  await bench.database.pool.query('checkpoint');
  const peaksSoFar = watchPeaks(hub.processes);
  const beside = await askBeside(bench, hub, load, () => pushWhole(bench, hub, file));
  const peaks = peaksSoFar();
  const { whole } = beside.done;
  if (file.format !== 'ndjson') rmSync(file.file);
  bench.print(
    [
      `${bench.size} rows as ${file.format}: ${(whole / 1000).toFixed(1)} s (${stagesOf([beside.done])})`,
      `p99 ${beside.p99.toFixed(1)} ms (${millisecondsOf(beside.stretches)}), alone ${alone.p99.toFixed(1)} ms (${millisecondsOf(alone.stretches)})`,
      [...peaks].map(([process, peak]) => `${process} ${peak.toFixed(0)} MB`).join(', '),
    ].join('; '),
  );
  const rowsPerSecond = (file.list.rows / whole) * 1000;
  return { format: file.format, rowsPerSecond, alone: alone.stretches, beside: beside.stretches, peaks };
}

const millisecondsOf = (times: readonly number[]): string => times.map((time) => time.toFixed(0)).join(', ');

function p99Of({ size }: SizeBench, pushes: readonly LargePush[]): Figure {
  const value = medianOf(pushes.flatMap(({ beside }) => beside));
  const limit = medianOf(pushes.flatMap(({ alone }) => alone));
  return {
    ...{ name: `${size}.large.p99-while-pushing`, unit: 'ms', value, limit },
    ...{ ratio: value / limit, bar: atMost(3, 1.5) },
  };
}

function worstOf({ size }: SizeBench, pushes: readonly LargePush[]): Figure {
  const value = Math.max(...pushes.flatMap(({ beside }) => beside));
  const limit = Math.max(...pushes.flatMap(({ alone }) => alone));
  return { name: `${size}.large.p99-while-pushing.worst`, unit: 'ms', value, limit, ratio: value / limit };
}

const memoryOf = ({ size }: SizeBench, pushes: readonly LargePush[]): Figure[] =>
  pushes.flatMap(({ format, peaks }) =>
    [...peaks].map(([process, value]): Figure => {
      return { name: `${size}.large.memory.${format}.${process}`, unit: 'MB', value, bar: valueAtMost(300, 200) };
    }),
  );

const speedsOf = ({ size }: SizeBench, pushes: readonly LargePush[]): Figure[] =>
  pushes.map(({ format, rowsPerSecond }): Figure => {
    return { name: `${size}.large.push-whole.${format}`, unit: '/s', value: rowsPerSecond };
  });
