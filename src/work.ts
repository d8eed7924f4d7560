import { comparePacks } from './flows/compare-packs.ts';
import {
  decideTouched,
  keepDecided,
  keepEverybody,
  rebuildDecisions,
  wantCards,
  type DecidePopulationPorts,
} from './flows/decide-population.ts';
import { jobRecords, type JobRecords } from './flows/job-records.ts';
import type { SubjectKeys } from './flows/ports.ts';
import { takeInList } from './flows/take-in-list.ts';
import { faultForLog } from './gateway/error-answer.ts';
import { layGround, openSafeDatabase, type Ground, type GroundOptions, type HubDatabase } from './ground.ts';
import { auditLog } from './storage/audit-log.ts';
import { cardStore } from './storage/card-store.ts';
import { comparisonStore } from './storage/comparison-store.ts';
import { openPool } from './storage/database.ts';
import { decisionStore } from './storage/decision-store.ts';
import { readPackText } from './storage/pack-files.ts';
import { walledDatabase, type WalledDatabase } from './storage/walled-database.ts';
import { peopleStore } from './storage/people-store.ts';
import { subjectIndex } from './storage/subject-index/subject-index.ts';
import { takeInStore } from './storage/take-in-store.ts';
import { startWorkQueue, type JobHandlers, type WorkQueue } from './storage/work-queue.ts';

/** A process, or a part of one, that works on jobs. */
export interface RunningWork {
  /** Has running jobs break off where they can, so that the next worker takes them up, and closes what it opened. */
  stop(): Promise<void>;
}

/** Room for two jobs, each with a few connections, beside those of the queue itself. */
const POOL_SIZE = 12;

/** Pause before a worker that ended by itself is begun again. */
const AGAIN_MS = 5_000;

/** Works on the hub's jobs in a process of its own, on the same database and rules as the hub. */
export async function startWork(options: GroundOptions): Promise<RunningWork> {
  const ground = layGround(options);
  const database = await openSafeDatabase(options.config);
  const work = workOn(database, ground);
  ground.log.info('working');
  return {
    stop: async () => {
      await work.stop();
      await database.close();
    },
  };
}

/** Works on the jobs of a database that is there and migrated. */
export function workOn(
  { url, sealing, indexKeys }: Pick<HubDatabase, 'url' | 'sealing' | 'indexKeys'>,
  ground: Ground,
): RunningWork {
  const { log } = ground;
  const pool = openPool(url, { poolSize: POOL_SIZE, work: true });
  const audit = auditLog(url, { sealing });
  const jobs = jobRecords({ ...ground, audit });
  const walled = walledDatabase(pool, sealing);
  const deciding = decidingOn(walled, ground, jobs);
  let looked = false;
  let again: NodeJS.Timeout | undefined;

  const begin = (): WorkQueue =>
    startWorkQueue({
      pool,
      handlers: handlersOn(walled, { ...ground, subjectKeys: subjectIndex(pool, indexKeys) }, jobs),
      beforeJobs: () => wantCards(deciding),
      onTick: async () => {
        await keepDecided(deciding, !looked);
        looked = true;
      },
      onFailure: (what, cause, error) => log.error({ what, cause, fault: faultForLog(error) }, 'job failed'),
      onEnd: (error) => {
        log.error({ fault: faultForLog(error) }, 'worker ended');
        again = setTimeout(() => (queue = begin()), AGAIN_MS);
      },
    });
  let queue = begin();
  return {
    stop: async () => {
      clearTimeout(again);
      await queue.stop();
      await audit.close();
      await pool.end();
    },
  };
}

const decidingOn = (walled: WalledDatabase, ground: Ground, jobs: JobRecords): DecidePopulationPorts => ({
  ...ground,
  jobs,
  decisions: decisionStore(walled, ground.ids),
  cards: cardStore(walled, (jurisdiction) => walled.of(jurisdiction).seal),
  people: peopleStore(walled, ground.ids),
});

function handlersOn(
  walled: WalledDatabase,
  ground: Ground & { readonly subjectKeys: SubjectKeys },
  jobs: JobRecords,
): JobHandlers {
  const deciding = decidingOn(walled, ground, jobs);
  const takingIn = {
    ...ground,
    takeIn: takeInStore(walled, ground.ids, ground.clock),
    onBrokenOff: (error: unknown, submission: string) =>
      ground.log.error({ submission, fault: faultForLog(error) }, 'work broke off'),
  };
  return {
    'take-in-list': (job) => takeInList(job, takingIn),
    'decide-touched': ({ jurisdiction }, stop) => decideTouched(jurisdiction, deciding, stop),
    'keep-people': ({ jurisdiction }, stop) => keepEverybody(jurisdiction, deciding, stop),
    'rebuild-decisions': (job, stop) => rebuildDecisions(job, deciding, stop),
    'compare-packs': (job, stop) =>
      comparePacks(job, { ...ground, jobs, comparisons: comparisonStore(walled), readPackText }, stop),
  };
}
