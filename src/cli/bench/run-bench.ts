import { availableParallelism, cpus } from 'node:os';
import { growthOf } from './growth.ts';
import { onSize } from './on-size.ts';
import type { BenchArguments } from './options.ts';
import { PARTS } from './parts.ts';
import { figureLines, tableOf, verdictOn, type Figure } from './report.ts';
import type { SizeBench } from './size-bench.ts';

/** What is measured, how thoroughly, and where it is told. */
export interface BenchOptions extends Omit<BenchArguments, 'strict' | 'help'> {
  readonly print: (line: string) => void;
  /** Ends the run early, leaving nothing behind. */
  readonly signal: AbortSignal;
}

/** Rows of an ordinary push, and of one in a minute's look, where persons have several. */
const ROWS = 100_000;
const QUICK_ROWS = 20_000;

/** Parts that a minute's look, which is at lists, has no time for unless they are named. */
const NOT_AT_A_GLANCE: ReadonlySet<string> = new Set(['reads', 'audit', 'walls', 'rotation', 'rejected']);

/**
 * Measures the hub beside the least that the same work could cost, on made-up persons in a database of its own that is gone
 * afterwards.
 *
 * @returns true where every figure is as good as it must be
 */
export async function runBench(options: BenchOptions): Promise<boolean> {
  const { sizes, quick, print } = options;
  print(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`);
  const rows = quick ? QUICK_ROWS : Math.min(ROWS, ...sizes);
  const [figures, failures]: [Figure[], Error[]] = [[], []];
  const started = performance.now();
  try {
    for (const size of sizes) await measureSize(size, rows, options, figures, failures);
  } finally {
    // Also where the run breaks off: what was measured until then took long enough.
    printAll(print, ['', ...figureLines(figures), '', `${secondsSince(started)} s`]);
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
  return figures.every((figure) => verdictOn(figure) !== 'short');
}

/** Adds the figures of one population, and what went wrong with a part: the parts after it are measured all the same. */
async function measureSize(
  size: number,
  rows: number,
  { sizes, quick, only, print, signal }: BenchOptions,
  figures: Figure[],
  failures: Error[],
): Promise<void> {
  const thoroughness: Pick<SizeBench, 'quick' | 'runs' | 'seconds' | 'sample'> = quick
    ? { quick, runs: 1, seconds: 0.5, sample: 200 }
    : { quick, runs: 5, seconds: 4, sample: 5_000 };
  await onSize({ size, rows, ...thoroughness, print, signal }, async (bench) => {
    for (const [name, part] of Object.entries(PARTS)) {
      if (only.length > 0 ? !only.includes(name) : quick && NOT_AT_A_GLANCE.has(name)) continue;
      signal.throwIfAborted();
      const started = performance.now();
      try {
        const found = await bench.during(part);
        print(`\n${name}, ${secondsSince(started)} s`);
        // Told with the part that completes it: a run that is broken off later loses none of it.
        const growth = growthOf(found, figures, { sizes, rows });
        if (found.length > 0) printAll(print, tableOf([...found, ...growth]));
        figures.push(...found, ...growth);
      } catch (error) {
        signal.throwIfAborted();
        const failure = new Error(`${size} persons, ${name}: ${messageOf(error)}`, { cause: error });
        print(failure.message);
        failures.push(failure);
      }
    }
  });
}

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(0);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const printAll = (print: (line: string) => void, lines: readonly string[]): void =>
  lines.forEach((line) => print(line));
