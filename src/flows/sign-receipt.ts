import type { Caller } from '../domain/access/caller.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { findOwn, noSuchSubmission, type FindSubmissionsPorts } from './find-submissions.ts';
import type { AuditLog, ReceiptSeal } from './ports-audit.ts';
import type { StoredSubmission } from './ports.ts';

/** What it takes to sign receipts. */
export interface SignReceiptPorts extends FindSubmissionsPorts {
  readonly audit: AuditLog;
  readonly receipts: ReceiptSeal;
}

/**
 * Signs the receipt of one of the agency's own submissions as it stands now, with what the audit log has come to: whoever keeps it can
 * show that the hub received this content, under this signature of the agency where it came under one, and that the log was so then.
 * Whoever was shown the submission may have its receipt.
 */
export async function signReceipt(
  { id, jurisdiction, agency }: Pick<StoredSubmission, 'id' | 'jurisdiction' | 'agency'>,
  caller: Caller | null,
  ports: SignReceiptPorts,
): Promise<Answer<string>> {
  if (!caller) return refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');
  if (caller.jurisdiction !== jurisdiction || caller.agency !== agency) return noSuchSubmission();
  const submission = await findOwn(id, caller, ports);
  if (!submission) return noSuchSubmission();
  const { list, mode, period, digest, receivedAt, counts, status, operator, signature } = submission;
  const { size, root } = await ports.audit.head(jurisdiction);
  const log = { name: jurisdiction, size, root };
  const members = {
    submission: id,
    jurisdiction,
    agency,
    operator,
    list,
    mode,
    period,
    digest,
    // With the key, so that the receipt by itself shows what the agency signed.
    ...(signature && { signature: { jws: signature.jws, key: signature.key } }),
    receivedAt,
    status,
    counts,
    log,
  };
  return granted(await ports.receipts.sealReceipt(members));
}
