import { Arg, Ctx, Directive, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { RowOutcome, RowVerdict } from '../domain/intake/list-definition.ts';
import type { WorkProgress } from '../domain/intake/submission.ts';
import type { AgencySignature } from '../domain/intake/submission-signature.ts';
import type { Page, StoredSubmission } from '../flows/ports.ts';
import type { HubContext } from './context.ts';
import { connectionOf, pageSize } from './paging.ts';
import { unwrap } from './refusal-error.ts';
import { RowOutcomeWord } from './states.ts';
import type { RejectedRowsType, WorkProgressType } from './submission-work.type.ts';
import { RowVerdictConnection } from './row-verdict.type.ts';
import type { SubmissionSignatureType } from './submission-signature.type.ts';
import { SubmissionType } from './submission.type.ts';

/** As many rows as one push may carry. */
const MOST_ROWS = 5000;

/** Shows a stored submission. */
export function submissionView(stored: StoredSubmission): SubmissionType {
  const { id, counts, changes, digest, receivedAt } = stored;
  return {
    id,
    status: stored.status,
    jurisdiction: stored.jurisdiction,
    agency: stored.agency,
    list: stored.list,
    mode: stored.mode,
    period: stored.period,
    documentNumber: stored.documentNumber,
    repeated: false,
    format: stored.format,
    operator: stored.operator,
    counts,
    changes,
    progress: stored.progress && progressView(stored.progress, counts.sent),
    report: stored.report,
    remarks: stored.remarks,
    rejectedRows: counts.rejected === 0 ? null : rejectedRowsOf(id),
    takenInAt: stored.takenInAt,
    decidedAt: stored.decidedAt,
    releasedBy: stored.releasedBy,
    releasedAt: stored.releasedAt,
    withdrawnAt: stored.withdrawnAt,
    withdrawnBecause: stored.withdrawnBecause,
    claimsAdded: stored.claimsAdded,
    claimsEnded: stored.claimsEnded,
    receipt: { id, digest, receivedAt, counts, changes },
    signature: stored.signature && signatureView(stored.signature),
    judged: null,
  };
}

const signatureView = ({ key, ...shown }: AgencySignature): SubmissionSignatureType => ({
  ...shown,
  publicKey: JSON.stringify(key),
});

/** Shows progress, with the rate that it comes to. */
function progressView(progress: WorkProgress, rowsSent: number): WorkProgressType {
  const seconds = (progress.updatedAt.getTime() - progress.stageSince.getTime()) / 1000;
  return { ...progress, rowsSent, rate: seconds > 0 ? progress.rowsDone / seconds : null };
}

const rejectedRowsOf = (id: string): RejectedRowsType => ({
  csv: `/submissions/${id}/rejected.csv`,
  xlsx: `/submissions/${id}/rejected.xlsx`,
});

/** Resolves a reference to a submission; null where the caller may not know of it. */
export async function submissionReference(
  reference: Readonly<Record<string, unknown>>,
  context: HubContext,
): Promise<SubmissionType | null> {
  const stored = unwrap(await context.flows.findSubmission(String(reference['id']), context.caller));
  return stored && submissionView(stored);
}

/** The verdicts of a submission, in every subgraph that answers one. */
@Resolver(() => SubmissionType)
export class SubmissionResolver {
  /** The receipt under the hub's seal. */
  @FieldResolver(() => String, {
    nullable: true,
    description:
      '枢纽签章回执：The receipt signed by the hub, a compact JWS of type `receipt` over the submission, its digest, its agency’s signature and counts, and over how many entries the audit log has by now and their root (RFC 9162). Keep it: neither side can deny it, and it shows if the log is ever rewritten. Null after a dry run.',
  })
  async signedReceipt(@Root() submission: SubmissionType, @Ctx() context: HubContext): Promise<string | null> {
    if (!submission.receipt) return null;
    return unwrap(await context.flows.signReceipt(submission, context.caller));
  }

  /** Pages through the verdicts, of some outcomes only if asked. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @FieldResolver(() => RowVerdictConnection, {
    description: '行校验结论：The verdicts on its rows, in row order. Each names the row, never what it says.',
  })
  async verdicts(
    @Root() submission: SubmissionType,
    @Ctx() context: HubContext,
    @Arg('first', () => Int, { defaultValue: 100, description: 'How many at most, 1 to 5000.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor after which to go on.' }) after?: string,
    @Arg('only', () => [RowOutcomeWord], { nullable: true, description: 'Only these outcomes; all by default.' })
    only?: RowOutcome[],
  ): Promise<RowVerdictConnection> {
    const size = pageSize(first, MOST_ROWS);
    const page = submission.judged
      ? pageOfJudged(submission.judged, only ?? null, size, after ?? null)
      : unwrap(await context.flows.pageVerdicts(submission.id, only ?? null, size, after ?? null, context.caller));
    return connectionOf(page, after ?? null, rowCursor, ({ row, outcome, findings }) => ({
      row,
      outcome,
      findings,
      submission: submission.id,
    }));
  }
}

const rowCursor = (verdict: RowVerdict): string => String(verdict.row);

/** Verdicts still at hand need no second look at the store, and after a dry run there is none. */
function pageOfJudged(
  judged: readonly RowVerdict[],
  only: readonly RowOutcome[] | null,
  first: number,
  after: string | null,
): Page<RowVerdict> {
  const chosen = only ? judged.filter((verdict) => only.includes(verdict.outcome)) : judged;
  const rest = after === null ? chosen : chosen.filter((verdict) => verdict.row > Number(after));
  const items = rest.slice(0, first);
  const last = items.at(-1);
  return { items, next: last && rest.length > items.length ? rowCursor(last) : null, total: chosen.length };
}
