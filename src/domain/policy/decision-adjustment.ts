import type { Fen } from '../intake/fen.ts';
import { coveredDays, type DecidedTerms } from './compare-decisions.ts';

/** What a decision comes to, as the hub keeps it for everybody: what a change is told by. */
export interface KeptTerms extends DecidedTerms {
  readonly outcome: 'DECIDED' | 'REVIEW';
  readonly paid: Fen;
}

/** What a change of a decision comes to, each with its sign: after less before. Amounts in fen. */
export interface DecisionAdjustment {
  /** What a fund bears more, or less. */
  readonly subsidy: Fen;
  /** What is left to the person more, or less. */
  readonly payable: Fen;
  /** What has been paid more, or less. */
  readonly paid: Fen;
  /** What is given back more, or less: only what is `ALLOWED`. */
  readonly refund: Fen;
  /** Days of cover more, or less. */
  readonly coveredDays: number;
}

/** Tells what a change comes to; a decision that is not there counts for nothing. */
export function adjustmentOf(before: KeptTerms | null, after: KeptTerms | null): DecisionAdjustment {
  const [from, to] = [sumsOf(before), sumsOf(after)];
  return {
    subsidy: to.subsidy - from.subsidy,
    payable: to.payable - from.payable,
    paid: to.paid - from.paid,
    refund: to.refund - from.refund,
    coveredDays: to.coveredDays - from.coveredDays,
  };
}

const NOTHING: DecisionAdjustment = { subsidy: 0, payable: 0, paid: 0, refund: 0, coveredDays: 0 };

const sumsOf = (terms: KeptTerms | null): DecisionAdjustment =>
  terms === null
    ? NOTHING
    : {
        subsidy: terms.subsidy,
        payable: terms.payable,
        paid: terms.paid,
        refund: terms.refund?.decision === 'ALLOWED' ? terms.refund.amount : 0,
        coveredDays: coveredDays(terms),
      };
