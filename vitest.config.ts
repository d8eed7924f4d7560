import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  // One graphql build for everybody: vitest would load the .mjs one beside type-graphql's CommonJS one.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }] },
  test: {
    pool: 'forks',
    // By default one of two cores would stand idle, and each file waits for its database half of the time.
    maxWorkers: '100%',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-database.ts'],
    // Looks over the answers of every test, whatever it is about.
    setupFiles: ['test/support/sweep.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
