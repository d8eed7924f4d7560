import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { isLabel } from './check-labels.ts';
import { findPushed } from './find-submissions.ts';
import type { Clock, Jurisdictions, StoredSubmission, SubmissionStore, WithdrawStore } from './ports.ts';

/** What it takes to withdraw a submission. */
export interface WithdrawSubmissionPorts {
  readonly clock: Clock;
  readonly jurisdictions: Jurisdictions;
  readonly submissions: SubmissionStore;
  readonly withdrawals: WithdrawStore;
}

/**
 * Takes one push back whole, as its agency asks: from now on nothing of it stands, and what it had ended stands again where
 * nothing later was said. What was known before stays known as of then. Refuses what the caller may not push (`FORBIDDEN`),
 * another agency's or none (`NOT_FOUND`), a reason that says nothing (`BAD_USER_INPUT`), and while the work on it goes on
 * (`SUBMISSION_IN_WORK`). Withdrawing it again changes nothing, the reason neither.
 */
export async function withdrawSubmission(
  id: string,
  reason: string,
  caller: Caller | null,
  ports: WithdrawSubmissionPorts,
): Promise<Answer<StoredSubmission>> {
  const found = await findPushed(id, caller, ports);
  if (!found.ok) return found;
  const because = reason.trim();
  if (because === '' || !isLabel(because)) {
    return refused(
      'BAD_USER_INPUT',
      '撤回原因须为 1 至 200 个可见字符',
      'The reason must be 1 to 200 printable characters',
    );
  }

  const withdrawn = await ports.withdrawals.withdraw(found.value, because, ports.clock);
  return withdrawn ? granted(withdrawn) : inWork();
}

const inWork = () =>
  refused(
    'SUBMISSION_IN_WORK',
    '该报送正在处理，请待处理完毕后再撤回',
    'The submission is being worked on; withdraw it once that is done',
  );
