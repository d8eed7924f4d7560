import type { KeptTerms } from '../domain/policy/decision-adjustment.ts';

/**
 * What is kept of a decision, by column: what is counted, listed and compared. How it came about is computed when asked (ADR
 * 0006), so that a decision that comes to the same for other reasons need not be written again.
 */
export interface KeptDecision {
  readonly outcome: string;
  readonly category: string | null;
  readonly funded_by: string | null;
  readonly subsidy: number;
  readonly payable: number;
  readonly paid: number;
  readonly refund: string | null;
  readonly refund_amount: number | null;
  readonly review: readonly string[];
  /** Days of cover as intervals of ISO 8601, a space between them. */
  readonly periods: string;
}

/** The columns of {@link KeptDecision} with their types. */
export const KEPT_COLUMNS = {
  outcome: 'text',
  category: 'text',
  funded_by: 'text',
  subsidy: 'integer',
  payable: 'integer',
  paid: 'integer',
  refund: 'text',
  refund_amount: 'integer',
  review: 'text[]',
  periods: 'text',
} as const satisfies Record<keyof KeptDecision, string>;

/** Reads what is kept of a decision as what it comes to. */
export const termsOfKept = (kept: KeptDecision): KeptTerms => ({
  outcome: kept.outcome as KeptTerms['outcome'],
  category: kept.category as KeptTerms['category'],
  fundedBy: kept.funded_by as KeptTerms['fundedBy'],
  subsidy: kept.subsidy,
  payable: kept.payable,
  paid: kept.paid,
  refund: kept.refund === null ? null : { decision: kept.refund as RefundDecision, amount: kept.refund_amount! },
  review: kept.review,
  periods: kept.periods === '' ? [] : kept.periods.split(' ').map(periodOf),
});

type RefundDecision = NonNullable<KeptTerms['refund']>['decision'];

function periodOf(interval: string): KeptTerms['periods'][number] {
  const [from, to] = interval.split('/');
  return { from: from!, to: to! };
}
