import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { hmacSubjectKeys } from '../../storage/subject-keys.ts';
import { openDatabase, type Database } from '../../storage/database.ts';
import { fillDatabase } from './fill-database.ts';
import { measureReads } from './measure-reads.ts';
import { startHelper, type Helper } from './processes.ts';
import { figureLines, tableOf, type Figure } from './report.ts';
import { fillSideTables } from './side-tables.ts';

/** What is measured, and how thoroughly. */
export interface BenchOptions {
  /** Numbers of persons in the hub; everything is measured once for each. */
  readonly sizes: readonly number[];
  /** A minute's look instead of figures to quote. */
  readonly quick: boolean;
  readonly print: (line: string) => void;
  /** Ends the run early, leaving nothing behind. */
  readonly signal: AbortSignal;
}

/** Kept for the run alone; nobody real is in it. */
const PEPPER = 'a-pepper-for-made-up-persons-only';

/**
 * Measures reads through the hub beside the least that could answer the same, on made-up persons in a database of its own
 * that is gone afterwards.
 *
 * @returns true where every figure that must keep to a limit does
 */
export async function runBench(options: BenchOptions): Promise<boolean> {
  const { sizes, print } = options;
  print(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`);
  const figures: Figure[] = [];
  for (const size of sizes) figures.push(...(await measureSize(size, options)));
  print('');
  for (const line of figureLines(figures)) print(line);
  return figures.every(
    ({ limit, ratio, must }) => limit === undefined || ratio === undefined || ratio <= (must ?? ratio),
  );
}

async function measureSize(size: number, options: BenchOptions): Promise<Figure[]> {
  const { print, quick, signal } = options;
  const dir = mkdtempSync(join(tmpdir(), 'yidang-bench-'));
  let database: Database | undefined;
  const helpers: Helper[] = [];
  const letGo = (): void => helpers.forEach((helper) => void helper.stop());
  signal.addEventListener('abort', letGo);
  try {
    // Nothing here outlives the run, so nothing needs to survive a power cut.
    database = await openDatabase({ kind: 'embedded', dir: join(dir, 'postgres'), fast: true });
    const started = performance.now();
    const claims = await fillDatabase(database.url, size, hmacSubjectKeys(PEPPER), signal);
    const seconds = (performance.now() - started) / 1000;
    print(`\n${size} persons with ${claims} claims, made in ${seconds.toFixed(0)} s`);

    const settings = {
      DATABASE_URL: database.url,
      SUBJECT_KEY_PEPPER: PEPPER,
      YIDANG_ENV: 'development',
      DATA_DIR: join(dir, 'data'),
      PORT: '0',
      PUBLIC_URL: '',
      LOG_LEVEL: 'info',
      NODE_ENV: 'production',
    };
    for (const role of ['hub', 'raw', 'load', 'token']) {
      signal.throwIfAborted();
      helpers.push(await startHelper(role, settings));
    }
    const [hub, raw, load, token] = helpers as [Helper, Helper, Helper, Helper];
    const asked = await fillSideTables({ database, hub, persons: size, sample: quick ? 1_000 : 5_000 });
    const figures = await measureReads({ hub, raw, load, token, asked, quick, size, print });
    for (const line of tableOf(figures)) print(line);
    return figures;
  } finally {
    signal.removeEventListener('abort', letGo);
    for (const helper of helpers) await helper.stop();
    await database?.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
