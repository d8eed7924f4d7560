import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/flows/ports.ts';
import { enqueue } from '../../src/storage/jobs.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const DEATHS: Job = { kind: 'take-in-list', jurisdiction: '130628', agency: 'civil-affairs', list: 'deaths' };

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('delete from graphile_worker._private_jobs'));

const waiting = async (): Promise<Job[]> => {
  const found = await database.pool.query<{ payload: Job }>(
    'select payload from graphile_worker._private_jobs where is_available order by id',
  );
  return found.rows.map(({ payload }) => payload);
};

describe('enqueue', () => {
  it('adds the job when the caller commits, and not when it rolls back', async () => {
    const client = await database.pool.connect();
    await client.query('begin');
    await enqueue(client, DEATHS);
    expect(await waiting()).toEqual([]);
    await client.query('rollback');
    expect(await waiting()).toEqual([]);

    await client.query('begin');
    await enqueue(client, DEATHS);
    await client.query('commit');
    client.release();
    expect(await waiting()).toEqual([DEATHS]);
  });

  it('adds a job that waits already only once, and others beside it', async () => {
    const others: Job[] = [
      { ...DEATHS, agency: 'public-security' } as Job,
      { ...DEATHS, list: 'births' } as Job,
      { kind: 'decide-touched', jurisdiction: '130628' },
      { kind: 'decide-touched', jurisdiction: '130629' },
    ];
    for (const job of [DEATHS, DEATHS, ...others, ...others]) await enqueue(database.pool, job);
    expect(await waiting()).toEqual([DEATHS, ...others]);
  });

  it('has a running job followed by another run, once', async () => {
    await enqueue(database.pool, DEATHS);
    await database.pool.query("update graphile_worker._private_jobs set locked_at = now(), locked_by = 'somebody'");
    await enqueue(database.pool, DEATHS);
    await enqueue(database.pool, DEATHS);
    expect(await waiting()).toEqual([DEATHS]);
  });

  it('adds a job also where a worker takes the waiting one while it is being added', async () => {
    await enqueue(database.pool, DEATHS);
    // Takes the waiting job between the two statements of add_job, where a worker may come in between.
    await database.pool.query(`
      create function taken_meanwhile() returns trigger language plpgsql as $$
      begin
        if pg_trigger_depth() = 1 then
          update graphile_worker._private_jobs set locked_at = now(), locked_by = 'somebody'
          where id = (select min(id) from graphile_worker._private_jobs) and locked_at is null;
        end if;
        return null;
      end
      $$;
      create trigger taken_meanwhile after update on graphile_worker._private_jobs
      for each statement execute function taken_meanwhile();`);
    try {
      await enqueue(database.pool, DEATHS);
    } finally {
      await database.pool.query('drop function taken_meanwhile cascade');
    }
    expect(await waiting()).toEqual([DEATHS]);
  });
});
