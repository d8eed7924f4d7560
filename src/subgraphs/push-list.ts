import type { ListName } from '../domain/intake/words.ts';
import type { ListPush, PushResult } from '../flows/flows.ts';
import type { HubContext } from './context.ts';
import type { PushInput } from './push-input.ts';
import { unwrap } from './refusal-error.ts';
import { submissionView } from './submission.resolver.ts';
import type { SubmissionType } from './submission.type.ts';

/** Hands a push to the flow and shows what became of it. */
export async function pushList(
  list: ListName,
  input: PushInput & { readonly rows: readonly object[] },
  context: HubContext,
): Promise<SubmissionType> {
  const push: ListPush = {
    list,
    idempotencyKey: input.idempotencyKey,
    mode: input.mode,
    period: input.period ?? null,
    documentNumber: input.documentNumber ?? null,
    jurisdiction: input.jurisdiction ?? null,
    dryRun: input.dryRun,
    rows: input.rows.map((row) => ({ ...row })),
    signature: input.signature ?? null,
  };
  const result = unwrap(await context.flows.receiveList(push, context.caller));
  if (!result.submission) return dryRunView(push, result, context);
  return { ...submissionView(result.submission), repeated: result.repeated, judged: result.verdicts };
}

/** Shows a push that was only judged: like a submission, but with nothing kept that an id or receipt could name. */
function dryRunView(push: ListPush, result: PushResult, context: HubContext): SubmissionType {
  const caller = context.caller;
  // Every flow refuses a missing caller, so a result has one.
  if (!caller) throw new Error('a push was judged without a caller');
  return {
    id: `dry-run-${context.requestId}`,
    status: 'DRY_RUN',
    jurisdiction: caller.jurisdiction,
    agency: caller.agency,
    list: push.list,
    mode: push.mode,
    period: push.period,
    documentNumber: push.documentNumber,
    repeated: false,
    format: 'GRAPHQL',
    operator: caller.operator ?? null,
    counts: result.counts,
    changes: result.changes,
    progress: null,
    report: result.report,
    remarks: [],
    rejectedRows: null,
    takenInAt: null,
    decidedAt: null,
    releasedBy: null,
    releasedAt: null,
    withdrawnAt: null,
    withdrawnBecause: null,
    claimsAdded: result.claimsAdded,
    claimsEnded: result.claimsEnded,
    receipt: null,
    signature: null,
    judged: result.verdicts ?? [],
  };
}
