import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { findPushed } from './find-submissions.ts';
import type { Jurisdictions, StoredSubmission, SubmissionStore } from './ports.ts';
import type { FailedWork } from './ports-work.ts';

/** What it takes to drive a submission again. */
export interface RedriveSubmissionPorts {
  readonly submissions: SubmissionStore;
  readonly jurisdictions: Jurisdictions;
  readonly failedWork: FailedWork;
}

/**
 * Drives a submission again on which the work broke off. Its agency alone may, with the right to push the list; another agency's
 * is as absent.
 *
 * @returns the submission, `QUEUED`; `SUBMISSION_NOT_FAILED` where the work on it did not break off
 */
export async function redriveSubmission(
  id: string,
  caller: Caller | null,
  ports: RedriveSubmissionPorts,
): Promise<Answer<StoredSubmission>> {
  const found = await findPushed(id, caller, ports);
  if (!found.ok) return found;

  const again = await ports.failedWork.takeUpAgain(found.value.jurisdiction, found.value.id);
  if (!again)
    return refused('SUBMISSION_NOT_FAILED', '该报送的处理未中断', 'The work on this submission did not break off');
  return granted(again);
}
