import { join } from 'node:path';
import { atLeast, atMost, medianOf, type Figure } from '../report.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { writeListFile } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import { changedRows, madeRoster, type MadeList } from './made-lists.ts';
import { forgetPushes, pushWhole, stagesOf, type WholePush } from './push-whole.ts';
import type { ListFile } from './upload.ts';

/** A roster pushed for the first time, pushed again as it was, and pushed with one row in a hundred changed. */
interface Run {
  readonly first: WholePush;
  readonly again: WholePush;
  readonly changed: WholePush;
}

/**
 * What a snapshot costs that says nothing new, and what each change in one costs. The work of comparing is the same whether
 * something has changed or not, so what changes cost is what such a push takes longer than one without any.
 */
export async function measureSnapshots(bench: SizeBench): Promise<Figure[]> {
  const extent = { rows: bench.rows, persons: bench.size };
  const roster = await writtenFile(bench, madeRoster(extent, 'first'), 'roster');
  const later = await writtenFile(bench, madeRoster(extent, 'changed'), 'roster-later');
  const hub = await bench.listHub();
  const runs = await runsOf(bench, () => once(bench, hub, roster, later));

  for (const push of ['first', 'again', 'changed'] as const) {
    bench.print(`${push}: ${stagesOf(runs.map((run) => run[push]))}`);
  }

  const of = (time: (run: Run) => number): number => medianOf(runs.map(time));
  const [first, again] = [of((run) => run.first.whole), of((run) => run.again.whole)];
  const changes = changedRows(bench.rows);
  const perChange =
    Math.max(
      0,
      of((run) => run.changed.whole - run.again.whole),
    ) / changes;
  const perRow = first / bench.rows;
  const name = `${bench.size}.snapshot`;
  return [
    { name: `${name}-again`, unit: 'ms', value: again, limit: first, ratio: first / again, bar: atLeast(2, 4) },
    {
      ...{ name: `${name}-1-percent.per-change`, unit: 'µs', value: perChange * 1000, limit: perRow * 1000 },
      ...{ ratio: perChange / perRow, bar: atMost(5, 2) },
    },
    { name: `${name}-1-percent.whole`, unit: 'ms', value: of((run) => run.changed.whole), limit: first },
  ];
}

async function writtenFile({ dir }: SizeBench, list: MadeList, name: string): Promise<ListFile> {
  const file = join(dir, `${name}.ndjson`);
  await writeListFile(list, 'ndjson', file);
  return { list, format: 'ndjson', file };
}

async function once(bench: SizeBench, hub: ListHub, roster: ListFile, later: ListFile): Promise<Run> {
  const pushes: WholePush[] = [];
  for (const file of [roster, roster, later]) {
    await bench.database.pool.query('checkpoint');
    pushes.push(await pushWhole(bench, hub, file));
  }
  await forgetPushes(
    bench,
    pushes.map(({ submission }) => submission),
  );
  const [first, again, changed] = pushes as [WholePush, WholePush, WholePush];
  return { first, again, changed };
}
