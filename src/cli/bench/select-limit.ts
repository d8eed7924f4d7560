import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { Selects } from './select-role.ts';
import type { SizeBench } from './size-bench.ts';

/** Single rows selected by their key, prepared, by eight at once: what L1 of the security programme is. */
export interface SelectLimit {
  /** What selects them, for people. */
  readonly by: string;
  /** Selects done in a second. */
  run(): Promise<number>;
}

/** As the programme has it. `-n`: the tables are vacuumed when they are made. */
const PGBENCH = ['--select-only', '--protocol=prepared', '--client=8', '--jobs=1', '-n'];
/** Of its tables alone: without row level security, they would keep the hub from starting if they lay beside its own. */
const SCHEMA = 'pgbench';
/** Rows of pgbench's for each unit of its scale. */
const ROWS_A_SCALE = 100_000;

const run = promisify(execFile);

/** `pgbench` where it is installed, on tables of its own; otherwise the messages that it would send, from a process of Node. */
export async function selectLimit(bench: SizeBench, subjectKeys: readonly string[]): Promise<SelectLimit> {
  const { status, stdout } = spawnSync('pgbench', ['--version'], { encoding: 'utf8' });
  if (status === 0) return byPgbench(bench, stdout.trim());
  const select = await bench.start('select');
  const selects: Selects = { subjectKeys, seconds: bench.seconds };
  return { by: 'bare messages from Node; pgbench is not installed', run: () => select.ask<number>('selects', selects) };
}

async function byPgbench(bench: SizeBench, version: string): Promise<SelectLimit> {
  const { ownerUrl, pool } = bench.database;
  const pgbench = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, PGOPTIONS: `-c search_path=${SCHEMA}` };
    return (await run('pgbench', [...args, ownerUrl!], { env, signal: bench.signal })).stdout;
  };
  await pool.query(`create schema if not exists ${SCHEMA}`);
  await pgbench('--initialize', '--quiet', `--scale=${Math.ceil(bench.size / ROWS_A_SCALE)}`);
  return {
    by: version,
    run: async () => {
      const told = await pgbench(...PGBENCH, `--time=${Math.ceil(bench.seconds)}`);
      const [, rate] = /^tps = ([\d.]+)/m.exec(told) ?? [];
      if (rate === undefined) throw new Error(`pgbench told no rate: ${told}`);
      return Number(rate);
    },
  };
}
