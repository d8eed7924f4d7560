import type { BenefitDecision, Candidate } from './decision.ts';
import type { StepCode, StepValues } from './step-words.ts';

/** One rule applied, as codes: which, what it settled, what went in, and the ids of the claims behind it. */
export interface StepCodes {
  readonly rule: string;
  readonly code: StepCode;
  readonly values: StepValues;
  readonly claims: readonly string[];
}

/** An identity that was weighed, with the ids of its claims. */
export type CandidateCodes = Omit<Candidate, 'claims'> & { readonly claims: readonly string[] };

/**
 * A decision as codes: amounts in fen, words, rule ids, claim ids and days; no sentence, and not the instant of the question.
 * Two decisions about one person with equal codes are the same decision, word for word (`decisionInWords`). Written as JSON, equal
 * codes are equal bytes: every object has its keys in one order, every list the order in which the pack's clauses were asked.
 * Parts that many decisions have in common are one object in memory: codes are never changed in place.
 */
export interface DecisionCodes extends Omit<BenefitDecision, 'knownAt' | 'candidates' | 'steps'> {
  readonly candidates: readonly CandidateCodes[];
  readonly steps: readonly StepCodes[];
}
