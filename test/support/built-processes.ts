import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A process of the build. */
export interface BuiltProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** All that it has said so far, on its output and as errors, with what its own children said there. */
  readonly log: () => string;
  /** Asks it to stop; its exit code. */
  stop(): Promise<number | null>;
}

/** The hub as a site runs it: built files, each process started by its command, ended by its signal. */
export interface BuiltHub {
  /** Where the commands are. */
  readonly commands: string;
  /** Starts a command that serves, on a free port, and waits until it says where. */
  start(command: string, args?: readonly string[], more?: Readonly<Record<string, string>>): Promise<BuiltProcess>;
  /** All that was started. */
  readonly running: readonly BuiltProcess[];
  /** Stops what still runs, and takes the build away. */
  remove(): Promise<void>;
}

/**
 * Builds the hub into a folder of its own.
 *
 * @param environment what every process is given beside its own
 * @param cwd where they are started
 * @throws with what the compiler says
 */
export function builtHub(environment: Readonly<Record<string, string>>, cwd = ROOT): BuiltHub {
  // Below the repository, so that the build finds the packages.
  mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'node_modules/.cache/processes-'));
  for (const data of ['operations', 'jurisdictions', 'packs']) symlinkSync(join(ROOT, data), join(folder, data));
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  // Checking types takes two thirds of a build and changes no byte of it; `check:types` does it.
  const words = ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist'), '--incremental', 'false', '--noCheck'];
  const built = spawnSync(tsc, words, { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`not built:\n${built.stdout}`);
  }
  const commands = join(folder, 'dist/cli');
  const running: BuiltProcess[] = [];
  const children: ChildProcess[] = [];

  return {
    commands,
    running,
    start: async (command, args = [], more = {}) => {
      const child = spawn(process.execPath, [join(commands, command), ...args], {
        cwd,
        env: { PATH: process.env['PATH'], ...environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      const started = await serving(command, child);
      running.push(started);
      return started;
    },
    remove: async () => {
      await Promise.all(running.filter(({ child }) => isAlive(child)).map((one) => one.stop()));
      // What never came to serve was not asked to stop.
      for (const child of children) if (isAlive(child)) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function serving(command: string, child: ChildProcess): Promise<BuiltProcess> {
  let log = '';
  const exited = new Promise<number | null>((ended) => child.once('close', (code) => ended(code)));
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      const address = /"url":"(http:[^"]+)","msg":"serving"/.exec(log)?.[1];
      if (address) found(address);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    void exited.then((code) => failed(new Error(`${command} ended with ${code}:\n${log}`)));
  });
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return exited;
  };
  return { url, child, log: () => log, stop };
}
