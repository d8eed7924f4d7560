import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'src/cli');

/** To be added to the environment of a process of the sources: half of its start is reading and stripping them, which is done once this way. */
export const COMPILED_ONCE = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/commands') } as const;

/** Milliseconds in which a process for commands ends when nothing is left to be done in it. */
const ENDS_WITHIN = 30_000;

/** A command of the hub's, as an operator types it. */
export interface AskedCommand {
  /** Its file: `keys.ts`. */
  readonly command: string;
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** How a command ended. */
export interface RanCommand {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a process of its own, to its end; the process does not outlive the test. */
export function runCommand({ command, words, environment }: AskedCommand): Promise<RanCommand> {
  return new Promise((ended, failed) => {
    const file = join(CLI, command);
    const env = { ...environment, ...COMPILED_ONCE };
    const child = execFile(process.execPath, [file, ...words], { env }, (_error, stdout, stderr) => {
      if (child.exitCode === null) failed(new Error(`${command} was ended by ${child.signalCode}:\n${stderr}`));
      else ended({ code: child.exitCode, stdout, stderr });
    });
    onTestFinished(() => void child.kill('SIGKILL'));
  });
}

/** One process in which commands are run one after the other. */
export interface CommandProcess {
  /** Runs a command to its last statement. */
  run(asked: AskedCommand): Promise<RanCommand>;
  /** Lets the process end. Throws where it does not: a command left something open by which its own process would have lived on. */
  close(): Promise<void>;
}

/** Starts a process for commands: to start takes a hundred times as long as most of them work. Close it in `afterAll`. */
export function commandProcess(): CommandProcess {
  const env = { ...process.env, ...COMPILED_ONCE };
  const child: ChildProcess = fork(join(import.meta.dirname, 'commands-child.ts'), { execArgv: [], env });
  const closed = once(child, 'exit');
  let last: Promise<unknown> = Promise.resolve();

  const runNext = async (asked: AskedCommand): Promise<RanCommand> => {
    const ran = once(child, 'message') as Promise<[RanCommand]>;
    child.send(asked);
    const brokenOff = closed.then(([code, signal]) => {
      throw new Error(`${asked.command} ended the process for commands: ${code ?? signal}`);
    });
    return (await Promise.race([ran, brokenOff]))[0];
  };
  return {
    run: (asked) => {
      const ran = last.then(() => runNext(asked));
      last = ran.catch(() => undefined);
      return ran;
    },
    close: async () => {
      if (child.connected) child.disconnect();
      const impatient = new AbortController();
      const late = sleep(ENDS_WITHIN, 'late', { signal: impatient.signal });
      const ended = await Promise.race([closed, late]);
      impatient.abort();
      if (ended !== 'late') return;
      child.kill('SIGKILL');
      throw new Error('a command left something open');
    },
  };
}
