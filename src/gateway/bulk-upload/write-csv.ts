import { Readable } from 'node:stream';
import type { FileColumn } from '../../domain/intake/submission.ts';
import { cellsOf, headingsOf, type ReturnedRow } from './write-rows.ts';

const PIECE = 65_536;

/**
 * Writes rows as CSV: UTF-8 with a byte order mark, so that Excel reads it as such; every cell quoted and safe from formulas.
 *
 * @param mark whose file it is, for every row
 */
export function writeCsv(columns: readonly FileColumn[], rows: AsyncIterable<ReturnedRow>, mark: string): Readable {
  return Readable.from(lines(columns, rows, mark), { objectMode: false });
}

async function* lines(
  columns: readonly FileColumn[],
  rows: AsyncIterable<ReturnedRow>,
  mark: string,
): AsyncGenerator<string> {
  let piece = `\uFEFF${lineOf(headingsOf(columns))}`;
  for await (const row of rows) {
    piece += lineOf(cellsOf(columns, row, mark));
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

const lineOf = (cells: readonly string[]): string =>
  `${cells.map((cell) => (cell === '' ? '' : `"${cell.replaceAll('"', '""')}"`)).join(',')}\r\n`;
