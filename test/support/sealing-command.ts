import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { COMPILED_ONCE, type CommandProcess } from './commands.ts';
import { asHub } from './database.ts';
import { TEST_KEY_FILE } from './sealing-keys.ts';

const COMMAND = join(import.meta.dirname, '../../src/cli/sealing.ts');

/** How a command ended. */
export interface Ended {
  /** `null` where it was killed. */
  readonly code: number | null;
  readonly out: readonly string[];
}

/** Beside which hub `sealing` runs, and how. */
export interface SealingCommand {
  readonly hub: { readonly dataDir: string; readonly databaseUrl: string };
  readonly keyFile?: string;
}

/**
 * Runs `sealing` with some words as an operator would, in a process that does not outlive the test.
 *
 * @param command.killAt hears each line as it is told; the command is killed at the first for which it is true
 */
export async function runSealing(
  words: readonly string[],
  { hub, keyFile, killAt }: SealingCommand & { readonly killAt?: (line: string) => boolean },
): Promise<Ended> {
  const env = { ...environmentOf({ hub, keyFile }), ...COMPILED_ONCE };
  const child = spawn(process.execPath, [COMMAND, ...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const out: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    out.push(line);
    if (killAt?.(line)) child.kill('SIGKILL');
  }
  const [code] = await closed;
  return { code, out };
}

/** The same to its end, in a process for commands. */
export async function runSealingIn(
  commands: CommandProcess,
  words: readonly string[],
  command: SealingCommand,
): Promise<Ended> {
  const { code, stdout } = await commands.run({ command: 'sealing.ts', words, environment: environmentOf(command) });
  return { code, out: stdout.split('\n').slice(0, -1) };
}

const environmentOf = ({ hub, keyFile = TEST_KEY_FILE }: SealingCommand): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  YIDANG_ENV: 'development',
  DATA_DIR: hub.dataDir,
  DATABASE_URL: asHub(hub.databaseUrl),
  DATABASE_OWNER_URL: hub.databaseUrl,
  SEALING_KEY_FILE: keyFile,
  LOG_LEVEL: 'silent',
});
