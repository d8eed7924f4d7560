import { parsePlainDate, plainDateOf, type PlainDate } from '../time/plain-date.ts';
import type { RowCode } from './list-definition.ts';
import { DISABILITY_TYPES, type DisabilityType, type IdType } from './words.ts';

/** A document that names a person, normalised: equal numbers are equal text. */
export interface IdentityDocument {
  readonly idType: IdType;
  readonly idNumber: string;
}

/** Codes of what can be wrong with an id number. */
export type IdProblem = Extract<
  RowCode,
  'ID_NUMBER_NOT_TEXT' | 'ID_NUMBER_MALFORMED' | 'ID_NUMBER_CHECK_DIGIT' | 'ID_NUMBER_BIRTH_DATE' | 'ID_TYPE_DISAGREES'
>;

/** A disability certificate's own number, and what its last digits say (national.md §8). */
export interface DisabilityCertificate {
  readonly number: string;
  readonly type: DisabilityType;
  readonly level: number;
}

/** What a number turned out to be, or everything that is wrong with it. */
export type IdNumberReading =
  | {
      readonly ok: true;
      /** The document that names the person; for a disability certificate that is the citizen number inside it. */
      readonly document: IdentityDocument;
      /** What a disability certificate says besides, else `null`. */
      readonly certificate: DisabilityCertificate | null;
    }
  | { readonly ok: false; readonly problems: readonly IdProblem[] };

const PLAIN = /^[\dA-Z]*$/;
const EIGHTEEN = /^\d{17}[\dX]$/;
const FIFTEEN = /^[1-6]\d{14}$/;
const HMT_REGION = /^8[123]0000/;
const HM_TRAVEL_PERMIT = /^[HM]\d{8}(?:\d{2})?$/;
const FOREIGN_PERMANENT_RESIDENT_OLD = /^[A-Z]{3}\d{12}$/;
const BIRTH_CERTIFICATE = /^[A-Z]\d{9}$/;
/** China's are a letter with eight digits or two with seven; other states number theirs as they like. */
const PASSPORT = /^(?=.*\d)[A-Z\d]{5,20}$/;
const DISABILITY_CERTIFICATE = /^(\d{17}[\dX])([1-7])([1-4])(?:B\d)?$/;

const [ZERO, NINE] = [48, 57];
const CHECK_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** What is written where no number is known, in the length of a citizen number, a 15-digit one or a disability certificate's. */
const ZEROS = /^(?:0{15}|0{17}[0X]|0{20,22})$/;

/** Longer than any document number with spaces between its digits; what is longer is not looked at. */
const LONGEST_INPUT = 100;

/** Nobody alive when the numbers were introduced in 1984 was born earlier. */
const EARLIEST_BIRTH: PlainDate = '1850-01-01';

/**
 * Sequence numbers that 15-digit numbers kept for people born before 1900: their century cannot be told from the number,
 * so the 18-digit number has to be asked for (national.md §10).
 */
const BEFORE_1900 = /99[6-9]$/;

/** The check digit of the first 17 digits, ISO 7064 MOD 11-2 as GB 11643-1999 prescribes it. */
export function checkDigit(first17: string): string {
  let sum = 0;
  for (let place = 0; place < 17; place += 1) sum += CHECK_WEIGHTS[place]! * (first17.charCodeAt(place) - ZERO);
  return CHECK_DIGITS[sum % 11] ?? '';
}

/**
 * The documented normalisation before any check: full-width to half-width, spaces and zero-width characters dropped,
 * a final `x` to `X`. Digits of other scripts are left as they are, and so fail the check.
 */
function normaliseIdNumber(text: string): string {
  // Nearly every number there is has nothing to be levelled.
  return PLAIN.test(text) ? text : levelledNumber(text).replaceAll('x', 'X');
}

/** A text in half width, without spaces and zero-width characters: what it has of numbers is in it as it is read. */
export function levelledNumber(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\p{Zs}\u200B-\u200D\u2060\uFEFF]/gu, '');
}

/**
 * What may follow a number and is none of another, as a regular expression: kind and level on a disability certificate, the issues of a permit of
 * Hong Kong or Macao.
 */
export function numberTail(number: string): string {
  if (number.length === 18) return String.raw`(?:[1-7][1-4](?:B\d)?)?`;
  return /^[HM]\d{8}$/.test(number) ? String.raw`(?:\d{2})?` : '';
}

/**
 * Reads a document number as it was written. Without a type its shape tells; a type that the shape contradicts is a problem.
 * A passport is read as one only where the type says so.
 * `today`, where given, is the last day on which a person can have been born. Rules: national.md §10.
 */
export function readIdNumber(raw: unknown, idType: IdType | null, today?: PlainDate): IdNumberReading {
  if (typeof raw !== 'string') return { ok: false, problems: ['ID_NUMBER_NOT_TEXT'] };
  const number = raw.length > LONGEST_INPUT ? '' : widen(normaliseIdNumber(raw));
  const shape = idType === 'PASSPORT' ? passportOf(number) : shapeOf(number);
  if (!shape) return { ok: false, problems: ['ID_NUMBER_MALFORMED'] };

  const problems: IdProblem[] = [];
  if (idType !== null && idType !== (shape.certificate ? 'DISABILITY_CERTIFICATE' : shape.idType))
    problems.push('ID_TYPE_DISAGREES');
  if (shape.checked && checkDigit(shape.checked) !== shape.checked[17]) problems.push('ID_NUMBER_CHECK_DIGIT');
  if (shape.dated && !isPlausibleBirth(shape.dated, today)) problems.push('ID_NUMBER_BIRTH_DATE');
  if (FIFTEEN.test(number)) problems.push('ID_NUMBER_BIRTH_DATE');
  if (problems.length > 0) return { ok: false, problems };

  const document = { idType: shape.idType, idNumber: shape.idNumber };
  return { ok: true, document, certificate: shape.certificate ?? null };
}

/**
 * A number of nothing but zeros as it was written, normalised; `undefined` for anything else. No document has it, but a row that
 * names it still tells of somebody.
 */
export function zerosIn(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw.length > LONGEST_INPUT) return undefined;
  const number = normaliseIdNumber(raw);
  return ZEROS.test(number) ? number : undefined;
}

/** The day of birth that a normalised number carries; `undefined` for numbers that carry none. */
export function birthDateOf(idNumber: string): PlainDate | undefined {
  if (!carriesBirth(idNumber)) return undefined;
  return plainDateOf(numberAt(idNumber, 6, 10), numberAt(idNumber, 10, 12), numberAt(idNumber, 12, 14));
}

/** The sex that a normalised number carries (17th digit, odd for male); `undefined` for numbers that carry none. */
export function sexOf(idNumber: string): 'MALE' | 'FEMALE' | undefined {
  if (!carriesBirth(idNumber)) return undefined;
  return Number(idNumber[16]) % 2 === 1 ? 'MALE' : 'FEMALE';
}

// Asked of everybody whom a pack decides, and so digit by digit: a pattern costs several times as much.

/** Is it a resident's number, or that of a residence permit of Hong Kong, Macao or Taiwan? */
function carriesBirth(idNumber: string): boolean {
  if (idNumber.length !== 18) return false;
  for (let place = 0; place < 17; place += 1) if (!isDigitAt(idNumber, place)) return false;
  if (!isDigitAt(idNumber, 17) && idNumber[17] !== 'X') return false;
  const first = idNumber.charCodeAt(0) - ZERO;
  return (first >= 1 && first <= 6) || (first === 8 && HMT_REGION.test(idNumber));
}

function isDigitAt(text: string, place: number): boolean {
  const code = text.charCodeAt(place);
  return code >= ZERO && code <= NINE;
}

/** The number that the digits of a text from one place up to another write; NaN or any number where there are none. */
export function numberAt(digits: string, from: number, to: number): number {
  let number = 0;
  for (let place = from; place < to; place += 1) number = number * 10 + digits.charCodeAt(place) - ZERO;
  return number;
}

/** What a number's shape tells of it; `checked` and `dated` are the 18 characters whose check digit and birth date count. */
interface Shape extends IdentityDocument {
  readonly checked?: string;
  readonly dated?: string;
  readonly certificate?: DisabilityCertificate;
}

function shapeOf(number: string): Shape | undefined {
  if (FIFTEEN.test(number)) return { idType: 'RESIDENT_ID', idNumber: number };
  if (EIGHTEEN.test(number)) return eighteenOf(number);
  if (HM_TRAVEL_PERMIT.test(number)) return { idType: 'HM_TRAVEL_PERMIT', idNumber: number.slice(0, 9) };
  if (FOREIGN_PERMANENT_RESIDENT_OLD.test(number)) return { idType: 'FOREIGN_PERMANENT_RESIDENT', idNumber: number };
  if (BIRTH_CERTIFICATE.test(number)) return { idType: 'BIRTH_CERTIFICATE', idNumber: number };
  return certificateOf(number);
}

/** A passport has no shape of its own, so that only its type tells it; what carries a check digit is another document all the same. */
function passportOf(number: string): Shape | undefined {
  const other = shapeOf(number);
  if (other?.checked !== undefined) return other;
  const idNumber = number.toUpperCase();
  return PASSPORT.test(idNumber) ? { idType: 'PASSPORT', idNumber } : undefined;
}

function eighteenOf(number: string): Shape | undefined {
  if (/^[1-6]/.test(number)) return { idType: 'RESIDENT_ID', idNumber: number, checked: number, dated: number };
  if (HMT_REGION.test(number)) {
    return { idType: 'RESIDENCE_PERMIT_HMT', idNumber: number, checked: number, dated: number };
  }
  if (number.startsWith('9')) return { idType: 'FOREIGN_PERMANENT_RESIDENT', idNumber: number, checked: number };
  return undefined;
}

function certificateOf(number: string): Shape | undefined {
  const [, inner, type, level] = DISABILITY_CERTIFICATE.exec(number) ?? [];
  const holder = inner === undefined ? undefined : eighteenOf(inner);
  const typeName = Object.keys(DISABILITY_TYPES)[Number(type) - 1] as DisabilityType | undefined;
  if (!holder || !typeName) return undefined;
  return { ...holder, certificate: { number, type: typeName, level: Number(level) } };
}

/** Turns a 15-digit number into its 18-digit twin, so that both are one document; leaves every other number as it is. */
function widen(number: string): string {
  if (!FIFTEEN.test(number) || BEFORE_1900.test(number)) return number;
  const first17 = `${number.slice(0, 6)}19${number.slice(6)}`;
  return first17 + checkDigit(first17);
}

const birthText = (number: string): string => `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;

function isPlausibleBirth(number: string, today: PlainDate | undefined): boolean {
  const birth = parsePlainDate(birthText(number));
  return birth !== undefined && birth >= EARLIEST_BIRTH && (today === undefined || birth <= today);
}
