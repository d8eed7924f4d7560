import type { IdType } from './words.ts';

/**
 * What a column holds, which decides how its cells are checked and read. A day may not lie after the day of receipt unless
 * `future` allows it; an id number with an `idType` must be of that type, without one its shape tells, or the type in the
 * column `typedBy`, which comes before it.
 */
export type ColumnKind =
  | { readonly kind: 'text'; readonly maxLength: number }
  | { readonly kind: 'id-number'; readonly idType?: IdType; readonly typedBy?: string }
  | { readonly kind: 'day'; readonly future?: 'allowed' }
  | { readonly kind: 'money' }
  | { readonly kind: 'whole-number'; readonly min: number; readonly max: number }
  | { readonly kind: 'yes-no' }
  | { readonly kind: 'word'; readonly words: Readonly<Record<string, string>> }
  | { readonly kind: 'region-code' };

/**
 * One column of a list. `name` is the field of the GraphQL row input, `zh` the heading a clerk knows. `required` is for rows
 * that say something; a row that only removes needs what its list names in `neededToRemove`.
 */
export interface Column {
  readonly name: string;
  readonly zh: string;
  readonly holds: ColumnKind;
  readonly required: boolean;
}

/** Codes of what can be wrong, or worth a look, with a row. Stable: agencies' programs act on them. */
export type RowCode =
  | 'VALUE_MISSING'
  | 'VALUE_WRONG_KIND'
  | 'TEXT_TOO_LONG'
  | 'TEXT_HAS_CONTROL_CHARACTERS'
  | 'TEXT_HAS_INVISIBLE_CHARACTERS'
  | 'COLUMN_UNKNOWN'
  | 'ROW_UNREADABLE'
  | 'DAY_NOT_ON_CALENDAR'
  | 'DAY_IN_FUTURE'
  | 'DAY_BEFORE_BIRTH'
  | 'DAYS_OUT_OF_ORDER'
  | 'MONEY_NOT_DECIMAL'
  | 'NUMBER_OUT_OF_RANGE'
  | 'WORD_UNKNOWN'
  | 'CATEGORY_WORD_UNKNOWN'
  | 'CATEGORY_WORD_IS_UMBRELLA'
  | 'REGION_CODE_MALFORMED'
  | 'ID_NUMBER_NOT_TEXT'
  | 'ID_NUMBER_MALFORMED'
  | 'ID_NUMBER_CHECK_DIGIT'
  | 'ID_NUMBER_BIRTH_DATE'
  | 'ID_TYPE_DISAGREES'
  | 'CERTIFICATE_DISAGREES'
  | 'BIRTH_DATE_DIFFERS'
  | 'HOUSEHOLD_TYPE_DISAGREES'
  | 'ROW_CONTRADICTS_ROW'
  | 'OTHER_ID_IS_THE_SAME'
  | 'NAME_DIFFERS'
  | 'NUMBER_NOT_THEIR_OWN'
  | 'SAME_NAME_OTHER_NUMBER'
  | 'NOTHING_TO_REMOVE'
  | 'NOTHING_TO_CORRECT';

/** One thing found about a row. `column` is null where the row as a whole is meant. Never repeats what the row says. */
export interface RowFinding {
  readonly code: RowCode;
  readonly column: string | null;
  readonly severity: 'REJECT' | 'FLAG';
  readonly zh: string;
  readonly en: string;
}

/** What became of a row: taken in, already known, taken in but worth a look, or not taken in. */
export type RowOutcome = 'ACCEPTED' | 'UNCHANGED' | 'FLAGGED' | 'REJECTED';

/** The verdict on one row. `row` counts from 1 in the order sent. */
export interface RowVerdict {
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly findings: readonly RowFinding[];
}

/** A row as it was sent: cells by column name, nothing read yet. */
export type RawRow = Readonly<Record<string, unknown>>;

/** How many rows had each outcome; the four always sum to `sent`. */
export interface RowCounts {
  readonly sent: number;
  readonly accepted: number;
  readonly unchanged: number;
  readonly flagged: number;
  readonly rejected: number;
}

/** `DELTA` adds to what is known; `SNAPSHOT` is the whole list, and what it leaves out no longer holds. */
export type ListMode = 'DELTA' | 'SNAPSHOT';

/** Counts verdicts by outcome. */
export function countRows(verdicts: readonly RowVerdict[]): RowCounts {
  const by = (outcome: RowOutcome): number => verdicts.filter((verdict) => verdict.outcome === outcome).length;
  return {
    sent: verdicts.length,
    accepted: by('ACCEPTED'),
    unchanged: by('UNCHANGED'),
    flagged: by('FLAGGED'),
    rejected: by('REJECTED'),
  };
}
