import type { ClaimSource } from '../claims/claim.ts';
import type { PlainDate } from '../time/plain-date.ts';

/** A value of a person's record with the claims that say so, and the values that other claims give instead. */
export interface Sourced<T> {
  readonly value: T;
  /** Empty where the value is read from the id number itself. */
  readonly sources: readonly ClaimSource[];
  readonly others: readonly { readonly value: T; readonly sources: readonly ClaimSource[] }[];
}

/** What is known of a person's death. */
export interface DeathStatus {
  /** `CONFLICTING`: enough sources report a death, but not enough of them the same day. */
  readonly status: 'NOT_REPORTED' | 'REPORTED' | 'CONFLICTING' | 'CONFIRMED';
  /** The day of death once confirmed, else null. */
  readonly diedOn: PlainDate | null;
  readonly reports: readonly { readonly diedOn: PlainDate; readonly source: ClaimSource }[];
}

/** One record of one person, each value with its sources. A projection of claims: nothing here is stored. */
export interface PersonRecord {
  readonly name: Sourced<string> | null;
  readonly birthDate: Sourced<PlainDate> | null;
  /** Read from the id number (17th digit), never from a list. */
  readonly sex: 'MALE' | 'FEMALE' | null;
  readonly death: DeathStatus;
  readonly householdNumber: Sourced<string> | null;
}
