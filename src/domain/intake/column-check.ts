import { parsePlainDate, type PlainDate } from '../time/plain-date.ts';
import { parseYuan } from './fen.ts';
import { readIdNumber, type IdProblem } from './id-number.ts';
import type { Column, ColumnKind, RowFinding } from './list-definition.ts';
import { findingOf } from './row-messages.ts';

/** A cell once read: text (also days, words, region codes and normalised id numbers), a number (also fen) or yes/no. */
export type CellValue = string | number | boolean;

/** What one cell holds, and what was found about it; no value where there is none to believe. */
export interface CheckedCell {
  readonly value: CellValue | undefined;
  readonly findings: readonly RowFinding[];
}

type CheckOf<K extends ColumnKind['kind']> = (
  raw: unknown,
  holds: Extract<ColumnKind, { kind: K }>,
  column: string,
  today: PlainDate,
) => CheckedCell;

const REGION_CODE = /^[1-9]\d{5,11}$/;

/** Control characters, lone surrogates, marks of writing direction, and the mark that a decoder leaves for lost bytes. */
const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFD]/u;

/** Joiners, zero-width spaces and variation selectors: lawful in rare names, yet two names may look alike and differ. */
const INVISIBLE_CHARACTERS = /[\p{Cf}\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;

const NOTHING_FOUND: readonly RowFinding[] = [];
const ok = (value: CellValue): CheckedCell => ({ value, findings: NOTHING_FOUND });
const rejected = (...findings: RowFinding[]): CheckedCell => ({ value: undefined, findings });

/**
 * Judges one cell that is there. `today` is the day of receipt.
 * @returns the value as it is to be believed, or every reason why it cannot be
 */
export function checkCell(raw: unknown, column: Column, today: PlainDate): CheckedCell {
  const check = CHECKS[column.holds.kind] as CheckOf<ColumnKind['kind']>;
  return check(raw, column.holds, column.name, today);
}

/** Is there nothing in the cell: absent, null, or text of spaces only? */
export function isBlank(raw: unknown): boolean {
  return raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');
}

const CHECKS: { readonly [K in ColumnKind['kind']]: CheckOf<K> } = {
  text: (raw, { maxLength }, column) => checkText(raw, maxLength, column),
  'id-number': (raw, { idType, typedBy }, column, today) => {
    const reading = readIdNumber(raw, idType ?? null, today);
    if (!reading.ok) {
      const place = (code: IdProblem): string => (code === 'ID_TYPE_DISAGREES' && typedBy ? typedBy : column);
      return rejected(...reading.problems.map((code) => findingOf(code, place(code))));
    }
    return ok(reading.certificate?.number ?? reading.document.idNumber);
  },
  day: (raw, { future }, column, today) => {
    const day = parsePlainDate(raw);
    if (day === undefined) return rejected(findingOf('DAY_NOT_ON_CALENDAR', column));
    return future !== 'allowed' && day > today ? rejected(findingOf('DAY_IN_FUTURE', column)) : ok(day);
  },
  money: (raw, _holds, column) => {
    const amount = parseYuan(raw);
    return amount === undefined ? rejected(findingOf('MONEY_NOT_DECIMAL', column)) : ok(amount);
  },
  'whole-number': (raw, { min, max }, column) => {
    if (typeof raw !== 'number' || !Number.isInteger(raw)) return rejected(findingOf('VALUE_WRONG_KIND', column));
    const range = { zh: `${min} 至 ${max}`, en: `${min} to ${max}` };
    // Adding zero turns JSON's -0, which would be another value to a digest, into 0.
    return raw < min || raw > max ? rejected(findingOf('NUMBER_OUT_OF_RANGE', column, range)) : ok(raw + 0);
  },
  'yes-no': (raw, _holds, column) =>
    typeof raw === 'boolean' ? ok(raw) : rejected(findingOf('VALUE_WRONG_KIND', column)),
  word: (raw, { words }, column) => {
    if (typeof raw === 'string' && Object.hasOwn(words, raw)) return ok(raw);
    const known = Object.entries(words);
    const zh = known.map(([word, meaning]) => `${word}（${meaning}）`).join('、');
    return rejected(findingOf('WORD_UNKNOWN', column, { zh, en: known.map(([word]) => word).join(', ') }));
  },
  'region-code': (raw, _holds, column) =>
    typeof raw === 'string' && REGION_CODE.test(raw.trim())
      ? ok(raw.trim())
      : rejected(findingOf('REGION_CODE_MALFORMED', column)),
};

function checkText(raw: unknown, maxLength: number, column: string): CheckedCell {
  if (typeof raw !== 'string') return rejected(findingOf('VALUE_WRONG_KIND', column));
  const text = raw.trim();
  const findings: RowFinding[] = [];
  if (FORBIDDEN_CHARACTERS.test(raw)) findings.push(findingOf('TEXT_HAS_CONTROL_CHARACTERS', column));
  if (isLongerThan(text, maxLength)) {
    findings.push(findingOf('TEXT_TOO_LONG', column, { zh: `最多 ${maxLength} 字`, en: `at most ${maxLength}` }));
  }
  if (findings.length > 0) return rejected(...findings);
  return {
    value: text,
    findings: INVISIBLE_CHARACTERS.test(text) ? [findingOf('TEXT_HAS_INVISIBLE_CHARACTERS', column)] : [],
  };
}

/** Counts code points: a rare character beyond the BMP is one character, not two. */
const isLongerThan = (text: string, maxLength: number): boolean =>
  text.length > maxLength && (text.length > 2 * maxLength || [...text].length > maxLength);
