import type { Caller } from '../domain/access/caller.ts';
import { decideSubmissionRead } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { findOwn, noSuchSubmission, type FindSubmissionsPorts } from './find-submissions.ts';
import type { AuditProofs, LogProof, ProofQuestion, ReceiptSeal } from './ports-audit.ts';
import type { Clock } from './ports.ts';

/** What it takes to show what the log is. */
export interface ProveLogPorts extends FindSubmissionsPorts {
  readonly auditProofs: AuditProofs;
  readonly receipts: ReceiptSeal;
  readonly clock: Clock;
}

/** A proof, with its head signed: where it does not fit what the hub signed before, the two show it. */
export type SignedProof = LogProof & { readonly checkpoint: string };

/**
 * Shows an agency that pushes what the log of its jurisdiction is: that it is still the one of which the agency holds a receipt, and
 * that the receiving of one of its own submissions is in it. Of other entries nothing is told but hashes.
 */
export async function proveLog(
  question: ProofQuestion,
  caller: Caller | null,
  ports: ProveLogPorts,
): Promise<Answer<SignedProof>> {
  const reader = decideSubmissionRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!reader.ok) return reader;
  const { submission, from, until } = question;
  if (![from, until].every((size) => size === null || (Number.isSafeInteger(size) && size > 0))) return noSuchSize();
  const own = submission === null ? null : await findOwn(submission, reader.value, ports);
  if (submission !== null && !own) return noSuchSubmission();
  const proof = await ports.auditProofs.prove(reader.value.jurisdiction, { ...question, submission: own?.id ?? null });
  if (!proof) return noSuchSize();
  const at = ports.clock.now().toISOString();
  return granted({ ...proof, checkpoint: await ports.receipts.sealCheckpoint({ ...proof.head, at }) });
}

const noSuchSize = () =>
  refused('BAD_USER_INPUT', '审计日志没有这样的长度', 'The audit log is not, or was never, so long');
