import type { RawRow } from '../../domain/intake/list-definition.ts';
import { MARK_HEADING, REASON_HEADING } from '../../domain/intake/headings.ts';
import type { FileColumn } from '../../domain/intake/submission.ts';
import { guardText } from './formula-guard.ts';

/** A row to be written, with why it was sent back. */
export interface ReturnedRow {
  readonly row: RawRow;
  readonly reason: string;
}

/** The headings of a file of returned rows. */
export const headingsOf = (columns: readonly FileColumn[]): readonly string[] => [
  ...columns.map(({ heading }) => guardText(heading)),
  REASON_HEADING,
  MARK_HEADING,
];

/** The cells of a returned row as text, with whose file it is in: what comes back is read as it was. */
export const cellsOf = (
  columns: readonly FileColumn[],
  { row, reason }: ReturnedRow,
  mark: string,
): readonly string[] => [
  ...columns.map(({ column }) => guardText(textOf(row[column]))),
  guardText(reason),
  guardText(mark),
];

function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'boolean') return cell ? '是' : '否';
  if (typeof cell !== 'number') return JSON.stringify(cell);
  // An id that came as a number has lost its last digits. Written out in full it would look like another person's.
  return Number.isInteger(cell) && !Number.isSafeInteger(cell) ? cell.toExponential() : String(cell);
}
