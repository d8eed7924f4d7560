import { DEFAULT_LIMITS, type Caller } from '../domain/access/caller.ts';
import { decideCategories, decidePush, type PushRight } from '../domain/access/decide-push.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import { listBrakes, remarkOf, tooManyBadRows } from '../domain/claims/list-brakes.ts';
import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { planClaims, type ClaimPlan, type SubjectRow } from '../domain/claims/plan-claims.ts';
import { subjectsOfChangedPairs } from '../domain/identity/stated-pairs.ts';
import type { Subject } from '../domain/identity/subject.ts';
import { countRows } from '../domain/intake/list-definition.ts';
import { isStaleSnapshot } from '../domain/intake/list-period.ts';
import { dayInShanghai } from '../domain/time/plain-date.ts';
import { getList } from '../lists/registry.ts';
import { checkPush } from './check-push.ts';
import { checkSignature, type CheckSignaturePorts } from './check-signature.ts';
import { withNameCompared } from './compare-names.ts';
import { namedSubjects, withNamesakeTold } from './compare-namesakes.ts';
import type { ListPush, PushResult } from './flows.ts';
import { checkWhole, type RowsJudged, type WholeRow } from './judge-row.ts';
import { judgedAlone, judgedSubmission, kept, queuedSubmission, repeated, tried } from './push-results.ts';
import { conflict, stale } from './receive-file.ts';
import type {
  Clock,
  ContentDigest,
  Ids,
  Jurisdictions,
  ReceiveStore,
  ReceiveTransaction,
  StoredRow,
  StoredSubmission,
  SubjectKeys,
} from './ports.ts';

/** What it takes to receive a list. */
export interface ReceiveListPorts extends CheckSignaturePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly subjectKeys: SubjectKeys;
  readonly contentDigest: ContentDigest;
  readonly jurisdictions: Jurisdictions;
  readonly store: ReceiveStore;
}

/**
 * Takes in one pushed list: judge every row, keep the list as sent, turn good rows into claims. Refuses as a whole what the
 * caller may not push (`FORBIDDEN`), what cannot be a push (`BAD_USER_INPUT`, `TOO_MANY_ROWS`), what is not signed as it must be
 * (`SIGNATURE_REQUIRED`, `SIGNATURE_INVALID`) and other content under a key used before (`IDEMPOTENCY_CONFLICT`), or a snapshot older
 * than one received before (`STALE_VERSION`); then nothing of it is stored but, once keys were rotated, which subjects its numbers are (ADR 24).
 * A dry run stores nothing either and spends no key. While an earlier push of the list is unfinished, this one is only kept and
 * takes its turn; a limit of the jurisdiction may hold or refuse it, and then it is kept with its verdicts, without a claim.
 */
export async function receiveList(
  push: ListPush,
  caller: Caller | null,
  ports: ReceiveListPorts,
): Promise<Answer<PushResult>> {
  const right = decidePush(push, caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!right.ok) return right;
  const sound = checkPush(push);
  if (!sound.ok) return sound;

  const digest = ports.contentDigest(contentOf(push));
  const signed = await checkSignature({ ...push, format: 'GRAPHQL' }, digest, right.value, ports);
  if (!signed.ok) return signed;

  const content = { digest, signature: signed.value };
  for (;;) {
    const answer = await judgeAndKeep(push, content, right.value, ports);
    if (answer !== 'OUTDATED') return answer;
    await ports.subjectKeys.look();
  }
}

/** What makes a push that push, and who answers for it. */
type PushContent = Pick<StoredSubmission, 'digest' | 'signature'>;

/** Judges the push and takes it in; `OUTDATED`, with nothing done, where there is a newer index key than its rows were judged by. */
async function judgeAndKeep(
  push: ListPush,
  content: PushContent,
  right: PushRight,
  ports: ReceiveListPorts,
): Promise<Answer<PushResult> | 'OUTDATED'> {
  const list = getList(push.list);
  const pusher = right.caller;
  const { rows, newest } = await judgeRows(push, list, pusher, ports);
  const categories = decideCategories(right, categoriesIn(rows, list));
  if (!categories.ok) return categories;

  // One transaction: a claim without its submission could not be traced, a key without its claims would lie.
  return ports.store.inTransaction(pusher.jurisdiction, async (tx) => {
    if (push.dryRun) return granted(tried((await planPush(push, rows, pusher, tx, ports)).plan));

    const scope = { jurisdiction: pusher.jurisdiction, agency: pusher.agency, list: push.list };
    await tx.lockList(scope.jurisdiction, scope.agency, scope.list);
    const before = await tx.findByIdempotencyKey(scope.jurisdiction, scope.agency, push.idempotencyKey);
    if (before) return before.digest === content.digest ? granted(repeated(before)) : conflict();
    const { unfinished, snapshotPeriods, newestIndexKey } = await tx.stateOf(scope);
    if (isStaleSnapshot(push, list.shape, snapshotPeriods)) return stale();
    if (unfinished) {
      // Order of receipt is order of effect: what came before is still being worked on.
      const queued = queuedSubmission(push, pusher, content, { id: ports.ids.next(), receivedAt: ports.clock.now() });
      await tx.addQueued(queued, push.rows);
      await tx.addJob({ kind: 'take-in-list', ...scope });
      return granted(kept(queued, null));
    }
    // Whoever rotates waits for the end of this transaction, or is seen here.
    if (newestIndexKey > newest) return 'OUTDATED';

    const { plan, status, remarks, ...received } = await planOrRefuse(push, rows, pusher, tx, ports);
    const submission = judgedSubmission(queuedSubmission(push, pusher, content, received), plan, status, remarks);
    await tx.addSubmission(submission, rowsToKeep(push, rows, plan));
    if (submission.status === 'RECEIVED') {
      await takeIn(plan, rows, submission, tx);
      await tx.addJob({ kind: 'decide-touched', jurisdiction: scope.jurisdiction });
    }
    return granted(kept(submission, plan));
  });
}

/** Makes the plan true, at the instant of receipt; who is who follows where rows name other documents, or cease to. */
async function takeIn(
  { end, add }: ClaimPlan,
  rows: readonly WholeRow[],
  { jurisdiction, receivedAt, id }: StoredSubmission,
  tx: ReceiveTransaction,
): Promise<void> {
  const joined = subjectsOfChangedPairs(end, add);
  if (joined.length > 0) await tx.lockIdentities(jurisdiction);
  await tx.linkSubjects(jurisdiction, documentsIn(rows), receivedAt, id);
  await tx.endClaims(end, receivedAt, id);
  await tx.addClaims(add);
  if (joined.length > 0) await tx.resolveIdentities(jurisdiction, joined, receivedAt, id);
}

/** A plan with the submission that its claims name and the instant that they were told at. */
interface PlannedPush {
  readonly plan: ClaimPlan;
  readonly id: string;
  readonly receivedAt: Date;
}

/** Plans what the push comes to, unless a limit of the jurisdiction refuses it as it is. */
async function planOrRefuse(
  push: ListPush,
  rows: readonly WholeRow[],
  pusher: Caller,
  tx: ReceiveTransaction,
  ports: ReceiveListPorts,
) {
  const limits = ports.jurisdictions.find(pusher.jurisdiction)?.limits ?? DEFAULT_LIMITS;
  const alone = judgedAlone(rows);
  if (tooManyBadRows(countRows(alone.verdicts), limits)) {
    const received = { id: ports.ids.next(), receivedAt: ports.clock.now() };
    return { ...received, plan: alone, status: 'REFUSED', remarks: [remarkOf('TOO_MANY_BAD_ROWS')] } as const;
  }
  const planned = await planPush(push, rows, pusher, tx, ports);
  const { changes, stood } = planned.plan;
  const remarks = listBrakes({ list: push.list, mode: push.mode, changes, stood }, limits);
  return { ...planned, status: remarks.length > 0 ? 'NEEDS_RELEASE' : 'RECEIVED', remarks } as const;
}

function judgeRows(
  push: ListPush,
  list: ListDefinition,
  { agency, jurisdiction }: Caller,
  { clock, subjectKeys, jurisdictions }: ReceiveListPorts,
): Promise<RowsJudged<WholeRow>> {
  const today = dayInShanghai(clock.now());
  const placeholderNumbers = jurisdictions.find(jurisdiction)?.placeholderNumbers;
  const keysOf = push.dryRun ? subjectKeys.find : subjectKeys.enter;
  return checkWhole(push.rows, 0, { list, agency, today, placeholderNumbers, keysOf });
}

/** Every identity that a row names, also a rejected one: whoever may not push it may not try by trial and error either. */
const categoriesIn = (rows: readonly SubjectRow[], list: ListDefinition) =>
  new Set(rows.map(({ cells }) => list.categoryOf(cells)).filter((category) => category !== null));

async function planPush(
  push: ListPush,
  rows: readonly WholeRow[],
  { jurisdiction, agency }: Caller,
  tx: ReceiveTransaction,
  ports: ReceiveListPorts,
): Promise<PlannedPush> {
  const list = getList(push.list);
  // Only now: a push that had to wait for another was told after it.
  const receivedAt = ports.clock.now();
  const id = ports.ids.next();
  const scope = { jurisdiction, agency, list: push.list };
  const subjectKeys = [...new Set(rows.map(({ subjectKey }) => subjectKey).filter((key) => key !== null))];

  const ofSubjects = await tx.standingClaims({ ...scope, subjectKeys });
  // A roster is one roster however its issues are labelled; events belong to the period that the list is of.
  const period = list.shape === 'EVENT' ? push.period : null;
  const covered = push.mode === 'SNAPSHOT' ? await tx.standingClaims({ ...scope, period }) : [];
  const names = await tx.namesOf(jurisdiction, subjectKeys);
  const namesakes = await tx.namesakesOf(jurisdiction, namedSubjects(rows));
  const standing = [...new Map([...ofSubjects, ...covered].map((claim) => [claim.id, claim])).values()];

  const plan = planClaims({
    list,
    rows: rows.map((row) =>
      withNamesakeTold(withNameCompared(row, names.get(row.subjectKey ?? '')), namesakes.has(row.subjectKey ?? '')),
    ),
    mode: push.mode,
    standing,
    covered: new Set(covered.map((claim) => claim.id)),
    jurisdiction,
    agency,
    submission: id,
    receivedAt,
    nextId: () => ports.ids.next(),
  });
  return { plan, id, receivedAt };
}

/** What makes two pushes under one key the same push; not the time, the key or the token. */
const contentOf = ({ list, mode, period, documentNumber, rows }: ListPush) => ({
  list,
  mode,
  period,
  documentNumber,
  rows,
});

const rowsToKeep = (push: ListPush, rows: readonly SubjectRow[], { verdicts }: ClaimPlan): readonly StoredRow[] =>
  verdicts.map((verdict, index) => ({
    ...verdict,
    subjectKey: rows[index]?.subjectKey ?? null,
    sent: { ...push.rows[index] },
  }));

/** The documents that the rows taken in name; one that only removes speaks of a person already known or of nobody. */
const documentsIn = (rows: readonly WholeRow[]): readonly Subject[] =>
  rows.flatMap(({ rejected, change, subject, subjectKey, others }) =>
    rejected || change === 'REMOVE' || !subject || subjectKey === null
      ? []
      : [{ ...subject, key: subjectKey }, ...others],
  );
