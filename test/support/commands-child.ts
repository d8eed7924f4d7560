import { join } from 'node:path';
import type { AskedCommand, RanCommand } from './commands.ts';

// Runs commands one after the other as their own process would: each is loaded anew, and only what it stands on stays loaded.

const COMMANDS = join(import.meta.dirname, '../../src/cli');

let runs = 0;
process.on('message', (asked: AskedCommand) => {
  void run(asked).then((ran) => process.send!(ran));
});

async function run({ command, words, environment }: AskedCommand): Promise<RanCommand> {
  const file = join(COMMANDS, command);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (chunk: string | Uint8Array): boolean => {
      said[stream] += chunk.toString();
      return true;
    };
  }
  process.env = { ...environment };
  process.argv = [process.execPath, file, ...words];
  process.exitCode = undefined;
  try {
    await import(`${file}?run=${(runs += 1)}`);
  } catch (error) {
    return { code: 1, ...said, stderr: `${said.stderr}${(error as Error).stack}\n` };
  }
  return { code: Number(process.exitCode ?? 0), ...said };
}
