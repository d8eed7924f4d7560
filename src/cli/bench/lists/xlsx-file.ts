import { closeSync, createReadStream, createWriteStream, openSync, rmSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { filledColumns, textOf } from './file-columns.ts';
import type { MadeList } from './made-lists.ts';

/** Rows whose XML is made at a time. */
const CHUNK_ROWS = 1_000;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEETS = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const PARTS: Readonly<Record<string, string>> = {
  '[Content_Types].xml':
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Override PartName="/xl/workbook.xml" ContentType="${SHEETS}.sheet.main+xml"/>` +
    `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEETS}.worksheet+xml"/>` +
    `<Override PartName="/xl/sharedStrings.xml" ContentType="${SHEETS}.sharedStrings+xml"/></Types>`,
  '_rels/.rels':
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">` +
    `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml':
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">` +
    `<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels':
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">` +
    `<Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
    `<Relationship Id="rId2" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
};

/**
 * Writes a made list as a workbook in the shape that spreadsheet programs give it: texts in a table of shared strings, which lies
 * behind the sheet, numbers as numbers. Memory stays flat but for the texts that come again and again.
 */
export async function writeXlsx(list: MadeList, file: string): Promise<void> {
  const strings = `${file}.strings`;
  try {
    const zip = new ZipFile();
    for (const [name, text] of Object.entries(PARTS)) zip.addBuffer(Buffer.from(text), name);
    zip.addReadStream(Readable.from(sheetOf(list, new SharedStrings(strings))), 'xl/worksheets/sheet1.xml', FAST);
    // Opened only when its turn comes: by then the sheet has been read to its end, and the strings are whole.
    zip.addReadStreamLazy('xl/sharedStrings.xml', FAST, (give) => give(null, createReadStream(strings)));
    zip.on('error', (error: Error) => (zip.outputStream as Readable).destroy(error));
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(file));
  } finally {
    rmSync(strings, { force: true });
  }
}

/** Quick rather than small, as spreadsheet programs are. */
const FAST = { compressionLevel: 1 };

/** Texts of a workbook, each written once where it is one that repeats. */
class SharedStrings {
  readonly #file: number;
  readonly #known = new Map<string, number>();
  #count = 0;
  #waiting = `${XML}<sst xmlns="${MAIN}">`;

  constructor(file: string) {
    this.#file = openSync(file, 'w');
  }

  /** The text's place in the table. Long ones (numbers of persons and receipts) hardly repeat: they are not looked for. */
  placeOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (text.length <= 12) this.#known.set(text, this.#count);
    this.#waiting += `<si><t>${escaped(text)}</t></si>`;
    return this.#count++;
  }

  flush(): void {
    writeSync(this.#file, this.#waiting);
    this.#waiting = '';
  }

  end(): void {
    this.#waiting += '</sst>';
    this.flush();
    closeSync(this.#file);
  }
}

function* sheetOf(list: MadeList, strings: SharedStrings): Generator<string> {
  const columns = filledColumns(list);
  const rowXml = (number: number, cells: readonly unknown[]): string =>
    `<row r="${number}">${cells.map((cell, column) => cellXml(`${letterOf(column)}${number}`, cell, strings)).join('')}</row>`;

  yield `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rowXml(
    1,
    columns.map(({ zh }) => zh),
  )}`;
  for (let from = 0; from < list.rows; from += CHUNK_ROWS) {
    let chunk = '';
    for (let index = from; index < Math.min(from + CHUNK_ROWS, list.rows); index += 1) {
      const row = list.rowAt(index);
      chunk += rowXml(
        index + 2,
        columns.map(({ name }) => row[name]),
      );
    }
    strings.flush();
    yield chunk;
  }
  yield '</sheetData></worksheet>';
  strings.end();
}

function cellXml(place: string, cell: unknown, strings: SharedStrings): string {
  if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`;
  const text = textOf(cell);
  return text === '' ? '' : `<c r="${place}" t="s"><v>${strings.placeOf(text)}</v></c>`;
}

/** A column's letter; made lists have fewer than 26 columns. */
const letterOf = (column: number): string => String.fromCharCode(65 + column);

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
