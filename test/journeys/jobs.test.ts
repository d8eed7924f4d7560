import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { Job } from '../../src/flows/ports.ts';
import { enqueue } from '../../src/storage/jobs.ts';
import { startWork, type RunningWork } from '../../src/work.ts';
import { asOwner, newDatabase } from '../support/database.ts';

const WORKER = resolve(import.meta.dirname, '../../src/cli/work.ts');
const TOUCHED: Job = { kind: 'decide-touched', jurisdiction: '130628' };

let dataDir: string;
let environment: Record<string, string>;
let database: pg.Client;
let child: ChildProcess | undefined;
let work: RunningWork | undefined;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'yidang-jobs-'));
  const databaseUrl = await newDatabase({ migrated: true });
  environment = { YIDANG_ENV: 'development', DATA_DIR: dataDir, DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' };
  database = new pg.Client({ connectionString: asOwner(databaseUrl) });
  await database.connect();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await work?.stop();
  work = undefined;
});
afterAll(async () => {
  await database.end();
  rmSync(dataDir, { recursive: true, force: true });
});

const jobs = async (): Promise<unknown[]> => {
  const found = await database.query(`
    select payload ->> 'kind' as kind, attempts, locked_at is not null as running, last_error as cause
    from graphile_worker._private_jobs where payload ->> 'kind' = 'decide-touched' order by id`);
  return found.rows;
};

const eventually = async (ask: () => Promise<unknown>, expected: unknown): Promise<void> => {
  await expect.poll(ask, { timeout: 60_000, interval: 50 }).toEqual(expected);
};

/** Keeps the job from getting on: it waits for whoever decides in the jurisdiction. */
const hold = (): Promise<unknown> => database.query("select pg_advisory_lock(hashtextextended('decide|130628', 0))");
const letGo = (): Promise<unknown> => database.query("select pg_advisory_unlock(hashtextextended('decide|130628', 0))");

describe('a job', () => {
  test('whose worker was killed is taken up by another within seconds', async () => {
    await hold();
    await enqueue(database, TOUCHED);
    child = fork(WORKER, { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await eventually(jobs, [{ kind: 'decide-touched', attempts: 1, running: true, cause: null }]);

    child.kill('SIGKILL');
    work = await startWork({ config: loadConfig(environment) });
    await eventually(jobs, [{ kind: 'decide-touched', attempts: 2, running: true, cause: 'WORKER_DIED' }]);
    await letGo();
    await expect.poll(jobs, { timeout: 60_000, interval: 50 }).toEqual([]);
  }, 180_000);
});
