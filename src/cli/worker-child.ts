import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import type { Environment } from '../config.ts';

/** A worker in a child process, begun again whenever it dies. */
export interface WorkerChild {
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A worker that lived so long had begun well: its next death starts the pauses anew. */
const LIVED_WELL_MS = 60_000;
/**
 * Lists stream through a worker: left to itself its heap would grow over three times what it holds. Half the room for what is new
 * would save some twenty megabytes and cost twice the time in the garbage collector when a population is decided.
 */
const HEAP_LIMITS = ['--max-semi-space-size=16', '--max-old-space-size=192'];
/** What a worker has to let go of its jobs; another takes them up in any case. */
const PATIENCE_MS = 30_000;

/**
 * Starts a worker as a child process with the hub's own settings, on the hub's database; what it logs goes where the hub's log goes.
 * A worker that dies is begun again, after a pause that grows as long as it keeps dying.
 */
export function startWorkerChild(databaseUrl: string, environment: Environment): WorkerChild {
  let child: ChildProcess;
  let again: NodeJS.Timeout | undefined;
  let stopping = false;
  let pause = FIRST_PAUSE_MS;

  const begin = (): void => {
    const begun = Date.now();
    child = fork(join(import.meta.dirname, `work${extname(import.meta.filename)}`), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: HEAP_LIMITS,
      env: { ...process.env, DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: '', YIDANG_ENV: environment },
    });
    child.once('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - begun > LIVED_WELL_MS) pause = FIRST_PAUSE_MS;
      process.stderr.write(
        `后台任务进程已终止，${pause / 1000} 秒后重启 / the worker ended (${signal ?? code}); it starts again in ${pause / 1000} s\n`,
      );
      again = setTimeout(begin, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  };
  begin();

  return {
    stop: async () => {
      stopping = true;
      clearTimeout(again);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(impatient);
    },
  };
}
