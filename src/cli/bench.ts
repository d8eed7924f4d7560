import { parseArgs } from 'node:util';

const USAGE = 'usage: npm run bench -- [--quick] [--persons 100000,1000000]';

/** The parts of the bench that run as processes of their own, each loading nothing that it does not need. */
const ROLES: Readonly<Record<string, () => Promise<void>>> = {
  hub: async () => (await import('./bench/hub-role.ts')).hubRole(),
  raw: async () => (await import('./bench/raw-role.ts')).rawRole(),
  load: async () => (await import('./bench/load-role.ts')).loadRole(),
  token: async () => (await import('./bench/token-role.ts')).tokenRole(),
};

/** `npm run bench`: measures the read path and compares it with limits of the same run; exits non-zero where it falls short. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, persons: { type: 'string' }, role: { type: 'string' } },
  });
  if (values.role !== undefined) return ROLES[values.role]!();

  const quick = values.quick ?? false;
  const sizes = (values.persons ?? (quick ? '20000' : '100000,1000000')).split(',').map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1_000)) throw new Error(USAGE);
  const { runBench } = await import('./bench/run-bench.ts');
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const met = await runBench({ sizes, quick, print: console.log, signal: interrupted.signal });
  if (!met) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
