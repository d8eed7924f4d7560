import { setTimeout as delay } from 'node:timers/promises';
import { Logger, runTaskList, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import type { Job } from '../flows/ports.ts';
import { causeOf, type JobCause } from './job-causes.ts';
import { enqueue } from './jobs.ts';
import { holdPresence } from './worker-presence.ts';

/** How each kind of job is done. A job whose worker is asked to stop breaks off where it can, when the signal says so. */
export type JobHandlers = {
  readonly [K in Job['kind']]?: (job: Extract<Job, { kind: K }>, signal: AbortSignal) => Promise<void>;
};

/** What a worker works on, and whom it tells. */
export interface WorkOptions {
  /** At least four connections. */
  readonly pool: pg.Pool;
  /** Kinds without a handler are left to other workers. */
  readonly handlers: JobHandlers;
  /** Told of every try that failed, and of a failed tick; the error itself may quote a row. */
  readonly onFailure: (what: Job['kind'] | 'tick', cause: JobCause, error: unknown) => void;
  /** Told where the worker ended by itself, though nobody asked it to stop. It may be begun again. */
  readonly onEnd: (error: unknown) => void;
  /** Done before the first job is taken; where it fails the worker ends. */
  readonly beforeJobs?: () => Promise<void>;
  /** Done every few seconds, from the start on. */
  readonly onTick: () => Promise<void>;
}

/** A worker that takes jobs. */
export interface WorkQueue {
  /** Takes no more jobs, has running ones break off (they wait for the next worker, and the try does not count), and ends. */
  stop(): Promise<void>;
}

/** Jobs that one worker does at the same time. */
const PLACES = 2;
/** How often a worker looks for jobs whose pause is over; new ones are told to it at once. */
const POLL_MS = 2_000;
/** How often a worker looks for jobs that others left behind. */
const TICK_MS = 10_000;

/** Works on the jobs of the database until it is stopped. Any number of processes may do so beside each other. */
export function startWorkQueue(options: WorkOptions): WorkQueue {
  const { pool, onEnd, onFailure } = options;
  const stopping = new AbortController();
  let prepared: Promise<void> | undefined;
  const presence = holdPresence(pool);
  const worker = runTaskList(
    {
      concurrency: PLACES,
      pollInterval: POLL_MS,
      noHandleSignals: true,
      logger: new Logger(() => () => undefined),
      preset: {
        plugins: [
          {
            name: 'yidang-presence',
            version: '1.0.0',
            worker: {
              hooks: {
                startWorker: async (_, event) => {
                  // Before the first job: whoever holds one must be known to be alive.
                  await presence.begin(event.worker.workerPool.id);
                  await (prepared ??= options.beforeJobs?.());
                },
              },
            },
          },
        ],
      },
    },
    tasksOf(options, stopping.signal),
    pool,
  );
  const ticking = tickUntil(stopping.signal, async () => {
    try {
      await presence.freeAbandoned();
      await options.onTick();
    } catch (error) {
      onFailure('tick', causeOf(error), error);
    }
  });
  const end = async (): Promise<void> => {
    stopping.abort();
    await ticking;
    await presence.end();
  };
  const endedByItself = async (error?: unknown): Promise<void> => {
    if (stopping.signal.aborted) return;
    await end();
    onEnd(error);
  };
  worker.promise.then(
    () => endedByItself(),
    (error: unknown) => endedByItself(error),
  );
  return {
    stop: async () => {
      if (stopping.signal.aborted) return;
      stopping.abort();
      await Promise.resolve(worker.gracefulShutdown()).catch(() => undefined);
      await end();
    },
  };
}

/** The handlers as the library wants them, each kept from telling the queue more of an error than its cause. */
function tasksOf({ pool, handlers, onFailure }: WorkOptions, stop: AbortSignal): TaskList {
  const kinds = Object.entries(handlers) as [Job['kind'], (job: Job, signal: AbortSignal) => Promise<void>][];
  return Object.fromEntries(
    kinds.map(([kind, handle]) => [
      kind,
      async (payload: unknown) => {
        const job = payload as Job;
        const failed = await handle(job, stop).then(
          () => undefined,
          (error: unknown) => ({ error }),
        );
        // Waits anew for the next worker: that its worker was stopped is no failure of the job.
        if (failed && stop.aborted) return enqueue(pool, job);
        if (failed) {
          const cause = causeOf(failed.error);
          onFailure(kind, cause, failed.error);
          throw new Error(cause);
        }
        await pool.query(FORGET_FAILED, [JSON.stringify(job)]);
      },
    ]),
  );
}

async function tickUntil(stop: AbortSignal, tick: () => Promise<void>): Promise<void> {
  while (!stop.aborted) {
    await tick();
    // Ends early where the worker is stopped.
    await delay(TICK_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

// What was set aside has been made up for by the run that came through.
const FORGET_FAILED = `
delete from graphile_worker._private_jobs
where payload::text = $1 and locked_at is null and attempts >= max_attempts`;
