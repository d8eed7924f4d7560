import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { rowAsked } from '../domain/review/check-settlement.ts';
import { isSameDifference } from '../domain/review/difference.ts';
import type { Side } from '../domain/review/evidence.ts';
import type { Actor, Settlement } from '../domain/review/settlement.ts';
import { getList } from '../lists/registry.ts';
import { dueFrom } from './due-day.ts';
import type { CorrectionRequest, ReviewTask, SettleTransaction } from './ports-review.ts';
import { checkReason, refusedFor, stale, wrongState } from './review-refusals.ts';
import {
  actorOf,
  checkSettlement,
  lookAt,
  maySettle,
  propose,
  settleForGood,
  undoForGood,
  withTask,
  type Act,
  type SeenTask,
  type SettleReviewPorts,
} from './settle-task.ts';
import type { ReviewTaskView } from './show-review.ts';
import { trySettlement } from './try-settlement.ts';

/**
 * Settles a task. Where money would move it is kept as a proposal until a second person confirms it; asking the owner of a row
 * opens a request instead. Settling again replaces what was settled of the same subjects, or proposed, before.
 *
 * @returns `FORBIDDEN`; `NOT_FOUND` where there is no such task for the caller; `STALE_VERSION` where it was changed since it was
 *   seen; `WRONG_STATE` where its matter no longer stands; `BAD_USER_INPUT` where the settlement does not fit the task
 */
export async function settleReview(
  seen: SeenTask,
  settlement: Settlement,
  because: string,
  caller: Caller | null,
  ports: SettleReviewPorts,
): Promise<Answer<ReviewTaskView>> {
  const right = maySettle(caller, ports);
  if (!right.ok) return right;
  const reason = checkReason(because);
  if (!reason.ok) return reason;
  const looked = await lookAt(seen, right.value, ports);
  if (!looked.ok) return looked;
  const fits = await checkSettlement(settlement, looked.value, right.value, ports);
  if (!fits.ok) return fits;

  const act: Act = { by: actorOf(looked.value.right), because: reason.value, at: ports.clock.now() };
  return withTask(seen, right.value, ports, async (task, tx) => {
    if (settlement.kind === 'ASK_OWNER') return askOwner(task, settlement, looked.value.seen, act, tx, ports);
    if (task.state === 'OBSOLETE') return wrongState();
    const { difference, movesMoney } = await trySettlement(
      { task, settlement, at: act.at },
      tx,
      right.value,
      ports.packs,
    );
    if (movesMoney) return granted(await propose(task, settlement, act, difference, tx));
    const decided = { settlement, difference, settler: act, confirmer: null, lookedAt: looked.value.all };
    return granted(await settleForGood(task, decided, tx));
  });
}

/**
 * Confirms, as a second person, what another proposed: settles it, or undoes what was settled. Everything is checked again. Where
 * it would now change something else than what was shown, nothing is settled; the task shows the new difference, and is to be
 * confirmed as it is then.
 *
 * @returns as {@link settleReview}; `FORBIDDEN` for whoever proposed it; `WRONG_STATE` where nothing is proposed; `STALE_VERSION`
 *   also where the difference has changed
 */
export async function confirmReview(
  seen: SeenTask,
  caller: Caller | null,
  ports: SettleReviewPorts,
): Promise<Answer<ReviewTaskView>> {
  const right = maySettle(caller, ports);
  if (!right.ok) return right;
  const looked = await lookAt(seen, right.value, ports);
  if (!looked.ok) return looked;
  const { proposal } = looked.value.task;
  if (!proposal) return wrongState();
  const by = actorOf(looked.value.right);
  if (isSamePerson(by, proposal.by)) return needsSecondPerson();
  const { settlement } = proposal;
  if (settlement?.kind === 'ASK_OWNER') return wrongState();
  const fits = settlement ? await checkSettlement(settlement, looked.value, right.value, ports) : granted(true);
  if (!fits.ok) return fits;

  const at = ports.clock.now();
  const act: Act = { by, because: proposal.because, at };
  return withTask(seen, right.value, ports, async (task, tx) => {
    const { difference } = await trySettlement({ task, settlement, at }, tx, right.value, ports.packs);
    if (!isSameDifference(difference, proposal.difference)) {
      const step = { at, by: null, because: null, did: 'RECOMPUTED', settlement, difference } as const;
      await tx.save({ ...task, proposal: { ...proposal, difference } }, step);
      return stale();
    }
    if (!settlement) return granted(await undoForGood(task, difference, act, tx, ports.workingDays));
    const decided = { settlement, difference, settler: proposal, confirmer: act, lookedAt: looked.value.all };
    return granted(await settleForGood(task, decided, tx));
  });
}

/**
 * Undoes what a task settled, so that it is open again; where money would move, a second person must confirm it. Of a task for
 * which something is only proposed, takes the proposal back.
 *
 * @returns as {@link settleReview}; `WRONG_STATE` where nothing is settled or proposed
 */
export async function undoSettlement(
  seen: SeenTask,
  because: string,
  caller: Caller | null,
  ports: SettleReviewPorts,
): Promise<Answer<ReviewTaskView>> {
  const right = maySettle(caller, ports);
  if (!right.ok) return right;
  const reason = checkReason(because);
  if (!reason.ok) return reason;
  const looked = await lookAt(seen, right.value, ports);
  if (!looked.ok) return looked;

  const act: Act = { by: actorOf(looked.value.right), because: reason.value, at: ports.clock.now() };
  return withTask(seen, right.value, ports, async (task, tx) => {
    const { proposal } = task;
    if (proposal) {
      const step = { ...act, did: 'TAKEN_BACK', settlement: proposal.settlement, difference: [] } as const;
      return granted(await tx.save({ ...task, state: proposal.from, proposal: null }, step));
    }
    if (!task.settled) return wrongState();
    const settling = { task, settlement: null, at: act.at };
    const { difference, movesMoney } = await trySettlement(settling, tx, right.value, ports.packs);
    return granted(
      movesMoney
        ? await propose(task, null, act, difference, tx)
        : await undoForGood(task, difference, act, tx, ports.workingDays),
    );
  });
}

async function askOwner(
  task: ReviewTask,
  settlement: Extract<Settlement, { kind: 'ASK_OWNER' }>,
  sides: readonly Side[],
  act: Act,
  tx: SettleTransaction,
  { ids, workingDays }: SettleReviewPorts,
): Promise<Answer<ReviewTask>> {
  if (task.state !== 'OPEN' && task.state !== 'ASKED') return wrongState();
  const asked = rowAsked(settlement, sides);
  if (!asked || !isColumn(asked.list, settlement.about)) return refusedFor('ROW_UNKNOWN');
  const request: CorrectionRequest = {
    id: ids.next(),
    jurisdiction: task.jurisdiction,
    task: task.id,
    askedBy: act.by,
    askedAt: act.at,
    dueOn: dueFrom(act.at, workingDays),
    agency: asked.agency,
    list: asked.list,
    submission: asked.submission,
    row: asked.row,
    subjectKey: asked.subject,
    about: settlement.about,
    reason: act.because,
    state: 'OPEN',
    version: 1,
    answer: null,
    answeredBy: null,
    answeredAt: null,
  };
  await tx.addCorrection(request);
  return granted(await tx.save({ ...task, state: 'ASKED' }, { ...act, did: 'ASKED', settlement, difference: [] }));
}

/** Is it a column of the list, by its name in the graph? */
export const isColumn = (list: CorrectionRequest['list'], name: string): boolean =>
  getList(list).columns.some((column) => column.name === name);

// An operator is known by a short id of their own agency's.
const isSamePerson = (a: Actor, b: Actor): boolean => a.agency === b.agency && a.operator === b.operator;

const needsSecondPerson = () =>
  refused(
    'FORBIDDEN',
    '复核须由提出认定者以外的另一人办理',
    'A confirmation takes a second person: not the one who proposed it',
  );
