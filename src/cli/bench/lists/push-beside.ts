import { bodyFor, doorOf } from '../hub-answers.ts';
import { madeIdentity } from '../made-persons.ts';
import type { PacedLoad, PacedResult } from '../paced-load.ts';
import type { Helper } from '../processes.ts';
import type { SizeBench } from '../size-bench.ts';
import type { ListHub } from './list-hub.ts';

/** One request each fiftieth of a second, whether the one before was answered or not. */
const REQUESTS_A_SECOND = 50;
/** The shortest time of which a p99 is told where nothing else goes on, in seconds; a quick look has less. */
const SHORTEST_ALONE = 3;

/** What those noticed who asked for persons while something was done. */
export interface Beside<T> extends PacedResult {
  readonly done: T;
}

/** Has one person after another asked for while something is done; rejects where an answer is none, or tells of errors. */
export async function askBeside<T>(
  bench: SizeBench,
  hub: ListHub,
  load: Helper,
  work: () => Promise<T>,
): Promise<Beside<T>> {
  const bodies = Array.from({ length: bench.sample }, (_, index) =>
    bodyFor(madeIdentity(Math.floor((index * bench.size) / bench.sample)).idNumber),
  );
  const paced: PacedLoad = { ...(await doorOf(hub)), bodies, requestsPerSecond: REQUESTS_A_SECOND };
  await load.ask('beginPaced', paced);
  const done = await work();
  const result = await load.ask<PacedResult>('endPaced');
  if (result.failures > 0 || result.requests === 0) {
    throw new Error(`${result.failures} of ${result.requests} paced requests failed`);
  }
  return { ...result, done };
}

/** Has persons asked for while nothing else is done, for so many stretches of the length that is measured at a time. */
export async function askAlone(bench: SizeBench, hub: ListHub, load: Helper, stretches = 1): Promise<PacedResult> {
  const seconds = stretches * (bench.quick ? bench.seconds : Math.max(SHORTEST_ALONE, bench.seconds));
  return askBeside(bench, hub, load, () => new Promise((resolve) => setTimeout(resolve, seconds * 1000)));
}
