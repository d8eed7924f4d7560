import { LONGEST_ROW, type TableRows } from './row-batch.ts';
import { dayOfSerial } from './sheet-days.ts';
import { UploadRefused } from './upload-refused.ts';
import type { Workbook } from './workbook.ts';
import type { XmlEvents } from './xml-reader.ts';

const MOST_COLUMNS = 16_384;
const MOST_SHEET_ROWS = 1_048_576;

/** Counted for each cell besides its text, so that a row of many short ones is long too. */
const CELL_SIZE = 8;

/** Characters that XML cannot hold are written so (ECMA-376 part 1, 22.9.2.19). */
const ESCAPED = /_x([0-9A-Fa-f]{4})_/g;

/** A cell as XML has it: its place (`B7`), its kind, the number of its style, its text. */
export interface PlainCell {
  readonly reference: string;
  readonly kind: string | undefined;
  readonly style: string | undefined;
  readonly text: string;
}

/**
 * Reads the cells of a sheet and hands over its rows. Text stays text, numbers are numbers and yes-no cells booleans; a
 * number that the sheet shows as a day is that day. Formulas are refused: their values are what some program last made of them.
 */
export class SheetCells implements XmlEvents {
  readonly #workbook: Workbook;
  readonly #table: TableRows;
  #isInData = false;
  #isInRow = false;
  #isRead = false;
  #isPhonetic = false;
  #row = 0;
  #place = -1;
  #kind = 'n';
  #style = 0;
  #text = '';
  #cells: unknown[] = [];
  #size = 0;

  constructor(workbook: Workbook, table: TableRows) {
    this.#workbook = workbook;
    this.#table = table;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'sheetData') this.#isInData = true;
    if (!this.#isInData) return;
    if (name === 'c') this.#openCell(attributes['r'], attributes['t'], attributes['s']);
    else if (name === 'v' || name === 't') this.#isRead = !this.#isPhonetic;
    else if (name === 'row') this.#openRow(attributes['r']);
    else if (name === 'rPh') this.#isPhonetic = true;
    else if (name === 'f') throw new UploadRefused('FILE_HAS_FORMULAS', this.#here());
  }

  close(name: string): void {
    this.#isRead = false;
    if (!this.#isInData) return;
    if (name === 'c') this.#closeCell();
    else if (name === 'row') this.#closeRow();
    else if (name === 'rPh') this.#isPhonetic = false;
    else if (name === 'sheetData') this.#isInData = false;
  }

  text(text: string): void {
    if (!this.#isRead) return;
    this.#size += text.length;
    if (this.#size > LONGEST_ROW) throw new UploadRefused('ROW_TOO_LONG');
    this.#text += text;
  }

  /** May the next thing be a row: has `sheetData` begun, and no row in it? */
  get isBetweenRows(): boolean {
    return this.#isInData && !this.#isInRow;
  }

  /** Takes a row whole, as it would have come in parts. */
  addRow(number: string | undefined, cells: Iterable<PlainCell>): void {
    this.#openRow(number);
    for (const { reference, kind, style, text } of cells) {
      this.#openCell(reference, kind, style);
      this.#isRead = true;
      this.text(text);
      this.#closeCell();
    }
    this.#isRead = false;
    this.#closeRow();
  }

  #closeRow(): void {
    this.#isInRow = false;
    this.#table.add(this.#cells, this.#size);
  }

  #openRow(number: string | undefined): void {
    const row = number === undefined ? this.#row + 1 : Number(number);
    if (!Number.isInteger(row) || row <= this.#row || row > MOST_SHEET_ROWS) throw new UploadRefused('FILE_BROKEN');
    for (let blank = this.#row + 1; blank < row; blank++) this.#table.add([], 0);
    this.#isInRow = true;
    this.#row = row;
    this.#place = -1;
    this.#cells = [];
    this.#size = 0;
  }

  #openCell(reference: string | undefined, kind: string | undefined, style: string | undefined): void {
    const place = reference === undefined ? this.#place + 1 : placeOf(reference);
    if (place <= this.#place || place >= MOST_COLUMNS) throw new UploadRefused('FILE_BROKEN');
    this.#place = place;
    this.#kind = kind ?? 'n';
    this.#style = style === undefined ? 0 : Number(style);
    this.#text = '';
    this.#size += CELL_SIZE;
    if (this.#size > LONGEST_ROW) throw new UploadRefused('ROW_TOO_LONG');
  }

  #closeCell(): void {
    if (this.#text === '') return;
    const cell = this.#value(this.#text);
    // Cells left out before this one are blank.
    while (this.#cells.length < this.#place) this.#cells.push(undefined);
    this.#cells.push(cell);
  }

  #value(text: string): unknown {
    switch (this.#kind) {
      case 's':
        return this.#shared(text);
      case 'inlineStr':
      case 'str':
        return unescaped(text);
      case 'b':
        return text === '1';
      case 'd':
        return text.replace(/T.*/, '');
      case 'e':
        throw new UploadRefused('FILE_HAS_ERROR_CELLS', this.#here());
      default:
        return this.#number(text);
    }
  }

  #shared(text: string): string {
    const shared = this.#workbook.strings.get(Number(text));
    if (shared === undefined) throw new UploadRefused('FILE_BROKEN');
    this.#size += shared.length;
    return unescaped(shared);
  }

  #number(text: string): unknown {
    const value = Number(text);
    if (!Number.isFinite(value)) return text;
    if (this.#workbook.dayStyles[this.#style] !== true) return value;
    return dayOfSerial(value, this.#workbook.dayCount) ?? value;
  }

  #here(): { readonly zh: string; readonly en: string } {
    return {
      zh: `第 ${this.#row} 行第 ${this.#place + 1} 列`,
      en: `row ${this.#row} of the sheet, column ${this.#place + 1}`,
    };
  }
}

/** The place of a cell in its row, from 0: `A1` is 0, `AB3` is 27. */
function placeOf(reference: string): number {
  let place = 0;
  for (let index = 0; index < reference.length; index++) {
    const letter = reference.charCodeAt(index) - 0x40;
    if (letter < 1 || letter > 26) break;
    place = place * 26 + letter;
  }
  return place - 1;
}

const unescaped = (text: string): string =>
  text.includes('_x') ? text.replace(ESCAPED, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16))) : text;
