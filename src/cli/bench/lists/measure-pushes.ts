import { join } from 'node:path';
import { atLeast, medianOf, type Bar, type Figure } from '../report.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { copyRaw } from './copy-limit.ts';
import { writeListFile } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import { madePayments, type MadeList } from './made-lists.ts';
import { forgetPushes, pushWhole, stagesOf, type WholePush } from './push-whole.ts';
import type { ListFile } from './upload.ts';

const FORMATS = ['ndjson', 'csv', 'xlsx'] as const;
type Format = (typeof FORMATS)[number];

/** One run: raw COPY, then the same rows pushed in each format. */
type Run = Readonly<Record<Format, WholePush>> & { readonly copy: number };

/** How many rows a second are accepted, and how many are done with, beside raw COPY of the same rows. */
export async function measurePushes(bench: SizeBench): Promise<Figure[]> {
  const list = madePayments({ rows: bench.rows, persons: bench.size });
  const files = await writeFiles(bench, list);
  const hub = await bench.listHub();
  // What is compiled while it runs must be so before it counts; a quick look has no time for that.
  if (bench.runs > 1) await once(bench, hub, files);
  const runs = await runsOf(bench, () => once(bench, hub, files));
  for (const format of FORMATS) bench.print(`${format}: ${stagesOf(runs.map((run) => run[format]))}`);

  const speed = (timeOf: (run: Run) => number): number => (list.rows / medianOf(runs.map(timeOf))) * 1000;
  const compared = (name: string, timeOf: (run: Run) => number, limitOf: (run: Run) => number, bar: Bar): Figure => {
    const [value, limit] = [speed(timeOf), speed(limitOf)];
    return { name: `${bench.size}.${name}`, unit: '/s', value, limit, ratio: value / limit, bar };
  };
  return [
    compared(
      'upload-accepted.ndjson',
      ({ ndjson }) => ndjson.accepted,
      ({ copy }) => copy,
      atLeast(0.08, 0.15),
    ),
    compared(
      'upload-accepted.csv',
      ({ csv }) => csv.accepted,
      ({ copy }) => copy,
      atLeast(0.08, 0.15),
    ),
    compared(
      'push-whole.ndjson',
      ({ ndjson }) => ndjson.whole,
      ({ copy }) => copy,
      atLeast(0.03, 0.06),
    ),
    compared(
      'push-whole.csv',
      ({ csv }) => csv.whole,
      ({ copy }) => copy,
      atLeast(0.03, 0.06),
    ),
    compared(
      'push-whole.xlsx',
      ({ xlsx }) => xlsx.whole,
      ({ csv }) => csv.whole,
      atLeast(0.3, 0.5),
    ),
  ];
}

async function writeFiles({ dir }: SizeBench, list: MadeList): Promise<Readonly<Record<Format, ListFile>>> {
  const files = FORMATS.map((format) => ({ list, format, file: join(dir, `push.${format}`) }));
  for (const { format, file } of files) await writeListFile(list, format, file);
  return Object.fromEntries(files.map((file) => [file.format, file])) as Record<Format, ListFile>;
}

async function once(bench: SizeBench, hub: ListHub, files: Readonly<Record<Format, ListFile>>): Promise<Run> {
  const copy = await copyRaw(bench, files.csv);
  const pushed: Partial<Record<Format, WholePush>> = {};
  for (const format of FORMATS) {
    await bench.database.pool.query('checkpoint');
    const push = await pushWhole(bench, hub, files[format]);
    await forgetPushes(bench, [push.submission]);
    pushed[format] = push;
  }
  return { copy, ...(pushed as Record<Format, WholePush>) };
}
