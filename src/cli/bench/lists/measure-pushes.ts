import { join } from 'node:path';
import type { Helper } from '../processes.ts';
import { atLeast, atMost, medianOf, valueAtMost, type Bar, type Figure } from '../report.ts';
import type { SavedState } from '../saved-state.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { copyRaw } from './copy-limit.ts';
import { writeListFile } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import { madePayments, type MadeList } from './made-lists.ts';
import { greatestOf, watchPeaks, type Peaks } from './memory.ts';
import { askAlone, askBeside } from './push-beside.ts';
import { pushWhole, stagesOf, type WholePush } from './push-whole.ts';
import type { ListFile } from './upload.ts';

const FORMATS = ['ndjson', 'csv', 'xlsx'] as const;
type Format = (typeof FORMATS)[number];
type Files = Readonly<Record<Format, ListFile>>;

/** One run: raw COPY, then the same rows pushed in each format. Persons are asked for while the workbook is. */
interface Run {
  /** Milliseconds. */
  readonly copy: number;
  readonly pushes: Readonly<Record<Format, WholePush>>;
  /** Greatest memory of the hub's processes during each push. */
  readonly peaks: Readonly<Record<Format, Peaks>>;
  /** Milliseconds, of one person's answer while nothing else goes on and while the workbook is pushed. */
  readonly p99: { readonly alone: number; readonly beside: number };
}

/** What a run needs. */
interface Ground {
  readonly bench: SizeBench;
  readonly hub: ListHub;
  readonly load: Helper;
  readonly state: SavedState;
  readonly files: Files;
}

/** A warm-up pushes so much of a run's rows: what is compiled while it runs is so after fewer. */
const WARM_UP_SHARE = 5;

/**
 * How many rows a second are accepted, and how many are done with, beside raw COPY of the same rows; how long one person's answer
 * takes meanwhile, and how much memory the hub's processes take.
 */
export async function measurePushes(bench: SizeBench): Promise<Figure[]> {
  const hub = await bench.listHub();
  const load = await bench.start('load');
  const state = await bench.savedState();
  // A quick look has no time for this.
  if (!bench.quick) {
    const few = await writeFiles(bench, 'warm-up', Math.floor(bench.rows / WARM_UP_SHARE));
    await once({ bench, hub, load, state, files: few });
  }
  const files = await writeFiles(bench, 'push', bench.rows);
  const runs = await runsOf(bench, async (number) => {
    const run = await once({ bench, hub, load, state, files });
    bench.print(`pushes ${number + 1} of ${bench.runs}: ${secondsOf(run)}`);
    return run;
  });
  await state.assertSame();
  for (const format of FORMATS) bench.print(`${format}: ${stagesOf(runs.map(({ pushes }) => pushes[format]))}`);
  return [...speedsOf(bench, files.csv.list, runs), p99Of(bench, runs), ...memoryOf(bench, runs)];
}

async function writeFiles({ dir, size }: SizeBench, name: string, rows: number): Promise<Files> {
  const list: MadeList = madePayments({ rows, persons: size });
  const files = FORMATS.map((format) => ({ list, format, file: join(dir, `${name}.${format}`) }));
  for (const { format, file } of files) await writeListFile(list, format, file);
  return Object.fromEntries(files.map((file) => [file.format, file])) as Record<Format, ListFile>;
}

async function once({ bench, hub, load, state, files }: Ground): Promise<Run> {
  const copy = await copyRaw(bench, files.csv);
  const pushes: Partial<Record<Format, WholePush>> = {};
  const peaks: Partial<Record<Format, Peaks>> = {};
  let p99 = { alone: Number.NaN, beside: Number.NaN };
  for (const format of FORMATS) {
    const push = (): Promise<WholePush> => pushWhole(bench, hub, files[format]);
    const alone = format === 'xlsx' ? (await askAlone(bench, hub, load)).p99 : undefined;
    await bench.database.pool.query('checkpoint');
    const peaksSoFar = watchPeaks(hub.processes);
    if (alone === undefined) pushes[format] = await push();
    else {
      const beside = await askBeside(bench, hub, load, push);
      pushes[format] = beside.done;
      p99 = { alone, beside: beside.p99 };
    }
    peaks[format] = peaksSoFar();
    await state.goBack();
  }
  return { copy, pushes: pushes as Run['pushes'], peaks: peaks as Run['peaks'], p99 };
}

const secondsOf = ({ copy, pushes, p99 }: Run): string =>
  [
    `COPY ${(copy / 1000).toFixed(2)} s`,
    ...FORMATS.map((format) => `${format} ${(pushes[format].whole / 1000).toFixed(2)} s`),
    `p99 ${p99.beside.toFixed(1)} ms beside ${p99.alone.toFixed(1)} ms alone`,
  ].join(' · ');

function speedsOf({ size }: SizeBench, { rows }: MadeList, runs: readonly Run[]): Figure[] {
  const speed = (timeOf: (run: Run) => number): number => (rows / medianOf(runs.map(timeOf))) * 1000;
  const compared = (name: string, timeOf: (run: Run) => number, limitOf: (run: Run) => number, bar: Bar): Figure => {
    const [value, limit] = [speed(timeOf), speed(limitOf)];
    return { name: `${size}.${name}`, unit: '/s', value, limit, ratio: value / limit, bar };
  };
  const copied = ({ copy }: Run): number => copy;
  const [ndjson, csv, xlsx] = FORMATS.map(
    (format) =>
      ({ pushes }: Run) =>
        pushes[format],
  ) as [PushOf, PushOf, PushOf];
  return [
    compared('upload-accepted.ndjson', (run) => ndjson(run).accepted, copied, atLeast(0.08, 0.15)),
    compared('upload-accepted.csv', (run) => csv(run).accepted, copied, atLeast(0.08, 0.15)),
    compared('push-whole.ndjson', (run) => ndjson(run).whole, copied, atLeast(0.03, 0.06)),
    compared('push-whole.csv', (run) => csv(run).whole, copied, atLeast(0.03, 0.06)),
    compared(
      'push-whole.xlsx',
      (run) => xlsx(run).whole,
      (run) => csv(run).whole,
      atLeast(0.3, 0.5),
    ),
  ];
}

type PushOf = (run: Run) => WholePush;

function p99Of({ size }: SizeBench, runs: readonly Run[]): Figure {
  const [value, limit] = [medianOf(runs.map(({ p99 }) => p99.beside)), medianOf(runs.map(({ p99 }) => p99.alone))];
  return { name: `${size}.p99-while-pushing`, unit: 'ms', value, limit, ratio: value / limit, bar: atMost(3, 1.5) };
}

const memoryOf = ({ size }: SizeBench, runs: readonly Run[]): Figure[] =>
  FORMATS.flatMap((format) =>
    [...greatestOf(runs.map(({ peaks }) => peaks[format]))].map(([process, value]): Figure => {
      return { name: `${size}.memory.${format}.${process}`, unit: 'MB', value, bar: valueAtMost(300, 200) };
    }),
  );
