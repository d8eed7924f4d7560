import type { IdType } from '../intake/words.ts';

/**
 * A name with its first character only, a `*` for each other one (GB/T 35273-2020 §7.2: what is shown is de-identified). Of a name of
 * one character nothing stays.
 */
export function maskName(name: string): string {
  const [first = '', ...rest] = name;
  return rest.length === 0 ? '*' : `${first}${'*'.repeat(rest.length)}`;
}

/** Kinds of documents of which no part is shown: beside a birthday the rest of a newborn's certificate would be guessed. */
const HIDDEN_WHOLE: ReadonlySet<IdType> = new Set(['BIRTH_CERTIFICATE']);

const KEPT_IN_FRONT = 3;
const KEPT_BEHIND = 4;

/** A document's number with its first 3 and last 4 characters (前3后4); of a short one, and of a birth certificate, nothing stays. */
export function maskNumber(idType: IdType, number: string): string {
  const hidden = number.length - KEPT_IN_FRONT - KEPT_BEHIND;
  if (hidden <= 0 || HIDDEN_WHOLE.has(idType)) return '*'.repeat(number.length);
  return number.slice(0, KEPT_IN_FRONT) + '*'.repeat(hidden) + number.slice(-KEPT_BEHIND);
}

/** A number as one caller may see it: everybody the masked form, some the whole. */
export interface SeenNumber {
  readonly masked: string;
  /** Absent where the caller may not see it. */
  readonly whole?: string;
}

/** A number as a caller may see it. */
export const seenNumber = (idType: IdType, number: string, mayReveal: boolean): SeenNumber => ({
  masked: maskNumber(idType, number),
  ...(mayReveal ? { whole: number } : {}),
});
