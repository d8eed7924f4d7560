import type { Caller } from '../domain/access/caller.ts';
import { decidePush } from '../domain/access/decide-push.ts';
import { decideSubmissionRead } from '../domain/access/decide-read.ts';
import { decideTakeBack } from '../domain/access/decide-submission.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { RowOutcome } from '../domain/intake/list-definition.ts';
import type { SubmissionStatus } from '../domain/intake/submission.ts';
import type { ListName } from '../domain/intake/words.ts';
import type { Jurisdictions, Page, StoredRow, StoredSubmission, SubmissionStore } from './ports.ts';

/** What it takes to answer about submissions. */
export interface FindSubmissionsPorts {
  readonly submissions: SubmissionStore;
  readonly jurisdictions: Jurisdictions;
}

/** Which submissions are meant; `null` where any are. */
export interface SubmissionFilter {
  readonly list: ListName | null;
  readonly status: readonly SubmissionStatus[] | null;
}

/** How many submissions or rows one page may hold: as many rows as one push. */
const LARGEST_PAGE = 5_000;

const SUBMISSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function mayRead(caller: Caller | null, ports: FindSubmissionsPorts): Answer<Caller> {
  return decideSubmissionRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
}

function checkPage(first: number): Answer<number> {
  if (Number.isInteger(first) && first >= 1 && first <= LARGEST_PAGE) return granted(first);
  return refused('BAD_USER_INPUT', `每页条数应为 1 至 ${LARGEST_PAGE}`, `A page holds from 1 to ${LARGEST_PAGE} items`);
}

/** The submission if it is the agency's own. Another agency's is as absent: nobody learns what others pushed. */
export async function findOwn(
  id: string,
  caller: Caller,
  ports: Pick<FindSubmissionsPorts, 'submissions'>,
): Promise<StoredSubmission | null> {
  if (!SUBMISSION_ID.test(id)) return null;
  const found = await ports.submissions.find(caller.jurisdiction, id);
  return found?.agency === caller.agency ? found : null;
}

/** The refusal of one that is absent or another agency's. */
export const noSuchSubmission = () => refused('NOT_FOUND', '未找到该报送记录', 'There is no such submission');

/**
 * Finds a submission that the caller may take back or drive again: one of its agency's own, of a list that it may push. `NOT_FOUND`
 * for an absent one and for another agency's alike.
 */
export async function findPushed(
  id: string,
  caller: Caller | null,
  ports: FindSubmissionsPorts,
): Promise<Answer<StoredSubmission>> {
  const own = caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined;
  const asker = decideTakeBack(caller, own);
  if (!asker.ok) return asker;
  const found = await findOwn(id, asker.value, ports);
  if (!found) return noSuchSubmission();
  const right = decidePush({ list: found.list, jurisdiction: null }, asker.value, own);
  return right.ok ? granted(found) : right;
}

/** Finds one of the agency's own submissions; `null` for an absent one and for another agency's alike. */
export async function findSubmission(
  id: string,
  caller: Caller | null,
  ports: FindSubmissionsPorts,
): Promise<Answer<StoredSubmission | null>> {
  const reader = mayRead(caller, ports);
  return reader.ok ? granted(await findOwn(id, reader.value, ports)) : reader;
}

/**
 * Finds those of these submissions that are the agency's own, in the order asked; `null` for any other, and for all of them where
 * the agency pushes nothing: they are looked for behind what others were allowed to read.
 */
export async function findSubmissions(
  ids: readonly string[],
  caller: Caller | null,
  ports: FindSubmissionsPorts,
): Promise<Answer<readonly (StoredSubmission | null)[]>> {
  const reader = mayRead(caller, ports);
  if (!reader.ok) return reader.refusal.code === 'FORBIDDEN' ? granted(ids.map(() => null)) : reader;
  const { jurisdiction, agency } = reader.value;
  const asked = [...new Set(ids)].filter((id) => SUBMISSION_ID.test(id));
  const found = await ports.submissions.findOwn(jurisdiction, agency, asked);
  const byId = new Map(found.map((submission) => [submission.id, submission]));
  return granted(ids.map((id) => byId.get(id) ?? null));
}

/** Pages through the agency's own submissions: of one list, or in one of some states, if the filter says so. */
export async function pageSubmissions(
  filter: SubmissionFilter,
  first: number,
  after: string | null,
  caller: Caller | null,
  ports: FindSubmissionsPorts,
): Promise<Answer<Page<StoredSubmission>>> {
  const reader = mayRead(caller, ports);
  if (!reader.ok) return reader;
  const size = checkPage(first);
  if (!size.ok) return size;

  const { jurisdiction, agency } = reader.value;
  const own = {
    agency,
    ...(filter.list === null ? {} : { list: filter.list }),
    ...(filter.status === null ? {} : { status: filter.status }),
  };
  return granted(await ports.submissions.page(jurisdiction, own, size.value, after));
}

/** Pages through the verdicts on the rows of one of the agency's own submissions; `NOT_FOUND` for any other. */
export async function pageVerdicts(
  submission: string,
  only: readonly RowOutcome[] | null,
  first: number,
  after: string | null,
  caller: Caller | null,
  ports: FindSubmissionsPorts,
): Promise<Answer<Page<StoredRow>>> {
  const reader = mayRead(caller, ports);
  if (!reader.ok) return reader;
  const size = checkPage(first);
  if (!size.ok) return size;

  const own = await findOwn(submission, reader.value, ports);
  if (!own) return noSuchSubmission();
  return granted(await ports.submissions.rows(own.jurisdiction, own.id, only, size.value, after));
}
