import { Logger, runMigrations } from 'graphile-worker';
import type pg from 'pg';
import type { Job } from '../flows/ports.ts';
import type { Queryable } from './walled-database.ts';

/**
 * How often a job is tried before it is set aside; between the tries it waits 3, 7, 20 … seconds. A list's job is tried for each of
 * the submissions that wait, which count the tries at them themselves.
 */
const MOST_TRIES = {
  'take-in-list': 10,
  'decide-touched': 3,
  'compare-packs': 3,
  'keep-people': 3,
  'rebuild-decisions': 3,
} as const satisfies Record<Job['kind'], number>;

/** Lower goes first: lists before what follows from them, and both before work on everybody. */
const PRIORITY = {
  'take-in-list': 0,
  'decide-touched': 1,
  'compare-packs': 2,
  'keep-people': 2,
  'rebuild-decisions': 3,
} as const satisfies Record<Job['kind'], number>;

/**
 * Adds a job in the caller's transaction: it is there when the transaction commits, and only then. A job that waits already is
 * not added twice; one that runs already is followed by another run, since it may have begun before the caller's change.
 *
 * Comes last in its transaction: whoever adds the same job waits until the transaction ends.
 */
export async function enqueue(client: Queryable, job: Job): Promise<void> {
  const key = keyOf(job);
  for (;;) {
    const added = await client.query<{ id: string | null }>(ADD_JOB, [
      job.kind,
      JSON.stringify(job),
      queueOf(job),
      key,
      MOST_TRIES[job.kind],
      PRIORITY[job.kind],
    ]);
    // A worker that takes the waiting job between the two statements of add_job leaves nothing added: its run may have begun too
    // early, and the next attempt meets it as a running one.
    if (added.rows[0]?.id != null) return;
  }
}

/** Makes or updates the tables of the queue. */
export async function migrateJobs(pool: pg.Pool): Promise<void> {
  await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) });
}

/** Equal keys are the same job. */
function keyOf(job: Job): string {
  switch (job.kind) {
    case 'take-in-list':
      return `${job.kind}|${job.jurisdiction}|${job.agency}|${job.list}`;
    case 'decide-touched':
    case 'keep-people':
      return `${job.kind}|${job.jurisdiction}`;
    case 'rebuild-decisions':
      return `${job.kind}|${job.jurisdiction}|${job.pack}`;
    case 'compare-packs':
      return `${job.kind}|${job.jurisdiction}|${job.comparison}`;
  }
}

/** Jobs of one queue run one after the other. Work on everybody shares one, so that it never fills all places of a worker. */
function queueOf(job: Job): string {
  return job.kind === 'take-in-list' || job.kind === 'decide-touched' ? keyOf(job) : 'everybody';
}

const ADD_JOB = `
select job.id
from graphile_worker.add_job($1, $2::json, queue_name := $3, job_key := $4, max_attempts := $5, priority := $6) as job`;
