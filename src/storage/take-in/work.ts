import type pg from 'pg';
import type { WorkStage } from '../../domain/intake/submission.ts';
import type { Clock, Ids, StoredSubmission } from '../../flows/ports.ts';
import type { TakeInOutcome, TakeInWork } from '../../flows/ports-take-in.ts';
import type { WalledPart } from '../walled-database.ts';
import { againAfterDeadlock, inTransactionOn } from '../in-transaction.ts';
import { enqueue } from '../jobs.ts';
import { lockList } from '../list-receipts.ts';
import { forgetGoodRows, keepBlockFindings, keepVerdicts, readBlocks, type BlockPlace } from './blocks.ts';
import { compareInSets, readUnsettled, rowsSame } from './compare.ts';
import { copyIn, type CopyIn } from '../copy-in.ts';
import { NEWEST_INDEX_KEY } from '../subject-index/index-keys.ts';
import { keepClaims, keepOutcome, stagePlan } from './keep.ts';
import { Letters } from './letters.ts';
import { keepStagedNames } from './keep-names.ts';
import { linkStaged, resolveStaged } from './link.ts';
import { withSession } from './session.ts';
import { dropStaging, JUDGED_COLUMNS, judgedLine, makeStaging, stagingOf } from './staging.ts';

/** Progress is written at most this often. */
const PROGRESS_EVERY_MS = 1_000;

/** What one attempt at one submission is done with; `client` is the connection that holds the list. */
export interface Attempt {
  readonly inside: WalledPart;
  readonly client: pg.ClientBase;
  readonly ids: Ids;
  readonly clock: Clock;
  /** With the attempts counted, this one among them. */
  readonly submission: StoredSubmission;
}

/** The work on one submission, in tables of its own. */
export function takeInWork(attempt: Attempt): TakeInWork {
  const { inside, client, ids, clock, submission } = attempt;
  const staging = stagingOf(submission.id, submission.attempts);
  const places: BlockPlace[] = [];
  const judged = new Letters(submission.counts.sent);
  let letters = judged;
  let copying: CopyIn | undefined;
  let writing: Promise<void> = Promise.resolve();
  let planned = 0;
  let withdrawals = 0;
  const progress = progressOf(attempt);

  const endCopy = async (): Promise<void> => {
    const copy = copying;
    copying = undefined;
    await copy?.end();
  };

  return {
    sentRows: async function* sentRows() {
      await makeStaging(client, staging);
      copying = copyIn(client, staging.row, JUDGED_COLUMNS);
      yield* readBlocks(inside, submission.id, places);
      await writing;
      await endCopy();
    },
    keepJudged: async (rows) => {
      await writing;
      for (const { row, rejected, findings } of rows) {
        if (findings.length > 0) judged.set(row, rejected ? 'REJECTED' : 'FLAGGED');
      }
      writing = keepBlockFindings(inside, submission.id, rows);
      // Awaited with the next block, so that the server writes this one while that one is judged.
      writing.catch(() => undefined);
      await copying!.write(rows.map((row) => judgedLine(inside.seal, row)).join(''));
    },
    progress,
    counts: () => letters.counts(),
    compare: async (terms) => {
      letters = judged.copy();
      planned = 0;
      withdrawals = (await settledState(client, submission)).withdrawals;
      const settled = await compareInSets(client, staging, submission, terms);
      for await (const rows of rowsSame(client, staging)) for (const row of rows) letters.set(row, 'UNCHANGED');
      return settled;
    },
    unsettled: (terms) => readUnsettled(client, inside.seal, staging, submission, terms),
    keepPlan: async (plan, toldAt) => {
      await stagePlan(client, inside.seal, staging, plan, { letters, toldAt, place: planned });
      planned += plan.add.length;
    },
    takeIn: (outcome, newest) =>
      againAfterDeadlock(() =>
        lastTransaction(attempt, async () => {
          await lockList(client, submission);
          if (!(await isOurs(attempt))) return 'GONE';
          const state = await stateOf(client, submission);
          // Whoever rotates waits for the end of this transaction, or is seen here.
          if (state.newestIndexKey > newest) return 'OUTDATED';
          if (state.withdrawals !== withdrawals) return 'CHANGED';
          // Only now: a push that had to wait for another was told after it.
          const toldAt = clock.now();
          // Side by side, which halves the time on two cores; the claims count only once both are done.
          await bothDone(
            withSession(inside, async (linking) => {
              await linkStaged(linking, inside.seal, ids, staging, submission, toldAt);
              await keepStagedNames(linking, inside.seal, staging, submission);
            }),
            keepClaims(client, ids, staging, submission, toldAt),
          );
          await resolveStaged(client, inside.seal, staging, submission, toldAt);
          await keepVerdicts(client, submission.id, staging, places, letters);
          await keepOutcome(client, submission.id, outcome, letters.counts(), toldAt, toldAt);
          await enqueue(client, { kind: 'decide-touched', jurisdiction: submission.jurisdiction });
          return 'DONE';
        }),
      ),
    close: async (outcome: TakeInOutcome) => {
      await lastTransaction(attempt, async () => {
        if (!(await isOurs(attempt))) return 'GONE';
        await keepVerdicts(client, submission.id, staging, places, letters);
        if (submission.dryRun) await forgetGoodRows(client, inside.seal, submission.id, places, letters);
        await keepOutcome(client, submission.id, outcome, letters.counts(), null, clock.now());
        return 'DONE';
      });
    },
    clear: async () => {
      // Where the connection is broken there is nothing to be cleared over it; the next worker finds what is left.
      await endCopy().catch(() => undefined);
      await writing.catch(() => undefined);
      await client.query('rollback').catch(() => undefined);
      await dropStaging(client, staging).catch(() => undefined);
    },
  };
}

/** Waits for both, also where one fails: what still runs must not meet what clears up after it. */
async function bothDone(...work: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

function lastTransaction<T>({ client }: Attempt, work: () => Promise<T>): Promise<T> {
  return inTransactionOn(client, async () => {
    // The session does not wait for the disk; what becomes true here must be on it.
    await client.query('set local synchronous_commit = default');
    return work();
  });
}

/** Is the submission still to be taken in, and by this attempt? Nobody changes that before the transaction ends. */
async function isOurs({ client, submission }: Attempt): Promise<boolean> {
  const found = await client.query(IS_OURS, [submission.id, submission.attempts]);
  return found.rows.length > 0;
}

/** Waits for whoever is changing the list just now; afterwards only a withdrawal can change what stands of it. */
async function settledState(client: pg.ClientBase, list: StoredSubmission): Promise<ListState> {
  return inTransactionOn(client, async () => {
    await lockList(client, list);
    return stateOf(client, list);
  });
}

/** What may change while a submission of the list is being worked on. */
interface ListState {
  readonly withdrawals: number;
  readonly newestIndexKey: number;
}

async function stateOf(client: pg.ClientBase, list: StoredSubmission): Promise<ListState> {
  const found = await client.query<ListState>(LIST_STATE, [list.jurisdiction, list.agency, list.list]);
  return found.rows[0]!;
}

/** Writes progress, but not too often; a new stage at once. */
function progressOf({ inside, clock, submission }: Attempt): TakeInWork['progress'] {
  let [last, writtenAt]: [WorkStage | undefined, number] = [undefined, 0];
  return async (stage, rowsDone) => {
    if (stage === last && performance.now() - writtenAt < PROGRESS_EVERY_MS) return;
    await inside.query(PROGRESS, [submission.id, stage, rowsDone, clock.now(), submission.attempts]);
    [last, writtenAt] = [stage, performance.now()];
  };
}

const IS_OURS = `select from submission where id = $1 and status = 'WORKING' and attempts = $2 for update`;

const LIST_STATE = `
select count(*)::integer as withdrawals, ${NEWEST_INDEX_KEY} as "newestIndexKey" from submission
where jurisdiction = $1 and agency = $2 and list = $3 and status = 'WITHDRAWN'`;

const PROGRESS = `
update submission set stage_since = case when stage = $2 then stage_since else $4 end, stage = $2, rows_done = $3, updated_at = $4
where id = $1 and status = 'WORKING' and attempts = $5`;
