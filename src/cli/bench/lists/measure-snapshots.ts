import { join } from 'node:path';
import type { WorkStage } from '../../../domain/intake/submission.ts';
import { atLeast, atMost, medianOf, type Figure } from '../report.ts';
import { runsOf, type SizeBench } from '../size-bench.ts';
import { writeListFile } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import { changedRows, madeRoster, type MadeList } from './made-lists.ts';
import { pushWhole, stagesOf, type WholePush } from './push-whole.ts';
import type { ListFile } from './upload.ts';

/**
 * A roster pushed for the first time, pushed again as it was, pushed with one row in a hundred changed, pushed as it was before, which
 * changes the same rows back, and that again. A machine that slows down meanwhile does so for those with changes as for those without.
 */
interface Run {
  readonly first: WholePush;
  readonly again: WholePush;
  readonly changed: WholePush;
  readonly back: WholePush;
  readonly backAgain: WholePush;
}

/**
 * What a snapshot costs that says nothing new, and what each change in one costs. Accepting, judging and comparing are the same
 * whether something has changed or not. So what changes cost is what comparing and the stages after it take longer in the two
 * pushes with changes than in the two without around them: a difference within each run, of which the median is taken.
 */
export async function measureSnapshots(bench: SizeBench): Promise<Figure[]> {
  const rows = bench.quick ? Math.floor(bench.rows / QUICK_SHARE) : bench.rows;
  const extent = { rows, persons: bench.size };
  const roster = await writtenFile(bench, madeRoster(extent, 'first'), 'roster');
  const later = await writtenFile(bench, madeRoster(extent, 'changed'), 'roster-later');
  const hub = await bench.listHub();
  const state = await bench.savedState();
  const runs = await runsOf(bench, async (number) => {
    const run = await once(bench, hub, roster, later);
    await state.goBack();
    bench.print(`snapshots ${number + 1} of ${bench.runs}: ${secondsOf(run)}`);
    return run;
  });
  await state.assertSame();

  for (const push of PUSHES) {
    bench.print(`${push}: ${stagesOf(runs.map((run) => run[push]))}`);
  }

  const of = (time: (run: Run) => number): number => medianOf(runs.map(time));
  const [first, again] = [of((run) => run.first.whole), of((run) => run.again.whole)];
  const changes = changedRows(rows);
  const perChange = of(extraOfChanges) / (2 * changes);
  const perRow = first / rows;
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

/** A quick look pushes a roster of so much of an ordinary push. */
const QUICK_SHARE = 5;

const PUSHES = ['first', 'again', 'changed', 'back', 'backAgain'] as const satisfies readonly (keyof Run)[];

const secondsOf = (run: Run): string =>
  PUSHES.map((push) => `${push} ${(run[push].whole / 1000).toFixed(2)} s`).join(' · ');

/** Milliseconds that the two pushes with changes take longer than the two without, from comparing on. */
export const extraOfChanges = ({ again, changed, back, backAgain }: Omit<Run, 'first'>): number =>
  fromComparing(changed) + fromComparing(back) - fromComparing(again) - fromComparing(backAgain);

const fromComparing = ({ stages }: WholePush): number =>
  (['COMPARING', 'TAKING_IN', 'DECIDING'] as const satisfies readonly WorkStage[])
    .map((stage) => stages.get(stage) ?? 0)
    .reduce((sum, time) => sum + time, 0);

async function writtenFile({ dir }: SizeBench, list: MadeList, name: string): Promise<ListFile> {
  const file = join(dir, `${name}.ndjson`);
  await writeListFile(list, 'ndjson', file);
  return { list, format: 'ndjson', file };
}

async function once(bench: SizeBench, hub: ListHub, roster: ListFile, later: ListFile): Promise<Run> {
  const files = { first: roster, again: roster, changed: later, back: roster, backAgain: roster };
  const pushed: Partial<Record<keyof Run, WholePush>> = {};
  for (const push of PUSHES) {
    await bench.database.pool.query('checkpoint');
    pushed[push] = await pushWhole(bench, hub, files[push]);
  }
  return pushed as Run;
}
