import type { Caller } from '../domain/access/caller.ts';
import type { ClaimPlan, SubjectRow } from '../domain/claims/plan-claims.ts';
import { countRows, type RowVerdict } from '../domain/intake/list-definition.ts';
import { reportOf } from '../domain/intake/row-report.ts';
import { NOT_BEGUN, type SubmissionRemark, type SubmissionStatus } from '../domain/intake/submission.ts';
import type { ListPush, PushResult } from './flows.ts';
import type { StoredSubmission } from './ports.ts';

/** What every submission of a push has in common, whatever became of it: as one that waits for its turn. */
export const queuedSubmission = (
  push: ListPush,
  caller: Caller,
  content: Pick<StoredSubmission, 'digest' | 'signature'>,
  received: { readonly id: string; readonly receivedAt: Date },
): StoredSubmission => ({
  ...NOT_BEGUN,
  ...received,
  ...content,
  jurisdiction: caller.jurisdiction,
  agency: caller.agency,
  list: push.list,
  mode: push.mode,
  period: push.period,
  documentNumber: push.documentNumber,
  idempotencyKey: push.idempotencyKey,
  counts: { sent: push.rows.length, accepted: 0, unchanged: 0, flagged: 0, rejected: 0 },
  dryRun: false,
  format: 'GRAPHQL',
  fileColumns: null,
  operator: caller.operator ?? null,
});

/** What rows come to when each is judged by itself, and nothing is taken in. */
export const judgedAlone = (rows: readonly SubjectRow[]): ClaimPlan => ({
  verdicts: rows.map(({ row, rejected, findings }): RowVerdict => {
    const outcome = rejected ? 'REJECTED' : findings.length > 0 ? 'FLAGGED' : 'ACCEPTED';
    return { row, outcome, findings };
  }),
  ...{ add: [], end: [], stood: 0, changes: { added: 0, changed: 0, dropped: 0, unchanged: 0 } },
});

/** A push that was judged: taken in, held or refused. */
export const judgedSubmission = (
  queued: StoredSubmission,
  plan: ClaimPlan,
  status: Extract<SubmissionStatus, 'RECEIVED' | 'NEEDS_RELEASE' | 'REFUSED'>,
  remarks: readonly SubmissionRemark[],
): StoredSubmission => {
  const isTakenIn = status === 'RECEIVED';
  return {
    ...queued,
    status,
    remarks,
    counts: countRows(plan.verdicts),
    claimsAdded: isTakenIn ? plan.add.length : 0,
    claimsEnded: isTakenIn ? plan.end.length : 0,
    changes: plan.changes,
    report: reportOf(plan.verdicts),
    takenInAt: isTakenIn ? queued.receivedAt : null,
  };
};

/** The answer to a push that was kept; `plan` is `null` while it is not judged. */
export const kept = (submission: StoredSubmission, plan: ClaimPlan | null): PushResult => ({
  ...receiptOf(submission),
  repeated: false,
  verdicts: plan?.verdicts ?? [],
});

/** The answer to a push that was received before. */
export const repeated = (submission: StoredSubmission): PushResult => ({
  ...receiptOf(submission),
  repeated: true,
  verdicts: null,
});

/** The answer to a dry run. */
export const tried = ({ verdicts, add, end, changes }: ClaimPlan): PushResult => ({
  submission: null,
  repeated: false,
  counts: countRows(verdicts),
  changes,
  report: reportOf(verdicts),
  verdicts,
  claimsAdded: add.length,
  claimsEnded: end.length,
});

const receiptOf = (submission: StoredSubmission) => ({
  submission,
  counts: submission.counts,
  changes: submission.changes,
  report: submission.report,
  claimsAdded: submission.claimsAdded,
  claimsEnded: submission.claimsEnded,
});
