import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

// One graphql build for everybody: vitest would load the .mjs one beside type-graphql's CommonJS one.
const resolve = { alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }] };

const common = {
  pool: 'forks',
  // By default one of two cores would stand idle, and each file waits for its database half of the time.
  maxWorkers: '100%',
  // Looks over the answers of every test, whatever it is about.
  setupFiles: 'test/support/sweep.ts',
  // For what hangs: a machine may be three times slower than ours, and have other work to do.
  testTimeout: 90_000,
  hookTimeout: 180_000,
} as const;

// What tells that a test looks at the whole of its process, or changes it: there nothing else may have run.
const WHOLE_PROCESS =
  /\bvi\.mock\(|\bcountEveryStatement\b|\bprocess\.(?:memoryUsage|cpuUsage|getActiveResourcesInfo)\b|\bprototype\.\w+ = |\bprocess\.env\[[^\]]+\] = /;
const alone = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  WHOLE_PROCESS.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
);

export default defineConfig({
  test: {
    // Once for all projects: one PostgreSQL serves the whole run.
    globalSetup: ['test/support/global-database.ts'],
    maxWorkers: common.maxWorkers,
    projects: [
      { resolve, test: { ...common, name: 'alone', include: alone } },
      {
        resolve,
        test: {
          ...common,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          // Loading what a hub is made of takes longer than most tests: a process does it once, and runs file after file.
          isolate: false,
        },
      },
    ],
  },
});
