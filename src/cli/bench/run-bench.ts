import { availableParallelism, cpus } from 'node:os';
import { growthOf } from './growth.ts';
import { onSize } from './on-size.ts';
import type { BenchArguments } from './options.ts';
import { PARTS } from './parts.ts';
import { figureLines, tableOf, verdictOn, type Figure } from './report.ts';
import type { SizeBench } from './size-bench.ts';

/** What is measured, how thoroughly, and where it is told. */
export interface BenchOptions extends Omit<BenchArguments, 'strict'> {
  readonly print: (line: string) => void;
  /** Ends the run early, leaving nothing behind. */
  readonly signal: AbortSignal;
}

/** Rows of an ordinary push. */
const ROWS = 100_000;

/**
 * Measures the hub beside the least that the same work could cost, on made-up persons in a database of its own that is gone
 * afterwards.
 *
 * @returns true where every figure is as good as it must be
 */
export async function runBench(options: BenchOptions): Promise<boolean> {
  const { sizes, print } = options;
  print(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`);
  const rows = Math.min(ROWS, ...sizes);
  const figures: Figure[] = [];
  for (const size of sizes) figures.push(...(await measureSize(size, rows, options)));

  const growth = growthOf(figures, sizes);
  if (growth.length > 0) printAll(print, ['', ...tableOf(growth)]);
  printAll(print, ['', ...figureLines([...figures, ...growth])]);
  return [...figures, ...growth].every((figure) => verdictOn(figure) !== 'short');
}

function measureSize(size: number, rows: number, options: BenchOptions): Promise<Figure[]> {
  const { quick, only, print, signal } = options;
  const thoroughness: Pick<SizeBench, 'runs' | 'seconds' | 'sample'> = quick
    ? { runs: 1, seconds: 1, sample: 500 }
    : { runs: 5, seconds: 6, sample: 5_000 };
  return onSize({ size, rows, ...thoroughness, print, signal }, async (bench) => {
    const figures: Figure[] = [];
    for (const [name, part] of Object.entries(PARTS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      signal.throwIfAborted();
      const started = performance.now();
      const found = await bench.during(part);
      print(`\n${name}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
      printAll(print, tableOf(found));
      figures.push(...found);
    }
    return figures;
  });
}

const printAll = (print: (line: string) => void, lines: readonly string[]): void =>
  lines.forEach((line) => print(line));
