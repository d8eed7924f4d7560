import type { Caller } from '../domain/access/caller.ts';
import { decidePush } from '../domain/access/decide-push.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
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
  if (!caller) return refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');
  const found = await ports.submissions.find(caller.jurisdiction, id);
  if (!found || found.agency !== caller.agency) {
    return refused('NOT_FOUND', '未找到该报送记录', 'There is no such submission');
  }
  const own = ports.jurisdictions.find(caller.jurisdiction);
  const right = decidePush({ list: found.list, jurisdiction: null }, caller, own);
  if (!right.ok) return right;

  const again = await ports.failedWork.takeUpAgain(found.jurisdiction, found.id);
  if (!again)
    return refused('SUBMISSION_NOT_FAILED', '该报送的处理未中断', 'The work on this submission did not break off');
  return granted(again);
}
