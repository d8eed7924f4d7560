import type { Caller } from '../domain/access/caller.ts';
import { decideCategories, decidePush } from '../domain/access/decide-push.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { planClaims, type ClaimPlan, type SubjectRow } from '../domain/claims/plan-claims.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import { checkRow } from '../domain/intake/check-row.ts';
import { countRows } from '../domain/intake/list-definition.ts';
import { reportOf } from '../domain/intake/row-report.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import { dayInShanghai } from '../domain/time/plain-date.ts';
import { getList } from '../lists/registry.ts';
import { checkPush } from './check-push.ts';
import type { ListPush, PushResult } from './flows.ts';
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
  SubjectLinkRequest,
} from './ports.ts';

/** What it takes to receive a list. */
export interface ReceiveListPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly subjectKeys: SubjectKeys;
  readonly contentDigest: ContentDigest;
  readonly jurisdictions: Jurisdictions;
  readonly store: ReceiveStore;
}

/**
 * Takes in one pushed list: judge every row, keep the list as sent, turn good rows into claims. Refuses as a whole what the
 * caller may not push (`FORBIDDEN`), what cannot be a push (`BAD_USER_INPUT`, `TOO_MANY_ROWS`) and other content under a key
 * used before (`IDEMPOTENCY_CONFLICT`); then nothing is stored. A dry run stores nothing either and spends no key.
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

  const list = getList(push.list);
  const rows = judgeRows(push, list, ports);
  const categories = decideCategories(right.value, categoriesIn(rows, list));
  if (!categories.ok) return categories;

  const pusher = right.value.caller;
  // One transaction: a claim without its submission could not be traced, a key without its claims would lie.
  return ports.store.inTransaction(async (tx) => {
    if (push.dryRun) return granted(tried(await planPush(push, rows, pusher, tx, ports)));

    await tx.lockList(pusher.jurisdiction, pusher.agency, push.list);
    const digest = ports.contentDigest(contentOf(push));
    const before = await tx.findByIdempotencyKey(pusher.jurisdiction, pusher.agency, push.idempotencyKey);
    if (before) return before.digest === digest ? granted(repeated(before)) : conflict();

    const planned = await planPush(push, rows, pusher, tx, ports);
    const submission = submissionOf(push, pusher, digest, planned);
    await tx.addSubmission(submission, rowsToKeep(push, rows, planned));
    await tx.linkSubjects(pusher.jurisdiction, linksIn(rows, list, ports), planned.receivedAt, submission.id);
    await tx.endClaims(planned.end, planned.receivedAt);
    await tx.addClaims(planned.add);
    return granted(received(submission, planned));
  });
}

/** A plan with the submission that its claims name and the instant that they were told at. */
interface PlannedPush extends ClaimPlan {
  readonly submission: string;
  readonly receivedAt: Date;
}

function judgeRows(
  push: ListPush,
  list: ListDefinition,
  { clock, subjectKeys }: ReceiveListPorts,
): readonly SubjectRow[] {
  const today = dayInShanghai(clock.now());
  return push.rows.map((raw, index) => {
    const row = checkRow(raw, index, list, today);
    return { ...row, subjectKey: row.subject ? subjectKeys.keyOf(row.subject) : null };
  });
}

/** Every identity that a row names, also a rejected one: whoever may not push it may not try by trial and error either. */
const categoriesIn = (rows: readonly SubjectRow[], list: ListDefinition) =>
  new Set(rows.map(({ cells }) => list.categoryOf(cells)).filter((category) => category !== null));

async function planPush(
  push: ListPush,
  rows: readonly SubjectRow[],
  { jurisdiction, agency }: Caller,
  tx: ReceiveTransaction,
  ports: ReceiveListPorts,
): Promise<PlannedPush> {
  const list = getList(push.list);
  // Only now: a push that had to wait for another was told after it.
  const receivedAt = ports.clock.now();
  const submission = ports.ids.next();
  const scope = { jurisdiction, agency, list: push.list };
  const subjectKeys = [...new Set(rows.map(({ subjectKey }) => subjectKey).filter((key) => key !== null))];

  const ofSubjects = await tx.standingClaims({ ...scope, subjectKeys });
  // A roster is one roster however its issues are labelled; events belong to the period that the list is of.
  const period = list.shape === 'EVENT' ? push.period : null;
  const covered = push.mode === 'SNAPSHOT' ? await tx.standingClaims({ ...scope, period }) : [];
  const names = await tx.namesOf(jurisdiction, subjectKeys);
  const standing = [...new Map([...ofSubjects, ...covered].map((claim) => [claim.id, claim])).values()];

  const plan = planClaims({
    list,
    rows: rows.map((row) => withNameCompared(row, names)),
    mode: push.mode,
    standing,
    covered: new Set(covered.map(({ id }) => id)),
    jurisdiction,
    agency,
    submission,
    receivedAt,
    nextId: () => ports.ids.next(),
  });
  return { ...plan, submission, receivedAt };
}

/** Flags a row whose name is none of those that standing claims give its subject; the row is taken in all the same. */
function withNameCompared(row: SubjectRow, names: ReadonlyMap<string, ReadonlySet<string>>): SubjectRow {
  const name = row.cells['name'];
  const known = row.subjectKey === null ? undefined : names.get(row.subjectKey);
  if (typeof name !== 'string' || !known || known.size === 0) return row;
  if ([...known].some((other) => bareName(other) === bareName(name))) return row;
  return { ...row, findings: [...row.findings, findingOf('NAME_DIFFERS', 'name')] };
}

/** What makes two pushes under one key the same push; not the time, the key or the token. */
const contentOf = ({ list, mode, period, documentNumber, rows }: ListPush) => ({
  list,
  mode,
  period,
  documentNumber,
  rows,
});

const submissionOf = (push: ListPush, caller: Caller, digest: string, planned: PlannedPush): StoredSubmission => ({
  id: planned.submission,
  jurisdiction: caller.jurisdiction,
  agency: caller.agency,
  list: push.list,
  mode: push.mode,
  period: push.period,
  documentNumber: push.documentNumber,
  idempotencyKey: push.idempotencyKey,
  digest,
  receivedAt: planned.receivedAt,
  counts: countRows(planned.verdicts),
  claimsAdded: planned.add.length,
  claimsEnded: planned.end.length,
  status: 'RECEIVED',
  dryRun: false,
  format: 'GRAPHQL',
  fileColumns: null,
  operator: null,
  changes: planned.changes,
  report: reportOf(planned.verdicts),
  remarks: [],
  progress: null,
  attempts: 0,
  takenInAt: planned.receivedAt,
  decidedAt: null,
  releasedBy: null,
  releasedAt: null,
  withdrawnAt: null,
  withdrawnBecause: null,
});

const rowsToKeep = (push: ListPush, rows: readonly SubjectRow[], { verdicts }: ClaimPlan): readonly StoredRow[] =>
  verdicts.map((verdict, index) => ({
    ...verdict,
    subjectKey: rows[index]?.subjectKey ?? null,
    sent: { ...push.rows[index] },
  }));

/** Every row taken in joins its documents to a person; one that only removes speaks of a person already known or of nobody. */
function linksIn(
  rows: readonly SubjectRow[],
  list: ListDefinition,
  { subjectKeys }: ReceiveListPorts,
): readonly SubjectLinkRequest[] {
  const links = rows.flatMap(({ rejected, change, subject, subjectKey, cells }): SubjectLinkRequest[] => {
    if (rejected || change === 'REMOVE' || !subject || subjectKey === null) return [];
    const others = list.otherDocuments(cells, subject).map((other) => ({ ...other, key: subjectKeys.keyOf(other) }));
    const because = others.length > 0 ? 'BIRTH_LIST' : 'SUBJECT_OF_ROW';
    return [{ subjects: [{ ...subject, key: subjectKey }, ...others], because }];
  });
  return [...new Map(links.map((link) => [link.subjects.map(({ key }) => key).join(), link])).values()];
}

const received = (submission: StoredSubmission, { verdicts }: ClaimPlan): PushResult => ({
  submission,
  repeated: false,
  counts: submission.counts,
  changes: submission.changes,
  report: submission.report,
  verdicts,
  claimsAdded: submission.claimsAdded,
  claimsEnded: submission.claimsEnded,
});

const tried = ({ verdicts, add, end, changes }: ClaimPlan): PushResult => ({
  submission: null,
  repeated: false,
  counts: countRows(verdicts),
  changes,
  report: reportOf(verdicts),
  verdicts,
  claimsAdded: add.length,
  claimsEnded: end.length,
});

const repeated = (submission: StoredSubmission): PushResult => ({
  submission,
  repeated: true,
  counts: submission.counts,
  changes: submission.changes,
  report: submission.report,
  verdicts: null,
  claimsAdded: submission.claimsAdded,
  claimsEnded: submission.claimsEnded,
});

const conflict = () =>
  refused(
    'IDEMPOTENCY_CONFLICT',
    '同一幂等键此前已用于不同内容',
    'The idempotency key was used before for other content',
  );
