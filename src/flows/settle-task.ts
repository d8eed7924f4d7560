import type { Caller } from '../domain/access/caller.ts';
import {
  decideNamed,
  decideSettle,
  seesRow,
  type ReviewRight,
  type SettleRight,
} from '../domain/access/decide-review.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import { mistakeIn } from '../domain/review/check-settlement.ts';
import { bareNamesOf, sidesOf, type Side } from '../domain/review/evidence.ts';
import type { Actor, SettledDifference, Settlement } from '../domain/review/settlement.ts';
import { dueFrom } from './due-day.ts';
import { ownOf } from './find-reviews.ts';
import type { Ids, PolicyPacks } from './ports.ts';
import type { Proposal, ReviewTask, SettleTransaction, WorkingDays } from './ports-review.ts';
import { noSuchTask, refusedFor, stale } from './review-refusals.ts';
import { showTasks, type ReviewPorts, type ReviewTaskView } from './show-review.ts';
import { write, type IdentitySettlement } from './try-settlement.ts';

/** What it takes to settle tasks. */
export interface SettleReviewPorts extends ReviewPorts {
  readonly ids: Ids;
  readonly packs: PolicyPacks;
}

/** Which task is meant, and as which it was seen. */
export interface SeenTask {
  readonly id: string;
  readonly version: number;
}

/** One person's doing: who, why and when. */
export interface Act {
  readonly by: Actor;
  readonly because: string;
  readonly at: Date;
}

/** May the caller settle at all? */
export function maySettle(caller: Caller | null, { jurisdictions }: ReviewPorts): Answer<ReviewRight> {
  return decideSettle(caller, caller ? jurisdictions.find(caller.jurisdiction) : undefined);
}

/** Who settles. */
export const actorOf = ({ caller, operator }: SettleRight): Actor => ({ agency: caller.agency, operator });

/** What was said of the subjects of a task that is to be settled. */
export interface LookedAt {
  /** What the settler sees. */
  readonly seen: readonly Side[];
  /** All that stands. */
  readonly all: readonly Side[];
}

/**
 * Looks at a task that the caller sees: `NOT_FOUND` where it does not, `FORBIDDEN` where the token names nobody, `STALE_VERSION` where
 * the task was changed since it was seen.
 */
export async function lookAt(
  { id, version }: SeenTask,
  right: ReviewRight,
  ports: ReviewPorts,
): Promise<Answer<LookedAt & { readonly task: ReviewTask; readonly right: SettleRight }>> {
  const { jurisdiction } = right;
  const task = await ports.reviews.find(jurisdiction.id, id, ownOf(right));
  if (!task) return noSuchTask();
  const named = decideNamed(right);
  if (!named.ok) return named;
  if (task.version !== version) return stale();
  const persons = await ports.persons.findBySubjects(jurisdiction.id, task.subjects, ports.clock.now());
  const facts = [...new Set(persons.values())];
  const all = sidesOf(task.subjects, facts, jurisdiction.survivorship);
  const seen = sidesOf(task.subjects, facts, jurisdiction.survivorship, (claim) => seesRow(right, claim));
  return granted({ task, right: named.value, seen, all });
}

/** Does the settlement fit the task, by what the settler sees of it and knows besides? */
export async function checkSettlement(
  settlement: Settlement,
  { task, seen }: LookedAt & { readonly task: ReviewTask },
  right: ReviewRight,
  { persons, clock }: ReviewPorts,
): Promise<Answer<true>> {
  const mistake = mistakeIn(settlement, task.kind, seen);
  if (mistake) return refusedFor(mistake);
  const named = settlement.kind === 'SAME_PERSON' || settlement.kind === 'DIFFERENT_PEOPLE' ? settlement.subjects : [];
  const others = named.filter((key) => !task.subjects.includes(key));
  if (others.length === 0) return granted(true);
  if (!others.every((key) => UUID.test(key))) return refusedFor('SUBJECT_NOT_OF_TASK');
  const found = await persons.findBySubjects(right.jurisdiction.id, others, clock.now());
  const isKnown = others.every((key) => {
    const facts = found.get(key);
    return facts && (right.sees === 'ALL' || facts.claims.some(({ agency }) => agency === right.caller.agency));
  });
  return isKnown ? granted(true) : refusedFor('SUBJECT_NOT_OF_TASK');
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Does something with a task that is held, in one transaction, and shows what became of it. */
export async function withTask(
  { id, version }: SeenTask,
  right: ReviewRight,
  ports: ReviewPorts,
  work: (task: ReviewTask, tx: SettleTransaction) => Promise<Answer<ReviewTask>>,
): Promise<Answer<ReviewTaskView>> {
  const done = await ports.reviews.inTransaction(right.jurisdiction.id, async (tx) => {
    const task = await tx.hold(right.jurisdiction.id, id, ownOf(right));
    if (!task) return noSuchTask();
    return task.version === version ? work(task, tx) : stale();
  });
  if (!done.ok) return done;
  const [shown] = await showTasks([done.value], right, ports);
  return granted(shown!);
}

/** Keeps a settlement or undoing that moves money, until a second person confirms it. */
export function propose(
  task: ReviewTask,
  settlement: Settlement | null,
  act: Act,
  difference: readonly SettledDifference[],
  tx: SettleTransaction,
): Promise<ReviewTask> {
  const from = task.state === 'PROPOSED' ? task.proposal!.from : task.state;
  const proposal: Proposal = { ...act, settlement, difference, from };
  return tx.save({ ...task, state: 'PROPOSED', proposal }, { ...act, did: 'PROPOSED', settlement, difference });
}

/** What is to be settled for good. */
export interface Decided {
  readonly settlement: IdentitySettlement;
  readonly difference: readonly SettledDifference[];
  /** Who settles, and who confirms it where money moves. */
  readonly settler: Act;
  readonly confirmer: Act | null;
  readonly lookedAt: readonly Side[];
}

/** Settles for good: links follow, and whom it concerns is decided anew. */
export async function settleForGood(task: ReviewTask, decided: Decided, tx: SettleTransaction): Promise<ReviewTask> {
  const { settlement, difference, settler, confirmer } = decided;
  const { at, by } = confirmer ?? settler;
  const persons = await write({ task, settlement, at }, tx);
  const settled = {
    settlement,
    because: settler.because,
    by: settler.by,
    confirmedBy: confirmer?.by ?? null,
    at,
    seen: seenThen(task, settlement, decided.lookedAt),
  };
  const step = { did: 'SETTLED', at, by, because: settler.because, settlement, difference } as const;
  const saved = await tx.save({ ...task, state: 'SETTLED', proposal: null, settled, difference }, step);
  await tx.decideAnew(task.jurisdiction, task.id, persons, at);
  return saved;
}

/** Undoes for good what a task settled: it is open again, and due anew. */
export async function undoForGood(
  task: ReviewTask,
  difference: readonly SettledDifference[],
  act: Act,
  tx: SettleTransaction,
  workingDays: WorkingDays,
): Promise<ReviewTask> {
  const { at } = act;
  const persons = await write({ task, settlement: null, at }, tx);
  const open = {
    ...task,
    state: 'OPEN',
    proposal: null,
    settled: null,
    difference,
    dueOn: dueFrom(at, workingDays),
  } as const;
  const settlement = task.settled?.settlement ?? null;
  const saved = await tx.save(open, { ...act, did: 'UNDONE', settlement, difference });
  await tx.decideAnew(task.jurisdiction, task.id, persons, at);
  return saved;
}

/** What has been looked at, now and when the task was settled before. */
function seenThen(task: ReviewTask, settlement: IdentitySettlement, sides: readonly Side[]) {
  const before = task.settled?.seen ?? { subjects: [], names: [] };
  const now = 'subjects' in settlement ? settlement.subjects : task.subjects;
  return {
    subjects: [...new Set([...before.subjects, ...now])].sort(),
    names: [...new Set([...before.names, ...bareNamesOf(sides)])].sort(),
  };
}
