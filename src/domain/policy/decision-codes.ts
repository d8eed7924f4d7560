import type { Fen } from '../intake/fen.ts';
import type { Category, RefundCause } from '../intake/words.ts';
import type { DeathStatus } from '../person/person-record.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { BenefitDecision, Candidate } from './decision.ts';
import type { StartRow, UntieredRow } from './policy-pack.ts';
import type { StepCode } from './step-words.ts';

/** What went into a rule, as values: amounts in fen, days, words. A value that there was not is absent. */
export interface StepValues {
  readonly category?: Category;
  readonly recognisedOn?: PlainDate;
  readonly listReceivedOn?: PlainDate;
  readonly identities?: string;
  readonly because?: UntieredRow['because'];
  readonly subsidy?: Fen;
  readonly payable?: Fen;
  readonly price?: NonNullable<StartRow['price']>;
  readonly payerGroup?: string;
  readonly paidOn?: PlainDate;
  readonly creditedOn?: PlainDate;
  readonly registeredOn?: PlainDate;
  readonly bornOn?: PlainDate;
  readonly wait?: string;
  readonly paidSchoolYearUntil?: PlainDate;
  readonly status?: DeathStatus['status'];
  readonly diedOn?: PlainDate;
  readonly cause?: RefundCause;
  readonly appliedOn?: PlainDate;
  readonly benefitStarts?: PlainDate;
  readonly paid?: Fen;
  readonly amount?: Fen;
  /** A plan year of which something is told. */
  readonly year?: number;
  /** The plan years between which a payment is moved. */
  readonly from?: number;
  readonly to?: number;
  /** The day that the sentence names; no input of the rule. */
  readonly day?: PlainDate;
}

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
