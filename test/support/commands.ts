import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../src/cli');

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

/** Runs a command in a process of its own, to its end. */
export function runCommand({ command, words, environment }: AskedCommand): Promise<RanCommand> {
  return new Promise((ended, failed) => {
    const file = join(CLI, command);
    const child = execFile(process.execPath, [file, ...words], { env: environment }, (_error, stdout, stderr) => {
      if (child.exitCode === null) failed(new Error(`${command} was ended by ${child.signalCode}:\n${stderr}`));
      else ended({ code: child.exitCode, stdout, stderr });
    });
  });
}

/** One process in which commands are run one after the other. */
export interface CommandProcess {
  /** Runs a command to its last statement. Whether a process ends then is for {@link runCommand} to show. */
  run(asked: AskedCommand): Promise<RanCommand>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** Starts a process for commands: to start takes a hundred times as long as most of them work. Close it in `afterAll`. */
export function commandProcess(): CommandProcess {
  const child: ChildProcess = fork(join(import.meta.dirname, 'commands-child.ts'), { execArgv: [] });
  const closed = once(child, 'close');
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
      child.kill('SIGKILL');
      await closed;
    },
  };
}
