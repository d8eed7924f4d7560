import { sourceOf, type ClaimSource } from '../claims/claim.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import type { DecisionCodes } from './decision-codes.ts';
import type { BenefitDecision } from './decision.ts';
import { inputsInWords, outcomeInWords } from './step-words.ts';

/**
 * Says a decision in words: every step's sentence and named inputs, and for every claim the row it came from.
 *
 * @param facts what the decision was made from; a claim that it cites and that is not there is a bug
 * @param knownAt the instant of the question
 */
export function decisionInWords(codes: DecisionCodes, facts: PersonFacts, knownAt: Date): BenefitDecision {
  const claims = new Map(facts.claims.map((claim) => [claim.id, claim]));
  const sourcesOf = (ids: readonly string[]): ClaimSource[] =>
    ids.map((id) => {
      const claim = claims.get(id);
      if (!claim) throw new Error('a decision cites a claim that it was not made from');
      return sourceOf(claim);
    });
  const { outcome, pack, asOf, ...settled } = codes;
  return {
    outcome,
    pack,
    asOf,
    knownAt,
    ...settled,
    candidates: codes.candidates.map((candidate) => ({ ...candidate, claims: sourcesOf(candidate.claims) })),
    steps: codes.steps.map((step) => ({
      rule: step.rule,
      outcome: outcomeInWords(step.code, step.values),
      inputs: inputsInWords(step.values),
      claims: sourcesOf(step.claims),
    })),
  };
}
