import type pg from 'pg';
import type { Clock, Ids, StoredSubmission } from '../flows/ports.ts';
import type { AgencyList, TakeInShift, TakeInStore } from '../flows/ports-take-in.ts';
import { submissionOf, type SubmissionRecord } from './submission-table.ts';
import { withSession } from './take-in/session.ts';
import { dropLeftovers } from './take-in/staging.ts';
import { takeInWork } from './take-in/work.ts';
import type { WalledPart, WalledDatabase } from './walled-database.ts';

/**
 * Takes lists in. Whoever works on a list holds a lock of its session on it and does everything that counts over that very
 * connection: when it breaks, the lock is gone and nothing more of that work can become true.
 */
export function takeInStore(walled: WalledDatabase, ids: Ids, clock: Clock): TakeInStore {
  return {
    alone: (list, work) =>
      withSession(walled.of(list.jurisdiction), async (client) => {
        await client.query(LOCK, [lockName(list)]);
        await client.query(PATIENCE);
        try {
          await dropLeftovers(client, [list.jurisdiction, list.agency, list.list]);
          await work(shiftOn(walled.of(list.jurisdiction), client, list, ids, clock));
        } finally {
          // Given back by hand: the server notices a closed connection later than the next worker comes.
          await client.query(UNLOCK, [lockName(list)]).catch(() => undefined);
        }
      }),
  };
}

function shiftOn(inside: WalledPart, client: pg.ClientBase, list: AgencyList, ids: Ids, clock: Clock): TakeInShift {
  return {
    firstUnfinished: async () => {
      const found = await client.query<SubmissionRecord>(FIRST_UNFINISHED, [list.jurisdiction, list.agency, list.list]);
      return found.rows[0] && submissionOf(found.rows[0]);
    },
    begin: async (submission) => {
      const begun = await client.query<{ attempts: number }>(BEGIN, [submission.id, clock.now()]);
      const attempts = begun.rows[0]?.attempts;
      return attempts === undefined
        ? undefined
        : takeInWork({ inside, client, ids, clock, submission: { ...submission, attempts } });
    },
    giveUp: async ({ id }: StoredSubmission, remark) => {
      await inside.query(GIVE_UP, [id, JSON.stringify([remark]), clock.now()]);
    },
  };
}

const lockName = ({ jurisdiction, agency, list }: AgencyList): string => `take-in|${jurisdiction}|${agency}|${list}`;

const LOCK = 'select pg_advisory_lock(hashtextextended($1, 0))';
const UNLOCK = 'select pg_advisory_unlock(hashtextextended($1, 0))';

/** Once alone with the list it is other lists that are waited for, and only as long as one of their short transactions. */
const PATIENCE = "set lock_timeout = '60s'";

const FIRST_UNFINISHED = `
select * from submission
where jurisdiction = $1 and agency = $2 and list = $3 and status in ('QUEUED', 'WORKING')
order by id
limit 1`;

const BEGIN = `
update submission set status = 'WORKING', attempts = attempts + 1, remarks = '[]', stage = 'JUDGING', rows_done = 0,
  stage_since = $2, updated_at = $2
where id = $1 and status in ('QUEUED', 'WORKING')
returning attempts`;

const GIVE_UP = `
update submission set status = 'FAILED', remarks = $2, stage = null, updated_at = $3
where id = $1 and status in ('QUEUED', 'WORKING')`;
