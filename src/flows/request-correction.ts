import type { Caller } from '../domain/access/caller.ts';
import {
  decideAsk,
  decideCorrectionAnswer,
  decideReviewRead,
  mayAskOf,
  type ReviewRight,
} from '../domain/access/decide-review.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { Claim } from '../domain/claims/claim.ts';
import { mayBecome, type CorrectionState } from '../domain/review/settlement.ts';
import { dueFrom } from './due-day.ts';
import { checkPageSize } from './find-reviews.ts';
import type { Ids, Jurisdictions, Page, SubmissionStore } from './ports.ts';
import type { CorrectionRequest, SettleTransaction } from './ports-review.ts';
import { checkReason, refusedFor, stale, wrongState } from './review-refusals.ts';
import { isColumn } from './settle-review.ts';
import { showCorrection, type CorrectionView, type ReviewPorts } from './show-review.ts';

/** What it takes to ask for corrections and to answer. */
export interface CorrectionPorts extends ReviewPorts {
  readonly ids: Ids;
  readonly submissions: SubmissionStore;
}

/** A row that is doubted. */
export interface CorrectionWish {
  readonly submission: string;
  readonly row: number;
  /** The column that is doubted, by its name in the graph. */
  readonly about: string;
  readonly reason: string;
}

/** Which requests: those asked of the caller's agency, those it asked, or all of the jurisdiction. */
export type CorrectionSide = 'ASKED_OF_US' | 'ASKED_BY_US' | 'ALL';

/** What an owner answers. */
export interface CorrectionAnswer {
  readonly state: Exclude<CorrectionState, 'OPEN'>;
  /** Needed unless the request is only taken up. */
  readonly answer: string | null;
}

/**
 * Asks the owner of a row to check and correct it (校核申请, 政务数据共享条例 art. 26). The row must stand, of a person of whom the
 * caller may know, on a list that it sees.
 *
 * @returns `FORBIDDEN`; `NOT_FOUND` where there is no such row for the caller; `BAD_USER_INPUT` where the list has no such column
 */
export async function requestCorrection(
  { submission, row, about, reason }: CorrectionWish,
  caller: Caller | null,
  ports: CorrectionPorts,
): Promise<Answer<CorrectionView>> {
  const right = decideAsk(caller, ownJurisdiction(caller, ports));
  if (!right.ok) return right;
  const because = checkReason(reason);
  if (!because.ok) return because;
  const found = await claimOfRow(submission, row, right.value, ports);
  if (!found || !mayAskOf(right.value, found.claim, found.claims)) return noSuchRow();
  const { claim } = found;
  if (!isColumn(claim.list, about)) return refusedFor('ROW_UNKNOWN');

  const askedAt = ports.clock.now();
  const request: CorrectionRequest = {
    id: ports.ids.next(),
    jurisdiction: right.value.jurisdiction.id,
    task: null,
    askedBy: { agency: right.value.caller.agency, operator: right.value.caller.operator ?? null },
    askedAt,
    dueOn: dueFrom(askedAt, ports.workingDays),
    agency: claim.agency,
    list: claim.list,
    submission: claim.submission,
    row: claim.row,
    subjectKey: claim.subjectKey,
    about,
    reason: because.value,
    state: 'OPEN',
    version: 1,
    answer: null,
    answeredBy: null,
    answeredAt: null,
  };
  await ports.corrections.add(request);
  return granted(showCorrection(request, ports));
}

/** Pages through requests, the newest first; those of all agencies only for whoever sees all tasks (`FORBIDDEN`). */
export async function corrections(
  which: CorrectionSide,
  state: readonly CorrectionState[] | null,
  first: number,
  after: string | null,
  caller: Caller | null,
  ports: CorrectionPorts,
): Promise<Answer<Page<CorrectionView>>> {
  const right = decideReviewRead(caller, ownJurisdiction(caller, ports));
  if (!right.ok) return right;
  if (which === 'ALL' && right.value.sees !== 'ALL') {
    return refused('FORBIDDEN', '未获准查看全部校核申请', 'Seeing the requests of all agencies is not granted');
  }
  const size = checkPageSize(first);
  if (!size.ok) return size;

  const { agency } = right.value.caller;
  const side = which === 'ASKED_OF_US' ? { of: agency } : which === 'ASKED_BY_US' ? { by: agency } : {};
  const filter = { ...side, ...(state && { state }) };
  const page = await ports.corrections.page(right.value.jurisdiction.id, filter, size.value, after);
  return granted({ ...page, items: page.items.map((request) => showCorrection(request, ports)) });
}

/**
 * Answers a request as the owner of the list: takes it up, says that it has been corrected, or refuses. A task that waits for this
 * answer alone is open again where the owner says that the row is right.
 *
 * @returns `FORBIDDEN` without the grant to push the list or a named operator; `NOT_FOUND` for another agency's; `STALE_VERSION`;
 *   `WRONG_STATE` where it is answered already
 */
export async function answerCorrection(
  { id, version }: { readonly id: string; readonly version: number },
  { state, answer }: CorrectionAnswer,
  caller: Caller | null,
  ports: CorrectionPorts,
): Promise<Answer<CorrectionView>> {
  const own = ownJurisdiction(caller, ports);
  const reader = decideReviewRead(caller, own);
  if (!reader.ok) return reader;
  const found = await ports.corrections.find(reader.value.jurisdiction.id, id);
  if (found?.agency !== reader.value.caller.agency) return noSuchRequest();
  const right = decideCorrectionAnswer(caller, own, found.list);
  if (!right.ok) return right;
  if (found.version !== version) return stale();
  if (!mayBecome(found.state, state)) return wrongState();
  const words = state === 'ACCEPTED' && answer === null ? granted(null) : checkReason(answer ?? '');
  if (!words.ok) return words;

  const answeredBy = right.value.operator;
  const answered = { ...found, state, answer: words.value, answeredBy, answeredAt: ports.clock.now() };
  const saved = await ports.reviews.inTransaction(reader.value.jurisdiction.id, async (tx) => {
    const kept = await tx.saveCorrection(answered);
    if (kept?.state === 'REFUSED') await reopen(kept, tx);
    return kept;
  });
  return saved ? granted(showCorrection(saved, ports)) : stale();
}

/** The task that asked waits no longer, unless another owner has still to answer. */
async function reopen(refusal: CorrectionRequest, tx: SettleTransaction): Promise<void> {
  if (refusal.task === null) return;
  const task = await tx.hold(refusal.jurisdiction, refusal.task);
  if (task?.state !== 'ASKED' || (await tx.openCorrections(task.id)) > 0) return;
  await tx.save(
    { ...task, state: 'OPEN' },
    {
      did: 'ANSWERED',
      at: refusal.answeredAt!,
      by: { agency: refusal.agency, operator: refusal.answeredBy! },
      because: refusal.answer,
      settlement: null,
      difference: [],
    },
  );
}

/** The claim that stands by a row, with everything that stands of its person. */
async function claimOfRow(
  submission: string,
  row: number,
  right: ReviewRight,
  { submissions, persons, clock }: CorrectionPorts,
): Promise<{ readonly claim: Claim; readonly claims: readonly Claim[] } | undefined> {
  const jurisdiction = right.jurisdiction.id;
  if (!Number.isInteger(row) || row < 1) return undefined;
  const { items } = await submissions.rows(jurisdiction, submission, null, 1, String(row - 1));
  const subject = items[0]?.row === row ? items[0].subjectKey : null;
  if (subject === null) return undefined;
  const now = clock.now();
  const named = (await persons.findBySubjects(jurisdiction, [subject], now)).get(subject);
  // What is said under some names may have been settled to be another's.
  const others = named?.splits?.map(({ toKey }) => toKey) ?? [];
  const found = others.length > 0 ? await persons.findBySubjects(jurisdiction, others, now) : new Map<string, never>();
  for (const facts of [named, ...found.values()]) {
    const claim = facts?.claims.find((one) => one.submission === submission.toLowerCase() && one.row === row);
    if (facts && claim) return { claim, claims: facts.claims };
  }
  return undefined;
}

const ownJurisdiction = (caller: Caller | null, { jurisdictions }: { readonly jurisdictions: Jurisdictions }) =>
  caller ? jurisdictions.find(caller.jurisdiction) : undefined;

const noSuchRow = () => refused('NOT_FOUND', '未找到该行，或其内容已不再有效', 'There is no such row that stands');

const noSuchRequest = () => refused('NOT_FOUND', '未找到该校核申请', 'There is no such request');
