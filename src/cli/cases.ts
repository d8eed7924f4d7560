import { parseArgs } from 'node:util';
import { runStories } from './stories/run-stories.ts';

const USAGE = 'usage: npm run cases -- [--verbose] <folder or file>…';

/** `npm run cases -- <folder>…`: exits non-zero if a story failed or there was none. */
async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({ options: { verbose: { type: 'boolean' } }, allowPositionals: true });
  if (positionals.length === 0) throw new Error(USAGE);

  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  // Whenever it comes: npm passes on a Ctrl-C that the terminal has told the whole group, and the second must not end it in the middle.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return runStories(positionals, {
    verbose: values.verbose ?? false,
    print: console.log,
    environment: process.env,
    signal: interrupted.signal,
  });
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
