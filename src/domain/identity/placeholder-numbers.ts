import { birthDateOf } from '../intake/id-number.ts';

/**
 * Numbers that pass every check and yet are nobody's: samples of the standard and of lessons on its check digit, which find their
 * way into lists by way of test data and forms filled in for the sake of it. Whoever is on this list is held apart for good, so a
 * sample that may be somebody's is better named by the jurisdiction that meets it.
 */
const PUBLISHED_SAMPLES: ReadonlySet<string> = new Set([
  // GB 11643, of somebody born in 1880.
  '440524188001010014',
  // The worked examples that most lessons and programs copy from each other.
  '53010219200508011X',
  '34052419800101001X',
  '130503196704010016',
]);

/** The day that systems write where they know none, as numbers carry it; nobody born on it is alive. */
const FILLER_BIRTH = '19000101';
/** Where in a number its day of birth begins. */
const BIRTH_AT = 6;

/** Nothing but zeros, after the letters that some documents begin with. */
const ALL_ZEROS = /^[A-Z]{0,3}0{6,}X?$/;

/**
 * Is a normalised number a placeholder: all zeros in any shape, a published sample, a filler's birthday, or one that the jurisdiction
 * has met and named? Such a number says nothing of who is meant.
 *
 * @param named numbers that the jurisdiction names, normalised
 */
export function isPlaceholderNumber(idNumber: string, named: ReadonlySet<string> = NONE): boolean {
  return (
    PUBLISHED_SAMPLES.has(idNumber) ||
    named.has(idNumber) ||
    ALL_ZEROS.test(idNumber) ||
    (idNumber.startsWith(FILLER_BIRTH, BIRTH_AT) && birthDateOf(idNumber) !== undefined)
  );
}

const NONE: ReadonlySet<string> = new Set();
