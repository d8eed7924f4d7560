import type { Column, RawRow } from '../../domain/intake/list-definition.ts';
import { readHeadings, strayKey } from '../../domain/intake/headings.ts';
import type { FileColumn } from '../../domain/intake/submission.ts';
import { restoreText } from './formula-guard.ts';
import { UploadRefused } from './upload-refused.ts';

/** Rows of a file in its order. Every batch has the columns of the file; `null` for rows that name their columns. */
export interface RowBatch {
  readonly columns: readonly FileColumn[] | null;
  readonly rows: readonly RawRow[];
}

/** How a file is to be read. */
export interface ReadOptions {
  /** The columns of the list. */
  readonly columns: readonly Column[];
  /** Rows that are taken; a file with more is refused. */
  readonly mostRows?: number;
}

/** Rows a batch holds at most; fewer where they are long. */
const BATCH_ROWS = 1_000;

/** Characters of text a batch holds, about: what bounds the memory of a file of long rows. */
const BATCH_SIZE = 4 * 1024 * 1024;

/** Characters of the longest row, far above any row of a list. */
export const LONGEST_ROW = 65_536;

/** Rows of the largest file taken unless the hub says otherwise. */
const MOST_ROWS = 2_000_000;

/** Columns of the widest file; a sheet can have 16,384. */
const MOST_HEADINGS = 1_000;

/** Heading problems told at once. */
const MOST_PROBLEMS = 20;

/** A blank row between others; one object for all of them, for a sheet can have a million. */
const BLANK_ROW: RawRow = Object.freeze({});

/** Gathers rows into batches and counts them. */
export class RowGatherer {
  columns: readonly FileColumn[] | null = null;
  readonly #mostRows: number;
  #full: RowBatch[] = [];
  #rows: RawRow[] = [];
  #size = 0;
  #taken = 0;

  constructor({ mostRows = MOST_ROWS }: ReadOptions) {
    this.#mostRows = mostRows;
  }

  /** Takes a row of about `size` characters. */
  add(row: RawRow, size: number): void {
    if (++this.#taken > this.#mostRows) throw new UploadRefused('TOO_MANY_ROWS', upTo(this.#mostRows));
    this.#rows.push(row);
    this.#size += size;
    if (this.#rows.length >= BATCH_ROWS || this.#size >= BATCH_SIZE) this.#close();
  }

  /** The batches that are full; they are handed out once. */
  full(): readonly RowBatch[] {
    if (this.#full.length === 0) return this.#full;
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** What is left at the end. A file without any row is refused. */
  end(): readonly RowBatch[] {
    if (this.#taken === 0) throw new UploadRefused('NO_ROWS');
    if (this.#rows.length > 0) this.#close();
    return this.full();
  }

  #close(): void {
    this.#full.push({ columns: this.columns, rows: this.#rows });
    this.#rows = [];
    this.#size = 0;
  }
}

const upTo = (most: number): { zh: string; en: string } => ({ zh: `最多 ${most} 行`, en: `at most ${most}` });

/** The cells of a table's rows, under the headings of its first one. */
export class TableRows {
  readonly #gatherer: RowGatherer;
  readonly #list: readonly Column[];
  #keys: readonly (string | null)[] | null = null;
  #blank = 0;

  constructor(options: ReadOptions, gatherer: RowGatherer) {
    this.#list = options.columns;
    this.#gatherer = gatherer;
  }

  /** Takes the cells of the next row, the headings first; blank cells are `undefined` or empty text. */
  add(cells: readonly unknown[], size: number): void {
    if (this.#keys === null) this.#readHeadings(cells);
    else this.#addRow(cells, size, this.#keys);
  }

  get hasHeadings(): boolean {
    return this.#keys !== null;
  }

  #readHeadings(cells: readonly unknown[]): void {
    if (cells.every((cell) => isEmpty(cell) || String(cell).trim() === '')) return;
    if (cells.length > MOST_HEADINGS) throw new UploadRefused('HEADINGS_DO_NOT_FIT', tooWide);
    const headings = Array.from(cells, (cell) => (isEmpty(cell) ? '' : String(cell)));
    // Nobody's heading has it; UTF-16 without a byte order mark does, and is valid UTF-8.
    if (headings.some((heading) => heading.includes('\0'))) throw new UploadRefused('UNSUPPORTED_CHARSET');
    const reading = readHeadings(headings, this.#list);
    if (!reading.ok) throw new UploadRefused('HEADINGS_DO_NOT_FIT', told(reading.problems));
    this.#keys = reading.keys;
    this.#gatherer.columns = reading.columns;
  }

  #addRow(cells: readonly unknown[], size: number, keys: readonly (string | null)[]): void {
    const row: Record<string, unknown> = {};
    let isBlank = true;
    for (let place = 0; place < cells.length; place++) {
      const cell = cells[place];
      if (cell === undefined || cell === '') continue;
      const key = place < keys.length ? keys[place] : strayKey(place);
      if (key === null || key === undefined) continue;
      row[key] = typeof cell === 'string' ? restoreText(cell) : cell;
      isBlank = false;
    }
    if (isBlank) {
      this.#blank += 1;
      return;
    }
    // Blank rows between others count, so that the numbers told are those of the sheet; those at its end are nothing.
    for (; this.#blank > 0; this.#blank--) this.#gatherer.add(BLANK_ROW, 0);
    this.#gatherer.add(row, size);
  }
}

const isEmpty = (cell: unknown): boolean => cell === undefined || cell === '';

const tooWide = { zh: `列数超过 ${MOST_HEADINGS}`, en: `more than ${MOST_HEADINGS} columns` };

function told(problems: readonly { readonly zh: string; readonly en: string }[]): { zh: string; en: string } {
  const some = problems.slice(0, MOST_PROBLEMS);
  return { zh: some.map(({ zh }) => zh).join('；'), en: some.map(({ en }) => en).join('; ') };
}
