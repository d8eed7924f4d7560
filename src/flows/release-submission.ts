import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { decideRelease, decideReleaseOf } from '../domain/access/decide-submission.ts';
import { findOwn, noSuchSubmission } from './find-submissions.ts';
import type { WithdrawSubmissionPorts } from './withdraw-submission.ts';
import type { StoredSubmission } from './ports.ts';

/**
 * Lets in a submission that is held, in the name of a second person of its agency: it takes its turn again and is taken in
 * without the limits that held it. Refuses whom the grant or the token does not allow it and whoever pushed it (`FORBIDDEN`),
 * another agency's or none (`NOT_FOUND`), and one that is not held (`SUBMISSION_NOT_HELD`).
 */
export async function releaseSubmission(
  id: string,
  caller: Caller | null,
  ports: WithdrawSubmissionPorts,
): Promise<Answer<StoredSubmission>> {
  const own = caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined;
  const asker = decideRelease(caller, own);
  if (!asker.ok) return asker;
  const found = await findOwn(id, asker.value, ports);
  if (!found) return noSuchSubmission();
  const releaser = decideReleaseOf(found, asker.value, own);
  if (!releaser.ok) return releaser;

  const released = await ports.withdrawals.release(found, releaser.value, ports.clock);
  return released ? granted(released) : notHeld();
}

const notHeld = () => refused('SUBMISSION_NOT_HELD', '该报送不在待放行状态', 'The submission is not held for release');
