import type { Claim } from '../claims/claim.ts';
import type { Subject } from '../identity/subject.ts';

/** All that the hub knew of one person at an instant: the documents that name them and every claim that stood. */
export interface PersonFacts {
  readonly id: string;
  readonly subjects: readonly Subject[];
  /** Claims in the order in which they were told. */
  readonly claims: readonly Claim[];
}
