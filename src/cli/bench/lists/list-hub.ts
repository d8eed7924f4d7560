import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { developmentKeys } from '../../../gateway/dev-keys.ts';
import { obtainToken } from '../../../gateway/issuer.ts';
import type { Agency } from '../../../domain/intake/words.ts';
import { PLACE } from '../made-persons.ts';
import { childrenOf, cpuOf, readProc } from '../system-processes.ts';

/** The hub as `npm start` runs it: a process of its own that serves, and its worker. */
export interface ListHub {
  readonly url: string;
  /** A token of an agency of the made persons' place; good for some minutes. */
  tokenOf(agency: Agency): Promise<string>;
  /** CPU time that the process that serves has used so far, in microseconds (Linux). */
  cpu(): number;
  /** The processes of the hub that run now. */
  processes(): readonly HubProcess[];
  stop(): Promise<void>;
}

/** A process of the hub: the one that serves, the one that works on jobs, or one that reads a file for it. */
export interface HubProcess {
  readonly name: 'hub' | 'worker' | 'reader';
  readonly pid: number;
}

/** The flags that a script of package.json gives Node for a command: `node --flag dist/cli/start.js`. */
export function nodeFlagsOf(script: string): string[] {
  const [, flags = ''] = /\bnode((?: --\S+)*) dist\/cli\/\S+$/.exec(script) ?? [];
  return flags.split(' ').filter((flag) => flag !== '');
}

const GREETING = /https?:\/\/[^\s/]+/;

/** Starts the hub with the settings given. */
export async function startListHub(settings: Readonly<Record<string, string>>): Promise<ListHub> {
  const command = process.argv[1]!;
  const start = join(dirname(command), `start${extname(command)}`);
  const child = spawn(process.execPath, [...nodeFlagsOf(startScript()), start], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...settings },
  });
  const url = await greeted(child);
  const keys = developmentKeys(settings['DATA_DIR']!);
  return {
    url,
    tokenOf: async (agency) => {
      const client = `${PLACE}:${agency}`;
      const { access_token: token } = await obtainToken(client, url, await keys.privateKeyOf(client), url);
      return token;
    },
    cpu: () => cpuOf(child.pid!),
    processes: () => [
      { name: 'hub', pid: child.pid! },
      ...childrenOf(child.pid!).map((pid) => ({ name: nameOf(pid), pid })),
    ],
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** What `npm start` runs. */
function startScript(): string {
  const file = join(import.meta.dirname, '../../../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } }).scripts.start;
}

/** The address in the hub's greeting; rejects where it ends before it greets. */
function greeted(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-10_000);
      const [url] = GREETING.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code}\n${said}`)));
  });
}

const nameOf = (pid: number): HubProcess['name'] =>
  /\/cli\/work\.[jt]s/.test(readProc(`/proc/${pid}/cmdline`)) ? 'worker' : 'reader';
