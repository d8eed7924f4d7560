import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/flows/ports.ts';
import { openPool } from '../../src/storage/database.ts';
import { listJobs, tryAgain } from '../../src/storage/job-list.ts';
import { enqueue } from '../../src/storage/jobs.ts';
import { startWorkQueue, type JobHandlers, type WorkQueue } from '../../src/storage/work-queue.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const POISON: Job = { kind: 'decide-touched', jurisdiction: '130628' };
const OTHER: Job = { kind: 'decide-touched', jurisdiction: '130629' };
const DEATHS: Job = { kind: 'take-in-list', jurisdiction: '130628', agency: 'civil-affairs', list: 'deaths' };

let database: TestDatabase;
let pool: pg.Pool;
let worker: WorkQueue | undefined;

beforeAll(async () => {
  database = await testDatabase();
  pool = openPool(database.url, { work: true });
});
beforeEach(() => pool.query('delete from graphile_worker._private_jobs'));
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

const start = (handlers: JobHandlers, beforeJobs?: () => Promise<void>): void => {
  worker = startWorkQueue({
    pool,
    handlers,
    ...(beforeJobs && { beforeJobs }),
    onTick: () => Promise.resolve(),
    onFailure: () => undefined,
    onEnd: (error) => expect.unreachable(String(error)),
  });
};

const shown = async (): Promise<unknown> =>
  (await listJobs(pool)).map(({ job, state, tries, cause }) => ({ job, state, tries, cause }));

const eventually = async (ask: () => unknown, expected: unknown): Promise<void> => {
  await expect.poll(ask, { timeout: 20_000, interval: 20 }).toEqual(expected);
};

/** Does away with the pause before the next try. */
const hurry = (): Promise<unknown> =>
  pool.query(
    'update graphile_worker._private_jobs set run_at = now(); select pg_notify(\'jobs:insert\', \'{"r":0,"count":1}\')',
  );

describe('a worker', () => {
  it('does the jobs it has a way to do, and leaves the others waiting', async () => {
    const done: Job[] = [];
    await enqueue(pool, DEATHS);
    start({ 'decide-touched': async (job) => void done.push(job) });
    await enqueue(pool, OTHER);
    await eventually(() => done, [OTHER]);
    await expect.poll(shown).toEqual([{ job: DEATHS, state: 'WAITING', tries: 0, cause: null }]);
  });

  it('takes no job before what comes before jobs is done, once', async () => {
    const done: string[] = [];
    await enqueue(pool, OTHER);
    const first = async (): Promise<void> => {
      for (let time = 0; time < 20; time++) await pool.query('select 1');
      done.push('before');
    };
    start({ 'decide-touched': async () => void done.push('job') }, first);
    await eventually(() => done.length, 2);
    await enqueue(pool, POISON);
    await eventually(() => done.length, 3);
    expect(done).toEqual(['before', 'job', 'job']);
  });

  it('sets a job aside that failed three times, with its cause and nothing of the error, and goes on with others', async () => {
    const done: Job[] = [];
    start({
      'decide-touched': async (job) => {
        if (job.jurisdiction === POISON.jurisdiction) throw new Error('王秀英 110101199003070011');
        done.push(job);
      },
    });
    await enqueue(pool, POISON);
    for (const tries of [1, 2, 3]) {
      const state = tries === 3 ? 'FAILED' : 'WAITING';
      await eventually(shown, [{ job: POISON, state, tries, cause: 'FAULT' }]);
      await enqueue(pool, OTHER);
      await eventually(() => done.length, tries);
      await hurry();
    }
    const kept = await pool.query<{ last_error: string }>(
      'select last_error from graphile_worker._private_jobs where attempts = 3',
    );
    expect(kept.rows).toEqual([{ last_error: 'FAULT' }]);
  });

  it('tries a job that was set aside again when told to, and forgets the failure once it is made up for', async () => {
    let works = false;
    start({
      'decide-touched': async () => {
        if (!works) throw new Error();
      },
    });
    await enqueue(pool, POISON);
    for (const tries of [1, 2, 3]) {
      await expect.poll(async () => (await listJobs(pool))[0]?.tries, { timeout: 20_000, interval: 20 }).toBe(tries);
      await hurry();
    }
    const [failed] = await listJobs(pool);
    await eventually(() => tryAgain(pool, failed!.id), true);
    await expect.poll(async () => (await listJobs(pool))[0]?.cause, { timeout: 20_000, interval: 20 }).toBe('FAULT');

    works = true;
    await enqueue(pool, POISON);
    await eventually(shown, []);
    expect(await tryAgain(pool, failed!.id)).toBe(false);
  });

  it('that is stopped breaks its job off; the job waits for the next worker, and the try does not count', async () => {
    let begun = 0;
    const untilStopped: JobHandlers = {
      'decide-touched': async (_, stop) => {
        begun += 1;
        await delay(60_000, undefined, { signal: stop });
      },
    };
    await enqueue(pool, POISON);
    start(untilStopped);
    await eventually(() => begun, 1);
    await worker?.stop();
    await eventually(shown, [{ job: POISON, state: 'WAITING', tries: 0, cause: null }]);
    start(untilStopped);
    await expect.poll(() => begun, { timeout: 20_000, interval: 20 }).toBe(2);
  });

  it('that lost its job to nobody keeps it: another worker looks and leaves it alone', async () => {
    let begun = 0;
    let letGo: (() => void) | undefined;
    const handlers: JobHandlers = {
      'decide-touched': async () => {
        begun += 1;
        await new Promise<void>((resolve) => (letGo = resolve));
      },
    };
    await enqueue(pool, POISON);
    start(handlers);
    await eventually(() => begun, 1);
    let looked = false;
    const other = startWorkQueue({
      pool,
      handlers,
      // After it has looked for jobs that were left behind.
      onTick: async () => void (looked = true),
      onFailure: () => undefined,
      onEnd: () => undefined,
    });
    await eventually(() => looked, true);
    expect(await shown()).toEqual([{ job: POISON, state: 'RUNNING', tries: 1, cause: null }]);
    letGo?.();
    await eventually(shown, []);
    await other.stop();
    expect(begun).toBe(1);
  });
});
