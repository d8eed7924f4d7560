import type { Fen } from '../intake/fen.ts';
import type { Category, FundSource } from '../intake/words.ts';
import { addDays, type PlainDate } from '../time/plain-date.ts';
import type { DecisionCodes, StepCodes } from './decision-codes.ts';
import type { BenefitPeriod, Refund } from './decision.ts';

/** What a decision comes to for the person and for the funds: what two packs are compared by. */
export interface DecidedTerms {
  readonly category: Category | null;
  readonly fundedBy: FundSource | null;
  readonly subsidy: Fen;
  readonly payable: Fen;
  readonly refund: Pick<Refund, 'decision' | 'amount'> | null;
  readonly periods: readonly Pick<BenefitPeriod, 'from' | 'to'>[];
  /** Codes of the matters left to a person. */
  readonly review: readonly string[];
}

/**
 * How a person fares: whoever bears less of the premium gains and whoever bears more loses; where that is equal, whoever is
 * covered for more days gains and for fewer loses. `SAME`: neither, even if a matter is now left to a person.
 */
export type Effect = 'GAINS' | 'LOSES' | 'SAME';

/** A person whom the packs do not decide alike. */
export interface DecisionDifference {
  readonly effect: Effect;
  readonly newlyInReview: boolean;
  readonly before: DecidedTerms;
  readonly after: DecidedTerms;
  /** Rules that only one of the packs applied, or that they applied with another outcome. */
  readonly rules: readonly string[];
}

/** Compares what two packs decide of one person; `undefined` where it comes to the same, whatever rules are cited for it. */
export function compareDecisions(before: DecisionCodes, after: DecisionCodes): DecisionDifference | undefined {
  if (isSame(before, after)) return undefined;
  return {
    effect: effectOf(before, after),
    newlyInReview: before.outcome === 'DECIDED' && after.outcome === 'REVIEW',
    before: termsOf(before),
    after: termsOf(after),
    rules: rulesBetween(before.steps, after.steps),
  };
}

function isSame(a: DecisionCodes, b: DecisionCodes): boolean {
  return (
    a.category === b.category &&
    a.fundedBy === b.fundedBy &&
    a.subsidy === b.subsidy &&
    a.payable === b.payable &&
    a.refund?.decision === b.refund?.decision &&
    a.refund?.amount === b.refund?.amount &&
    alike(a.periods, b.periods, (one, other) => one.from === other.from && one.to === other.to) &&
    alike(a.review, b.review, (one, other) => one.code === other.code)
  );
}

function alike<T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return a.length === b.length && a.every((one, index) => same(one, b[index]!));
}

function effectOf(before: DecisionCodes, after: DecisionCodes): Effect {
  const saved = borne(before) - borne(after) || coveredDays(after) - coveredDays(before);
  return saved > 0 ? 'GAINS' : saved < 0 ? 'LOSES' : 'SAME';
}

// A refund that follows from a change of tier is in the lower amount payable already.
const borne = ({ payable, refund }: DecisionCodes): Fen =>
  refund?.decision === 'ALLOWED' && refund.cause !== null ? payable - refund.amount : payable;

/** Days of cover, each period with its first and last day. */
export const coveredDays = ({ periods }: Pick<DecidedTerms, 'periods'>): number =>
  periods.reduce((days, { from, to }) => days + daysBetween(from, addDays(to, 1)), 0);

const daysBetween = (from: PlainDate, to: PlainDate): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** What a decision comes to. */
export const termsOf = (codes: DecisionCodes): DecidedTerms => ({
  category: codes.category,
  fundedBy: codes.fundedBy,
  subsidy: codes.subsidy,
  payable: codes.payable,
  refund: codes.refund && { decision: codes.refund.decision, amount: codes.refund.amount },
  periods: codes.periods.map(({ from, to }) => ({ from, to })),
  review: codes.review.map(({ code }) => code),
});

/** Rules that only one of two decisions applied, or that they applied with another outcome. */
export function rulesBetween(before: readonly StepCodes[], after: readonly StepCodes[]): string[] {
  const known = new Set(before.map(stepText));
  const kept = new Set(after.map(stepText));
  const changed = [
    ...after.filter((step) => !known.has(stepText(step))),
    ...before.filter((step) => !kept.has(stepText(step))),
  ];
  return [...new Set(changed.map(({ rule }) => rule))];
}

const stepText = ({ rule, code, values }: StepCodes): string => JSON.stringify([rule, code, values]);
