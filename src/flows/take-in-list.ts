import { DEFAULT_LIMITS, type ListLimits } from '../domain/access/caller.ts';
import { listBrakes, remarkOf, tooManyBadRows } from '../domain/claims/list-brakes.ts';
import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { planClaims } from '../domain/claims/plan-claims.ts';
import { RowReport } from '../domain/intake/row-report.ts';
import { isTextFormat, type ListChanges, type SubmissionRemark } from '../domain/intake/submission.ts';
import { textCellReader } from '../domain/intake/text-cells.ts';
import type { Category } from '../domain/intake/words.ts';
import { addDays, dayInShanghai } from '../domain/time/plain-date.ts';
import { getList } from '../lists/registry.ts';
import { withNameCompared } from './compare-names.ts';
import { withNamesakeTold } from './compare-namesakes.ts';
import { judgeRows } from './judge-row.ts';
import type { StoredSubmission } from './ports.ts';
import type {
  AgencyList,
  ComparisonTerms,
  SubjectMatters,
  TakeInOutcome,
  TakeInPorts,
  TakeInShift,
  TakeInWork,
} from './ports-take-in.ts';

/** As often is the work on a submission begun before it is set aside. */
const MOST_ATTEMPTS = 3;

/** Stands for the instant at which claims will be told, until that is known: later than every instant there is. */
const NOT_TOLD_YET = new Date(8.64e15);

/**
 * Takes in the unfinished submissions of an agency's list, one after another in the order in which they were received; waits
 * for another worker who is at it. Work that breaks off begins anew at the next call and comes to the same; a submission whose
 * work broke off for the third time is set aside, so that the next ones go on.
 */
export async function takeInList(list: AgencyList, ports: TakeInPorts): Promise<void> {
  await ports.takeIn.alone(list, async (shift) => {
    for (let next = await shift.firstUnfinished(); next; next = await shift.firstUnfinished()) {
      await takeInOne(next, shift, ports);
    }
  });
}

async function takeInOne(submission: StoredSubmission, shift: TakeInShift, ports: TakeInPorts): Promise<void> {
  if (submission.attempts >= MOST_ATTEMPTS) return shift.giveUp(submission, remarkOf('WORK_BROKE_OFF'));
  const work = await shift.begin(submission);
  if (!work) return;
  try {
    await judgeAndTakeIn(submission, work, ports);
  } catch (error) {
    if (submission.attempts + 1 < MOST_ATTEMPTS) throw error;
    ports.onBrokenOff?.(error, submission.id);
    await shift.giveUp(submission, remarkOf('WORK_BROKE_OFF'));
  } finally {
    await work.clear();
  }
}

async function judgeAndTakeIn(submission: StoredSubmission, work: TakeInWork, ports: TakeInPorts): Promise<void> {
  const { limits, allowed } = rulesFor(submission, ports);
  const list = getList(submission.list);
  const { report, categories, newest } = await judgeAll(submission, list, work, ports);

  const refuse = (code: SubmissionRemark['code']): Promise<void> =>
    work.close(without(report, 'REFUSED', [remarkOf(code)]));
  if (![...categories].every(allowed)) return refuse('CATEGORY_NOT_GRANTED');
  if (tooManyBadRows(work.counts(), limits)) return refuse('TOO_MANY_BAD_ROWS');

  for (;;) {
    const { outcome, stood } = await compare(submission, list, report.copy(), work, ports);
    if (submission.dryRun) return work.close({ ...outcome, status: 'DRY_RUN' });
    const effect = { list: list.name, mode: submission.mode, changes: outcome.changes, stood };
    const remarks = submission.releasedBy === null ? listBrakes(effect, limits) : [];
    if (remarks.length > 0) {
      return work.close({ ...outcome, status: 'NEEDS_RELEASE', remarks, claimsAdded: 0, claimsEnded: 0 });
    }

    await work.progress('TAKING_IN', 0);
    const taken = await work.takeIn(outcome, newest);
    // Left unfinished: it is met again, and judged anew by the keys that are there now.
    if (taken === 'OUTDATED') await ports.subjectKeys.look();
    if (taken !== 'CHANGED') return;
  }
}

/** The rules of the jurisdiction as they are now: which categories the agency may push, and the brakes. */
function rulesFor({ jurisdiction, agency, list }: StoredSubmission, ports: TakeInPorts) {
  const place = ports.jurisdictions.find(jurisdiction);
  const grant = place?.agencies[agency]?.pushes[list];
  const limits: ListLimits = place?.limits ?? DEFAULT_LIMITS;
  const allowed = (category: Category): boolean =>
    grant !== undefined && (grant.categories === undefined || grant.categories.includes(category));
  return { limits, allowed };
}

async function judgeAll(
  submission: StoredSubmission,
  list: ListDefinition,
  work: TakeInWork,
  ports: TakeInPorts,
): Promise<{ report: RowReport; categories: ReadonlySet<Category>; newest: number }> {
  const report = new RowReport();
  const categories = new Set<Category>();
  const terms = {
    list,
    agency: submission.agency,
    today: dayInShanghai(submission.receivedAt),
    placeholderNumbers: ports.jurisdictions.find(submission.jurisdiction)?.placeholderNumbers,
    keysOf: submission.dryRun ? ports.subjectKeys.find : ports.subjectKeys.enter,
  };
  let newest = Infinity;
  const read = isTextFormat(submission.format) ? textCellReader(list.columns) : undefined;

  for await (const { firstRow, rows } of work.sentRows()) {
    const judged = await judgeRows(read ? rows.map(read) : rows, firstRow - 1, terms);
    newest = Math.min(newest, judged.newest);
    for (const row of judged.rows) {
      if (row.findings.length > 0) report.add(row);
      const category = list.categoryOf(row.cells);
      if (category !== null) categories.add(category);
    }
    await work.keepJudged(judged.rows);
    await work.progress('JUDGING', firstRow - 1 + rows.length);
  }
  return { report, categories, newest };
}

async function compare(
  submission: StoredSubmission,
  list: ListDefinition,
  report: RowReport,
  work: TakeInWork,
  ports: TakeInPorts,
): Promise<{ outcome: TakeInOutcome; stood: number }> {
  await work.progress('COMPARING', 0);
  const terms = termsOf(submission, list, work);
  const { added, unchanged, stood } = await work.compare(terms);

  const changes = { added, changed: 0, dropped: 0, unchanged };
  let [claimsAdded, claimsEnded] = [added, 0];
  let done = added + unchanged;
  for await (const subjects of work.unsettled(terms)) {
    const plan = planFor(subjects, submission, list, terms, ports);
    for (const { row, told } of plan.news) report.add({ row, findings: told });
    add(changes, plan.changes);
    claimsAdded += plan.add.length;
    claimsEnded += plan.end.length;
    done += plan.verdicts.length;
    await work.keepPlan(plan, NOT_TOLD_YET);
    await work.progress('COMPARING', Math.min(done, submission.counts.sent));
  }
  const outcome = { status: 'RECEIVED', changes, report: report.counts(), remarks: [] } as const;
  return { outcome: { ...outcome, claimsAdded, claimsEnded }, stood };
}

/** What a snapshot covers. One of which no row can be taken in leaves nobody out: it says nothing that could be believed. */
function termsOf(
  { mode, period, receivedAt }: StoredSubmission,
  list: ListDefinition,
  work: TakeInWork,
): ComparisonTerms {
  const { sent, rejected } = work.counts();
  if (mode !== 'SNAPSHOT' || sent === rejected) return { covers: null };
  return list.shape === 'EVENT'
    ? { covers: { period, overSince: null } }
    : { covers: { period: null, overSince: addDays(dayInShanghai(receivedAt), -1) } };
}

/** Plans what shall stand of some subjects, just as a push of these alone would, with what the rest of the push says of it. */
function planFor(
  subjects: readonly SubjectMatters[],
  { jurisdiction, agency, id, receivedAt }: StoredSubmission,
  list: ListDefinition,
  { covers }: ComparisonTerms,
  ports: TakeInPorts,
) {
  const own = subjects.flatMap(({ rows }) => rows);
  const plan = planClaims({
    list,
    rows: subjects.flatMap(({ rows, names, hasNamesake }) =>
      rows.map((row) => withNamesakeTold(withNameCompared(row, new Set(names)), hasNamesake)),
    ),
    mode: covers ? 'SNAPSHOT' : 'DELTA',
    standing: subjects.flatMap(({ standing }) => standing),
    covered: new Set(subjects.flatMap(({ covered }) => covered)),
    jurisdiction,
    agency,
    submission: id,
    receivedAt,
    toldAt: NOT_TOLD_YET,
    takenInElsewhere: true,
    nextId: () => ports.ids.next(),
  });
  const news = plan.verdicts.map(({ row, findings }, index) => ({
    row,
    told: findings.slice(own[index]?.findings.length),
  }));
  return { ...plan, news };
}

function add(sum: { -readonly [K in keyof ListChanges]: number }, more: ListChanges): void {
  sum.added += more.added;
  sum.changed += more.changed;
  sum.dropped += more.dropped;
  sum.unchanged += more.unchanged;
}

const without = (
  report: RowReport,
  status: TakeInOutcome['status'],
  remarks: readonly SubmissionRemark[],
): TakeInOutcome => ({
  status,
  remarks,
  report: report.counts(),
  changes: { added: 0, changed: 0, dropped: 0, unchanged: 0 },
  claimsAdded: 0,
  claimsEnded: 0,
});
