import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { FileColumn } from '../../domain/intake/submission.ts';
import { cellsOf, headingsOf, type ReturnedRow } from './write-rows.ts';

/** Rows that fit on a sheet below its headings. What is more than that has to be written as CSV. */
export const MOST_XLSX_ROWS = 1_048_575;

const PIECE = 65_536;

/** What XML 1.0 cannot hold, carriage returns that it would turn into line feeds, and what would be read as an escape. */
const TO_ESCAPE = /(?![\t\n])[\p{Cc}\p{Cs}\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;

/**
 * Writes rows as XLSX, one sheet. Every cell is text and formatted as text, so that Excel keeps the 18 digits of an id, and
 * safe from formulas.
 * @param mark whose file it is, for every row
 * @throws RangeError through the stream, for more than {@link MOST_XLSX_ROWS}
 */
export function writeXlsx(columns: readonly FileColumn[], rows: AsyncIterable<ReturnedRow>, mark: string): Readable {
  const zip = new ZipFile();
  const file = new PassThrough();
  const sheet = Readable.from(sheetXml(columns, rows, mark), { objectMode: false });
  const fail = (error: Error): void => void file.destroy(error);
  for (const [name, xml] of DESCRIPTIONS) zip.addBuffer(Buffer.from(xml), name);
  zip.addReadStream(sheet, 'xl/worksheets/sheet1.xml', { compressionLevel: 1 });
  zip.end();
  zip.on('error', fail);
  sheet.on('error', fail);
  // Whoever stops reading the file also stops reading the rows.
  file.on('close', () => sheet.destroy());
  zip.outputStream.pipe(file);
  return file;
}

async function* sheetXml(
  columns: readonly FileColumn[],
  rows: AsyncIterable<ReturnedRow>,
  mark: string,
): AsyncGenerator<string> {
  const headings = headingsOf(columns);
  const letters = headings.map((_heading, place) => lettersOf(place));
  const widths = headings.map((_heading, place) => widthOf(place, place === columns.length ? 60 : 20)).join('');
  let piece = `${XML}<worksheet xmlns="${MAIN}"><cols>${widths}</cols><sheetData>${rowXml(1, headings, letters)}`;
  let number = 1;
  for await (const row of rows) {
    if (++number > MOST_XLSX_ROWS + 1) throw new RangeError('more rows than a sheet holds');
    piece += rowXml(number, cellsOf(columns, row, mark), letters);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}</sheetData></worksheet>`;
}

function rowXml(number: number, cells: readonly string[], letters: readonly string[]): string {
  const xml = cells.map((cell, place) =>
    cell === ''
      ? ''
      : `<c r="${letters[place]}${number}" s="1" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`,
  );
  return `<row r="${number}">${xml.join('')}</row>`;
}

const widthOf = (place: number, width: number): string =>
  `<col min="${place + 1}" max="${place + 1}" width="${width}" style="1" customWidth="1"/>`;

function lettersOf(place: number): string {
  const rest = Math.floor(place / 26);
  return (rest > 0 ? lettersOf(rest - 1) : '') + String.fromCharCode(65 + (place % 26));
}

const escaped = (text: string): string =>
  text
    .replace(TO_ESCAPE, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The parts around the sheet: what is where, and one style, number format 49, which is text. */
const DESCRIPTIONS: readonly (readonly [name: string, xml: string])[] = [
  [
    '[Content_Types].xml',
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
      `<Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/>` +
      `<Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/>` +
      `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/></Types>`,
  ],
  [
    '_rels/.rels',
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">` +
      `<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ],
  [
    'xl/_rels/workbook.xml.rels',
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">` +
      `<Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
      `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  ],
  [
    'xl/workbook.xml',
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">` +
      '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
  ],
  [
    'xl/styles.xml',
    `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts>` +
      '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
      '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
      '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/></cellXfs></styleSheet>',
  ],
];
