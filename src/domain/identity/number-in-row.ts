import { levelledNumber, numberTail, readIdNumber, type IdentityDocument } from '../intake/id-number.ts';
import type { Column, RawRow } from '../intake/list-definition.ts';
import { wordReader } from '../intake/text-cells.ts';
import { ID_TYPES, type IdType } from '../intake/words.ts';

/** A document's number as it is looked for in rows as sent. */
export interface SoughtNumber {
  readonly document: IdentityDocument;
  /** Its number as rows may have it, levelled: a citizen number also as it was of old. */
  readonly forms: readonly string[];
}

/**
 * What a cell in which a number stands says by it: that very document; something else, or it cannot be told; or nothing that a number of a
 * document could mean.
 */
export type NumberInCell = 'THE_DOCUMENT' | 'PERHAPS' | 'NOTHING';

/** The column of the number whose owner a row is about. */
export const OWN_NUMBER = 'idNumber';

/** So many characters are nothing else, wherever they stand; what is shorter may be a household's number as well. */
const UNMISTAKABLE = 15;
/** So many are nothing else where a document's number stands whose kind is not told; what is shorter may be the beginning of another. */
const TELLING = 8;

/** A document's number to be looked for. */
export function soughtNumber(document: IdentityDocument): SoughtNumber {
  const { idNumber } = document;
  const of15 = /^\d{17}[\dX]$/.test(idNumber) ? [idNumber.slice(0, 6) + idNumber.slice(8, 17)] : [];
  return { document, forms: [idNumber, ...of15] };
}

/**
 * Does JSON have one of the numbers, and not as a part of another? As a number is read: in full width, with spaces, its letters small, or with what a
 * certificate or a permit adds to it.
 */
export function hasNumber(json: string, numbers: readonly SoughtNumber[]): boolean {
  // What JSON writes for a control character is no letter of the text.
  const text = json.replaceAll(/\\(?:[bfnrt]|u[0-9a-f]{4})/g, ' ');
  const levelled = levelledNumber(text);
  return [text.toUpperCase(), levelled.toUpperCase()].some((one) =>
    numbers.some(({ forms }) => forms.some((form) => one.includes(form) && hasWhole(one, form))),
  );
}

function hasWhole(text: string, form: string): boolean {
  return new RegExp(`(?<![0-9A-Z])${patternOf(form)}(?![0-9A-Z])`).test(text);
}

const patternOf = (form: string): string => form.replaceAll(/[^0-9A-Z]/g, String.raw`\$&`) + numberTail(form);

/** What a cell of somebody else's row, or of a row of which it is not told whose it is, says by a number. */
export function numberInCell(
  row: RawRow,
  name: string,
  columns: readonly Column[],
  sought: SoughtNumber,
): NumberInCell {
  const holds = columns.find((column) => column.name === name)?.holds;
  const isUnmistakable = sought.document.idNumber.length >= UNMISTAKABLE;
  const mayMean = isUnmistakable || holds === undefined || holds.kind === 'id-number' || holds.kind === 'text';
  if (!mayMean || !hasNumber(JSON.stringify(row[name]), [sought])) return 'NOTHING';
  if (holds?.kind === 'id-number') return numberInColumn(row, name, holds, sought, isUnmistakable);
  return isUnmistakable ? 'THE_DOCUMENT' : 'PERHAPS';
}

function numberInColumn(
  row: RawRow,
  name: string,
  holds: { readonly idType?: IdType; readonly typedBy?: string },
  { document, forms }: SoughtNumber,
  isUnmistakable: boolean,
): NumberInCell {
  const typedBy = holds.typedBy ?? (name === OWN_NUMBER ? 'idType' : undefined);
  const idType = holds.idType ?? (typedBy === undefined ? null : typeIn(row[typedBy]));
  const reading = readIdNumber(row[name], idType);
  // Two kinds of document may have numbers of one shape.
  if (reading.ok) return isSame(reading.document, document) ? 'THE_DOCUMENT' : 'PERHAPS';
  if (isUnmistakable) return 'THE_DOCUMENT';
  const mayMean = idType === document.idType || (idType === null && document.idNumber.length >= TELLING);
  const text = levelledNumber(String(row[name])).toUpperCase();
  return mayMean && forms.some((form) => new RegExp(`^${patternOf(form)}$`).test(text)) ? 'THE_DOCUMENT' : 'PERHAPS';
}

const readWord = wordReader(ID_TYPES);

function typeIn(cell: unknown): IdType | null {
  const told = readWord(cell);
  return typeof told === 'string' && Object.hasOwn(ID_TYPES, told) ? (told as IdType) : null;
}

const isSame = (a: IdentityDocument, b: IdentityDocument): boolean =>
  a.idType === b.idType && a.idNumber === b.idNumber;
