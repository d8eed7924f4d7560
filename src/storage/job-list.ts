import type pg from 'pg';
import type { Job } from '../flows/ports.ts';
import { JOB_CAUSES, type JobCause } from './job-causes.ts';

/** A job that waits, runs or was set aside. */
export interface ListedJob {
  readonly id: string;
  readonly job: Job;
  /** `FAILED`: tried as often as a job is, and set aside. */
  readonly state: 'WAITING' | 'RUNNING' | 'FAILED';
  readonly tries: number;
  /** Since when it is there, and when it is tried next. */
  readonly since: Date;
  readonly next: Date;
  /** Why its last try failed. */
  readonly cause: JobCause | null;
}

/** Every job there is, those set aside first. */
export async function listJobs(pool: pg.Pool): Promise<readonly ListedJob[]> {
  const found = await pool.query<JobRecord>(LIST_JOBS);
  return found.rows.map((record) => ({
    id: record.id,
    job: record.payload,
    state: record.state,
    tries: record.attempts,
    since: record.created_at,
    next: record.run_at,
    cause: record.last_error === null ? null : readCause(record.last_error),
  }));
}

/** Has a job that was set aside tried again, at once and as if for the first time; `false` where there is none of this id. */
export async function tryAgain(pool: pg.Pool, id: string): Promise<boolean> {
  const again = await pool.query(TRY_AGAIN, [id]);
  return again.rowCount !== 0;
}

/** Anything but a code of ours is told as a fault: it could be anything. */
const readCause = (text: string): JobCause => (Object.hasOwn(JOB_CAUSES, text) ? (text as JobCause) : 'FAULT');

interface JobRecord {
  readonly id: string;
  readonly payload: Job;
  readonly state: ListedJob['state'];
  readonly attempts: number;
  readonly created_at: Date;
  readonly run_at: Date;
  readonly last_error: string | null;
}

const LIST_JOBS = `
select id, payload, attempts, created_at, run_at, last_error, case
    when locked_at is not null then 'RUNNING' when attempts >= max_attempts then 'FAILED' else 'WAITING' end as state
from graphile_worker._private_jobs
order by attempts < max_attempts, id`;

const TRY_AGAIN = `
with again as (
  update graphile_worker._private_jobs set attempts = 0, run_at = now(), last_error = null
  where id = $1 and locked_at is null and attempts >= max_attempts
  returning id
)
select pg_notify('jobs:insert', '{"r":0,"count":1}') from again`;
