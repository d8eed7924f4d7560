import type { Claim } from '../domain/claims/claim.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { PersonRecord } from '../domain/person/person-record.ts';

/** A person as one caller may see them. What the caller may not see is not in it. */
export interface PersonView {
  readonly id: string;
  readonly jurisdiction: string;
  readonly knownAt: Date;
  readonly record: PersonRecord;
  readonly subjects: readonly Subject[];
  /** The claims of the lists that the caller is granted, in the order in which they were told. */
  readonly claims: readonly Claim[];
  /** May the caller see id numbers unmasked? */
  readonly mayReveal: boolean;
}
