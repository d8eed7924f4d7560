/** The parts of the bench that run as processes of their own, each loading nothing that it does not need. */
const ROLES: Readonly<Record<string, () => Promise<void>>> = {
  hub: async () => (await import('./bench/hub-role.ts')).hubRole(),
  raw: async () => (await import('./bench/raw-role.ts')).rawRole(),
  load: async () => (await import('./bench/load-role.ts')).loadRole(),
  token: async () => (await import('./bench/token-role.ts')).tokenRole(),
  select: async () => (await import('./bench/select-role.ts')).selectRole(),
  decide: async () => (await import('./bench/decide-role.ts')).decideRole(),
  verify: async () => (await import('./bench/verify-role.ts')).verifyRole(),
};

/**
 * `npm run bench`: measures the hub and compares it with limits of the same run. Exits non-zero where something could not be
 * measured, or where hub and bare answer differ; with `--strict` also where a figure is short of what it must be.
 */
async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--role') return ROLES[args[1]!]!();

  const { PARTS } = await import('./bench/parts.ts');
  const { readArguments, usageOf } = await import('./bench/options.ts');
  const { runBench } = await import('./bench/run-bench.ts');
  const parts = Object.keys(PARTS);
  const { strict, help, ...what } = readArguments(args, parts);
  if (help) return console.log(usageOf(parts));
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  // Whenever it comes: npm passes on a Ctrl-C that the terminal has told the whole group, and the second must not end it in the middle.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const met = await runBench({ ...what, print: console.log, signal: interrupted.signal });
  if (strict && !met) process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
