import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

/** How a worker shows that it lives, and finds the jobs of those that no longer do. */
export interface Presence {
  /** Shows from now on that the worker of this id lives. */
  begin(worker: string): Promise<void>;
  /** Frees the jobs of workers that died. */
  freeAbandoned(): Promise<void>;
  end(): Promise<void>;
}

/** Pause before a lost connection is replaced. */
const AGAIN_MS = 500;

/**
 * A worker lives as long as a connection of its holds the lock of its name: PostgreSQL lets go of it the moment the process is
 * gone, however it went. Left to itself the queue would wait four hours before it gave such a job to another worker. A worker that
 * lives on but loses the connection may lose its job to another as well, so a job must bear being done twice at once.
 */
export function holdPresence(pool: pg.Pool): Presence {
  const ending = new AbortController();
  let own = '';
  let begun: Promise<void> | undefined;
  let holding: Promise<void> | undefined;

  return {
    begin: (worker) =>
      (begun ??= new Promise((resolve) => {
        own = worker;
        holding = keepHolding(pool, worker, ending.signal, resolve);
      })),
    freeAbandoned: async () => {
      await pool.query(FREE, [own]);
    },
    end: async () => {
      ending.abort();
      await holding;
    },
  };
}

async function keepHolding(pool: pg.Pool, worker: string, ending: AbortSignal, onHeld: () => void): Promise<void> {
  while (!ending.aborted) {
    try {
      const client = await pool.connect();
      try {
        await client.query(HOLD, [worker]);
        onHeld();
        await endOf(client, ending);
      } finally {
        // Closing the connection gives the lock back.
        client.release(true);
      }
    } catch {
      // The database is away; without it there are no jobs either.
    }
    await Promise.race([delay(AGAIN_MS), aborted(ending)]);
  }
}

/** Settles when the connection is lost, or is no longer wanted. */
async function endOf(client: pg.PoolClient, ending: AbortSignal): Promise<void> {
  await Promise.race([
    new Promise((resolve) => {
      client.once('error', resolve);
      client.once('end', resolve);
    }),
    aborted(ending),
  ]);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

const LOCK_OF = (worker: string): string => `hashtextextended('job-worker|' || ${worker}, 0)`;

const HOLD = `select pg_advisory_lock(${LOCK_OF('$1::text')})`;

// A list's job gets its try back: the submission counts how often the work on it broke off, and is set aside by itself.
const FREE = `
with held as materialized (
  select locked_by as worker from graphile_worker._private_jobs where locked_at is not null
  union
  select locked_by from graphile_worker._private_job_queues where locked_at is not null
), dead as materialized (
  select worker from held where worker <> $1 and pg_try_advisory_xact_lock(${LOCK_OF('worker')})
), jobs as (
  update graphile_worker._private_jobs j
  set locked_at = null, locked_by = null, last_error = 'WORKER_DIED',
    attempts = case when j.key is not null and j.payload ->> 'kind' = 'take-in-list' then greatest(j.attempts - 1, 0)
      else j.attempts end
  from dead
  where j.locked_by = dead.worker
), queues as (
  update graphile_worker._private_job_queues q set locked_at = null, locked_by = null
  from dead
  where q.locked_by = dead.worker
)
select pg_notify('jobs:insert', '{"r":0,"count":1}') from dead limit 1`;
