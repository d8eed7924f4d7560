import { parseArgs } from 'node:util';

const USAGE = 'usage: npm run bench -- [--quick] [--strict] [--persons 100000,1000000] [--only part,…]; parts:';

/** The parts of the bench that run as processes of their own, each loading nothing that it does not need. */
const ROLES: Readonly<Record<string, () => Promise<void>>> = {
  hub: async () => (await import('./bench/hub-role.ts')).hubRole(),
  raw: async () => (await import('./bench/raw-role.ts')).rawRole(),
  load: async () => (await import('./bench/load-role.ts')).loadRole(),
  token: async () => (await import('./bench/token-role.ts')).tokenRole(),
  decide: async () => (await import('./bench/decide-role.ts')).decideRole(),
};

/**
 * `npm run bench`: measures the hub and compares it with limits of the same run. Exits non-zero where something could not be
 * measured, or where hub and bare answer differ; with `--strict` also where a figure is short of what it must be.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      persons: { type: 'string' },
      only: { type: 'string' },
      role: { type: 'string' },
    },
  });
  if (values.role !== undefined) return ROLES[values.role]!();

  const { quick, strict } = values;
  const sizes = (values.persons ?? (quick ? '20000' : '100000,1000000')).split(',').map(Number);
  const { PARTS } = await import('./bench/parts.ts');
  const only = (values.only ?? '').split(',').filter((name) => name !== '') as (keyof typeof PARTS)[];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1_000) || !only.every((name) => name in PARTS)) {
    throw new Error(`${USAGE} ${Object.keys(PARTS).join(', ')}`);
  }
  const { runBench } = await import('./bench/run-bench.ts');
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const met = await runBench({ sizes, quick, only, print: console.log, signal: interrupted.signal });
  if (strict && !met) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
