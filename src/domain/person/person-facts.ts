import type { Claim } from '../claims/claim.ts';
import type { SettledValue, SubjectSplit } from '../identity/settled.ts';
import type { DecidedSubject, Subject } from '../identity/subject.ts';

/** All that the hub knew of one person at an instant: the documents that name them and every claim that stood. */
export interface PersonFacts {
  readonly id: string;
  readonly subjects: readonly DecidedSubject[];
  /** Claims in the order in which they were told: those of the person's subjects, what was settled to be another's left out. */
  readonly claims: readonly Claim[];
  /** What was settled to be told of one of the subjects, or of another instead of one; absent for almost everybody. */
  readonly splits?: readonly SubjectSplit[];
  /** Values that were settled to count of the subjects; absent for almost everybody. */
  readonly settledValues?: readonly SettledValue[];
}

/** Facts with the numbers of the person's documents, for whoever shows them. */
export interface NumberedFacts extends PersonFacts {
  readonly subjects: readonly Subject[];
}
