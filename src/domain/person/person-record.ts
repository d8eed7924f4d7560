import type { ClaimSource } from '../claims/claim.ts';
import type { Category } from '../intake/words.ts';
import type { PlainDate } from '../time/plain-date.ts';

/** A value of a person's record with the claims that say so, and the values that other claims give instead. */
export interface Sourced<T> {
  readonly value: T;
  /** Empty where the value is read from the id number itself, was settled though no row gives it, or stands on claims that the reader may not see. */
  readonly sources: readonly ClaimSource[];
  readonly others: readonly { readonly value: T; readonly sources: readonly ClaimSource[] }[];
}

/** What is known of a person's death. */
export interface DeathStatus {
  /**
   * `REPORTED`: by fewer of the listed sources than must agree, or by none of them. `CONFLICTING`: enough listed sources
   * report a death, but no single day is named by as many as must agree. `CONFIRMED`: exactly one day is.
   */
  readonly status: 'NOT_REPORTED' | 'REPORTED' | 'CONFLICTING' | 'CONFIRMED';
  /** The day of death once confirmed, else null. */
  readonly diedOn: PlainDate | null;
  /** Do listed sources name different days? May be true although one day is confirmed. */
  readonly conflicting: boolean;
  /** Every report, also by agencies that the rule does not list: by day, then as told. */
  readonly reports: readonly { readonly diedOn: PlainDate; readonly source: ClaimSource }[];
}

/**
 * The days of an identity that holds, with the claims that say so and the days that others give it. The value is an interval of
 * ISO 8601: `2025-03-01/2025-12-31`, with `..` for an end that is open.
 */
export interface ListedIdentity extends Sourced<string> {
  readonly category: Category;
}

/** One record of one person, each value with its sources. A projection of claims: nothing here is stored. */
export interface PersonRecord {
  readonly name: Sourced<string> | null;
  readonly birthDate: Sourced<PlainDate> | null;
  /** Read from the id number (17th digit), never from a list. */
  readonly sex: 'MALE' | 'FEMALE' | null;
  readonly death: DeathStatus;
  readonly householdNumber: Sourced<string> | null;
  /** The place, down to the village where a list names it. */
  readonly regionCode: Sourced<string> | null;
  /** Identities that hold on the day, by their code; those of disability are `disability`. */
  readonly hardship: readonly ListedIdentity[];
  readonly disability: readonly ListedIdentity[];
}
