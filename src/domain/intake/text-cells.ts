import { parsePlainDate } from '../time/plain-date.ts';
import type { Column, ColumnKind, RawRow } from './list-definition.ts';

type ReadCell = (cell: unknown) => unknown;

const WHOLE_NUMBER = /^-?[1-9]\d{0,14}$|^0$/;
const DAY_WITH_MARKS = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;
const DAY_IN_CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})日$/;
const DAY_IN_DIGITS = /^(\d{4})(\d{2})(\d{2})$/;

const YES_AND_NO: ReadonlyMap<string, boolean> = new Map([
  ...['是', 'true', 'y', '1'].map((word) => [word, true] as const),
  ...['否', 'false', 'n', '0'].map((word) => [word, false] as const),
]);

/**
 * Makes the reader of a list's rows that came from CSV or XLSX. It turns each cell into what {@link checkRow} expects of
 * its column: whole numbers, yes and no, codes of words, days as `YYYY-MM-DD`. A cell that it cannot read stays as it is,
 * and the checks reject it. Rows of NDJSON and GraphQL have their types already and are not read by it.
 */
export function textCellReader(columns: readonly Column[]): (row: RawRow) => RawRow {
  const readers = columns.flatMap(({ name, holds }) => {
    const read = readerOf(holds);
    return read ? [{ name, read }] : [];
  });
  return (row) => {
    let copy: Record<string, unknown> | undefined;
    for (const { name, read } of readers) {
      const sent = row[name];
      if (sent === undefined) continue;
      const cell = read(sent);
      if (cell !== sent) (copy ??= { ...row })[name] = cell;
    }
    return copy ?? row;
  };
}

function readerOf(holds: ColumnKind): ReadCell | undefined {
  switch (holds.kind) {
    case 'whole-number':
      return (cell) => (typeof cell === 'string' ? readWholeNumber(cell) : cell);
    case 'yes-no':
      return (cell) => (typeof cell === 'boolean' ? cell : (YES_AND_NO.get(String(cell).trim().toLowerCase()) ?? cell));
    case 'day':
      return readDay;
    case 'word':
      return wordReader(holds.words);
    // A spreadsheet holds amounts and codes as numbers. Written out they are what the sheet shows, or the checks reject them.
    case 'money':
      return (cell) => (typeof cell === 'number' ? writtenOut(cell) : trimmed(cell));
    case 'region-code':
      return (cell) => (Number.isSafeInteger(cell) ? writtenOut(cell as number) : cell);
    case 'text':
    case 'id-number':
      return undefined;
  }
}

const trimmed = (cell: unknown): unknown => (typeof cell === 'string' ? cell.trim() : cell);

/** Text of a number as it is; minus zero is no amount that anybody wrote. */
const writtenOut = (cell: number): unknown => (Object.is(cell, -0) ? cell : String(cell));

function readWholeNumber(cell: string): unknown {
  const text = cell.trim();
  return WHOLE_NUMBER.test(text) ? Number(text) : cell;
}

/** Eight digits are a day also where a sheet holds them as a number; a serial number of days never has as many. */
function readDay(cell: unknown): unknown {
  if (typeof cell !== 'string' && typeof cell !== 'number') return cell;
  const text = String(cell).trim();
  const marked = DAY_WITH_MARKS.exec(text);
  const [year, month, day] = marked
    ? [marked[1], marked[3], marked[4]]
    : (DAY_IN_CHINESE.exec(text) ?? DAY_IN_DIGITS.exec(text) ?? []).slice(1);
  if (!year || !month || !day) return cell;
  return parsePlainDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`) ?? cell;
}

/**
 * Makes the reader of a cell that holds one of some words: it gives the code, or the cell as it is. A word is told by its code or its Chinese
 * meaning; of a meaning with brackets either part will do where it is the only such.
 */
export function wordReader(words: Readonly<Record<string, string>>): ReadCell {
  const codes = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const [code, meaning] of Object.entries(words)) {
    for (const name of new Set(namesOf(meaning))) {
      if (codes.has(name)) ambiguous.add(name);
      codes.set(name, code);
    }
  }
  for (const name of ambiguous) codes.delete(name);
  for (const [code, meaning] of Object.entries(words)) codes.set(code, code).set(bare(meaning), code);
  return (cell) => (typeof cell === 'string' ? (codes.get(cell) ?? codes.get(bare(cell)) ?? cell) : cell);
}

function namesOf(meaning: string): readonly string[] {
  const parts = /^([^()]+)\(([^()]+)\)$/.exec(bare(meaning));
  return parts ? parts.slice(1) : [];
}

const bare = (word: string): string => word.normalize('NFKC').replace(/\s/g, '');
