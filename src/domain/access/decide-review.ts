import type { Claim } from '../claims/claim.ts';
import type { ListName } from '../intake/words.ts';
import { ACCESS_RULES, decideByRule, type Granted } from './access-rules.ts';
import type { Caller, Jurisdiction } from './caller.ts';
import { readRightOf, type ReadRight } from './decide-read.ts';
import { granted, refused, type Answer } from './refusal.ts';
import { mayKnowOf } from './withhold-fields.ts';

/** What a caller may do about tasks of its jurisdiction. */
export interface ReviewRight {
  readonly caller: Caller;
  readonly jurisdiction: Jurisdiction;
  /** All tasks, or only those about persons of whom its agency has said something that stands. */
  readonly sees: 'ALL' | 'OWN';
  /** Lists whose rows it sees on a task, besides its own. */
  readonly lists: 'ALL' | ReadonlySet<ListName>;
  /** May see names and numbers unmasked. */
  readonly reveal: boolean;
  /** May see what a settlement changes of decisions. */
  readonly benefit: boolean;
}

/**
 * May the caller see tasks? Denied unless the jurisdiction grants the agency reviews AND the token carries `review:read`.
 *
 * @param own the caller's jurisdiction as it stands now; `undefined` where the hub does not serve it
 */
export function decideReviewRead(caller: Caller | null, own: Jurisdiction | undefined): Answer<ReviewRight> {
  const letIn = decideByRule('READ_REVIEWS', caller, own);
  return letIn.ok ? granted(reviewRightOf(letIn.value)) : letIn;
}

function reviewRightOf(letIn: Granted): ReviewRight {
  const { caller, jurisdiction, grant } = letIn;
  const { lists, reveal } = readRightOf(letIn);
  const sees = grant.reviews?.sees ?? 'OWN';
  return { caller, jurisdiction, sees, lists, reveal, benefit: decideByRule('READ_BENEFIT', caller, jurisdiction).ok };
}

/** The right to settle, with the operator in whose name it is done. */
export type SettleRight = ReviewRight & { readonly operator: string };

/** May the caller settle tasks that it sees? Needs the grant and the scope `review:settle`; and {@link decideNamed}. */
export function decideSettle(caller: Caller | null, own: Jurisdiction | undefined): Answer<ReviewRight> {
  const letIn = decideByRule('SETTLE_REVIEWS', caller, own);
  return letIn.ok ? granted(reviewRightOf(letIn.value)) : letIn;
}

/** May the caller see the row of a claim on a task? What its own agency said it has seen already. */
export function seesRow(right: ReviewRight, { agency, list }: Pick<Claim, 'agency' | 'list'>): boolean {
  return agency === right.caller.agency || right.lists === 'ALL' || right.lists.has(list);
}

/**
 * May the caller ask for a row to be corrected? Needs reading of persons besides (scope `person:read`), and the row's person must
 * be one of whom it may know, its list one that it sees.
 *
 * @param claims everything that stands of the row's person
 */
export function decideAsk(caller: Caller | null, own: Jurisdiction | undefined): Answer<ReviewRight & AskRight> {
  const letIn = decideByRule('ASK_CORRECTION', caller, own);
  return letIn.ok ? granted({ ...reviewRightOf(letIn.value), reads: readRightOf(letIn.value) }) : letIn;
}

/** What an asker may know of persons. */
interface AskRight {
  readonly reads: ReadRight;
}

/** May the asker know of this row? */
export function mayAskOf(right: ReviewRight & AskRight, claim: Claim, claims: readonly Claim[]): boolean {
  return seesRow(right, claim) && mayKnowOf(right.reads, claims);
}

/** May the caller answer requests about rows of this list? Needs the grant to push it, and a named operator. */
export function decideCorrectionAnswer(
  caller: Caller | null,
  own: Jurisdiction | undefined,
  list: ListName,
): Answer<SettleRight> {
  const letIn = decideByRule('ANSWER_CORRECTION', caller, own);
  if (!letIn.ok) return letIn;
  if (!letIn.value.grant.pushes[list]) return refused('FORBIDDEN', ...ACCESS_RULES.ANSWER_CORRECTION.refusal);
  return decideNamed(reviewRightOf(letIn.value));
}

/** Does the token name a staff member? What is done about people is done by somebody. */
export function decideNamed(right: ReviewRight): Answer<SettleRight> {
  const { operator } = right.caller;
  if (operator !== undefined) return granted({ ...right, operator });
  return refused(
    'FORBIDDEN',
    '办理须指明经办人：申请令牌时请带 operator 参数',
    'This needs a named person: ask for the token with the parameter operator',
  );
}
