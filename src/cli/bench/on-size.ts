import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hmacSubjectKeys } from '../../storage/subject-keys.ts';
import type { Database } from '../../storage/database.ts';
import { openBeside, type BesideDatabase } from './beside-database.ts';
import { fillDatabase } from './fill-database.ts';
import { startListHub, type ListHub } from './lists/list-hub.ts';
import { settled } from './lists/settled.ts';
import { startHelper, type Helper } from './processes.ts';
import type { Figure } from './report.ts';
import { saveState, type SavedState } from './saved-state.ts';
import type { Part, SizeBench } from './size-bench.ts';
import { childrenOf } from './system-processes.ts';

/** Kept for the run alone; nobody real is in it. */
const PEPPER = 'a-pepper-for-made-up-persons-only';

/** A bench that can run its parts. */
interface RunningBench {
  /** Runs a part, and stops the processes that it started. */
  during(part: Part): Promise<Figure[]>;
}

/** Makes a population in a database of its own, runs the work on it, and clears everything away again. */
export async function onSize(
  plan: Omit<SizeBench, 'dir' | 'database' | 'databaseProcesses' | 'settings' | 'start' | 'listHub' | 'savedState'>,
  work: (bench: RunningBench) => Promise<void>,
): Promise<void> {
  const { size, signal } = plan;
  const dir = mkdtempSync(join(tmpdir(), 'yidang-bench-'));
  const helpers: Helper[] = [];
  const letGo = (): Promise<unknown> => Promise.all(helpers.splice(0).map((helper) => helper.stop()));
  let listHub: Promise<ListHub> | undefined;
  const stopHub = async (): Promise<void> => (await listHub?.catch(() => undefined))?.stop();
  const interrupt = (): void => void Promise.all([letGo(), stopHub()]);
  signal.addEventListener('abort', interrupt);
  let saved: SavedState | undefined;
  let database: BesideDatabase | undefined;
  try {
    await fill(dir, plan);
    database = await openBeside({ kind: 'embedded', dir: join(dir, 'postgres') }, keyFileIn(dir));
    const bench: SizeBench = {
      ...plan,
      dir,
      database,
      databaseProcesses: () => postgresIn(join(dir, 'postgres')),
      settings: settingsOf(dir, database),
      start: async (role) => {
        signal.throwIfAborted();
        const helper = await startHelper(role, settingsOf(dir, database!));
        helpers.push(helper);
        return helper;
      },
      listHub: async () => {
        signal.throwIfAborted();
        const hub = await (listHub ??= startedHub(settingsOf(dir, database!), database!, plan));
        await settled(database!.pool, signal);
        return hub;
      },
      savedState: async () => {
        await settled(database!.pool, signal);
        if (saved) await saved.goBack();
        else saved = await savedAtRest(database!, plan);
        return { ...saved, goBack: () => settled(database!.pool, signal).then(() => saved!.goBack()) };
      },
    };
    await work({ during: (part) => part(bench).finally(letGo) });
  } catch (error) {
    // What fails because everything is being stopped is not the cause.
    signal.throwIfAborted();
    throw error instanceof Error ? new Error(`${size} persons: ${error.message}`, { cause: error }) : error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    await Promise.all([letGo(), stopHub()]);
    await database?.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

// Filled fast, measured durable: what is made here could be made again, but a push that is accepted must be on disk.
async function fill(dir: string, { size, print, signal }: Pick<SizeBench, 'size' | 'print' | 'signal'>): Promise<void> {
  const database = await openBeside({ kind: 'embedded', dir: join(dir, 'postgres'), fast: true }, keyFileIn(dir));
  try {
    const started = performance.now();
    const claims = await fillDatabase(database, size, hmacSubjectKeys(PEPPER), signal);
    print(`\n${size} persons with ${claims} claims, made in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  } finally {
    await database.close();
  }
}

async function savedAtRest({ pool }: Database, { print }: Pick<SizeBench, 'print'>): Promise<SavedState> {
  const started = performance.now();
  const saved = await saveState(pool);
  print(`tables copied in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return saved;
}

// A hub that starts decides everybody first; what is measured is measured when it has come to rest.
async function startedHub(
  settings: Readonly<Record<string, string>>,
  { pool }: Database,
  { print, signal }: Pick<SizeBench, 'print' | 'signal'>,
): Promise<ListHub> {
  const started = performance.now();
  const hub = await startListHub(settings);
  try {
    await settled(pool, signal);
  } catch (error) {
    await hub.stop();
    throw error;
  }
  print(`hub started, everybody decided after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return hub;
}

/** The server that runs on the folder, and what it has begun. */
function postgresIn(folder: string): readonly number[] {
  const server = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return [server, ...childrenOf(server)];
}

/** Made with the population, and gone with it. */
const keyFileIn = (dir: string): string => join(dir, 'sealing-keys.json');

const settingsOf = (dir: string, { url, ownerUrl }: BesideDatabase): Record<string, string> => ({
  DATABASE_URL: url,
  DATABASE_OWNER_URL: ownerUrl,
  SUBJECT_KEY_PEPPER: PEPPER,
  SEALING_KEY_FILE: keyFileIn(dir),
  YIDANG_ENV: 'development',
  DATA_DIR: join(dir, 'data'),
  HOST: '127.0.0.1',
  PORT: '0',
  PUBLIC_URL: '',
  LOG_LEVEL: 'info',
  NODE_ENV: 'production',
});
