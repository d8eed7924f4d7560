import type {
  FileColumn,
  FindingCount,
  SubmissionFormat,
  SubmissionRemark,
  SubmissionStatus,
  WorkStage,
} from '../domain/intake/submission.ts';
import type { ListMode } from '../domain/intake/list-definition.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { AgencySignature } from '../domain/intake/submission-signature.ts';
import type { StoredSubmission } from '../flows/ports.ts';

/** A submission as its table has it. */
export interface SubmissionRecord {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly mode: ListMode;
  readonly period: string | null;
  readonly document_number: string | null;
  readonly idempotency_key: string;
  readonly digest: string;
  readonly received_at: Date;
  readonly rows_sent: number;
  readonly rows_accepted: number;
  readonly rows_unchanged: number;
  readonly rows_flagged: number;
  readonly rows_rejected: number;
  readonly claims_added: number;
  readonly claims_ended: number;
  readonly status: SubmissionStatus;
  readonly dry_run: boolean;
  readonly format: SubmissionFormat;
  readonly file_columns: readonly FileColumn[] | null;
  readonly operator: string | null;
  readonly matters_added: number;
  readonly matters_changed: number;
  readonly matters_dropped: number;
  readonly matters_unchanged: number;
  readonly report: readonly FindingCount[];
  readonly remarks: readonly SubmissionRemark[];
  readonly stage: WorkStage | null;
  readonly rows_done: number;
  readonly stage_since: Date | null;
  readonly updated_at: Date | null;
  readonly attempts: number;
  readonly taken_in_at: Date | null;
  readonly decided_at: Date | null;
  readonly released_by: string | null;
  readonly released_at: Date | null;
  readonly withdrawn_at: Date | null;
  readonly withdrawn_because: string | null;
  readonly signature: (Omit<AgencySignature, 'signedAt'> & { readonly signedAt: string }) | null;
}

/** Reads a record of the table. */
export const submissionOf = (record: SubmissionRecord): StoredSubmission => ({
  id: record.id,
  jurisdiction: record.jurisdiction,
  agency: record.agency,
  list: record.list,
  mode: record.mode,
  period: record.period,
  documentNumber: record.document_number,
  idempotencyKey: record.idempotency_key,
  digest: record.digest,
  receivedAt: record.received_at,
  counts: {
    sent: record.rows_sent,
    accepted: record.rows_accepted,
    unchanged: record.rows_unchanged,
    flagged: record.rows_flagged,
    rejected: record.rows_rejected,
  },
  claimsAdded: record.claims_added,
  claimsEnded: record.claims_ended,
  status: record.status,
  dryRun: record.dry_run,
  format: record.format,
  fileColumns: record.file_columns,
  operator: record.operator,
  changes: {
    added: record.matters_added,
    changed: record.matters_changed,
    dropped: record.matters_dropped,
    unchanged: record.matters_unchanged,
  },
  report: record.report,
  remarks: record.remarks,
  progress:
    record.stage === null
      ? null
      : {
          stage: record.stage,
          rowsDone: record.rows_done,
          stageSince: record.stage_since!,
          updatedAt: record.updated_at!,
        },
  attempts: record.attempts,
  takenInAt: record.taken_in_at,
  decidedAt: record.decided_at,
  releasedBy: record.released_by,
  releasedAt: record.released_at,
  withdrawnAt: record.withdrawn_at,
  withdrawnBecause: record.withdrawn_because,
  signature: record.signature && { ...record.signature, signedAt: new Date(record.signature.signedAt) },
});

const COLUMNS: readonly (keyof SubmissionRecord)[] = [
  ...(['id', 'jurisdiction', 'agency', 'list', 'mode', 'period', 'document_number', 'idempotency_key'] as const),
  ...(['digest', 'received_at', 'rows_sent', 'rows_accepted', 'rows_unchanged', 'rows_flagged'] as const),
  ...(['rows_rejected', 'claims_added', 'claims_ended', 'status', 'format', 'file_columns', 'operator'] as const),
  ...(['matters_added', 'matters_changed', 'matters_dropped', 'matters_unchanged', 'report', 'remarks'] as const),
  'taken_in_at',
  'dry_run',
  'signature',
];

/** Inserts a submission; its parameters come from {@link submissionParameters}. */
export const INSERT_SUBMISSION = `
insert into submission (${COLUMNS.join(', ')})
values (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')})`;

/** The parameters of {@link INSERT_SUBMISSION}. */
export function submissionParameters(submission: StoredSubmission): unknown[] {
  const record: Partial<Record<keyof SubmissionRecord, unknown>> = {
    id: submission.id,
    jurisdiction: submission.jurisdiction,
    agency: submission.agency,
    list: submission.list,
    mode: submission.mode,
    period: submission.period,
    document_number: submission.documentNumber,
    idempotency_key: submission.idempotencyKey,
    digest: submission.digest,
    received_at: submission.receivedAt,
    rows_sent: submission.counts.sent,
    rows_accepted: submission.counts.accepted,
    rows_unchanged: submission.counts.unchanged,
    rows_flagged: submission.counts.flagged,
    rows_rejected: submission.counts.rejected,
    claims_added: submission.claimsAdded,
    claims_ended: submission.claimsEnded,
    status: submission.status,
    format: submission.format,
    file_columns: submission.fileColumns && JSON.stringify(submission.fileColumns),
    operator: submission.operator,
    matters_added: submission.changes.added,
    matters_changed: submission.changes.changed,
    matters_dropped: submission.changes.dropped,
    matters_unchanged: submission.changes.unchanged,
    report: JSON.stringify(submission.report),
    remarks: JSON.stringify(submission.remarks),
    taken_in_at: submission.takenInAt,
    dry_run: submission.dryRun,
    signature: submission.signature && JSON.stringify(submission.signature),
  };
  return COLUMNS.map((column) => record[column]);
}
