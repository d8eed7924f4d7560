import type { DecideSpeeds } from './decide-role.ts';
import { atLeast, medianOf, type Figure } from './report.ts';
import { runsOf, type SizeBench } from './size-bench.ts';

/** Persons that are held in memory and decided over and over. */
const MOST_PERSONS = 20_000;
const QUICK_PERSONS = 2_500;
/** Rounds over so few persons that count for nothing, until Node has compiled what decides. */
const WARMING_ROUNDS = 10;

/** How many persons a pack decides in a second on one core, beside a loop that only allocates the same results. */
export async function measureDecide(bench: SizeBench): Promise<Figure[]> {
  const helper = await bench.start('decide');
  await helper.ask('prepare', Math.min(bench.size, bench.quick ? QUICK_PERSONS : MOST_PERSONS));
  for (let round = 0; round < WARMING_ROUNDS && bench.quick; round += 1) await helper.ask('speeds');
  const runs = await runsOf(bench, () => helper.ask<DecideSpeeds>('speeds'));
  const [value, limit] = [medianOf(runs.map((run) => run.decided)), medianOf(runs.map((run) => run.allocated))];
  return [
    { name: `${bench.size}.decide-alone`, unit: '/s', value, limit, ratio: value / limit, bar: atLeast(0.3, 0.6) },
  ];
}
