import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { readText } from './read-text.ts';
import { LONGEST_ROW, RowGatherer, TableRows, type ReadOptions, type RowBatch } from './row-batch.ts';
import { UploadRefused } from './upload-refused.ts';

/** How a CSV file is to be read. */
export interface ReadCsvOptions extends ReadOptions {
  /** The charset that the sender declared; without one it is told from the bytes. */
  readonly charset?: string | null;
}

const DELIMITERS = [',', '\t', ';'] as const;

/**
 * Reads a CSV file as it arrives: UTF-8 or GB18030, comma, tab or semicolon as its heading line has it. Cells stay text;
 * empty ones are absent. A row with more cells than headings keeps them under {@link strayKey}, so that it is rejected.
 * @throws UploadRefused
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, options: ReadCsvOptions): AsyncGenerator<RowBatch> {
  const gatherer = new RowGatherer(options);
  const table = new TableRows(options, gatherer);
  let delimiter: string | null = null;
  for await (const records of wholeRecords(readText(chunks, options.charset ?? null))) {
    delimiter ??= delimiterOf(records);
    for (const cells of cellsOf(records, delimiter)) {
      table.add(cells.cells, cells.size);
      yield* gatherer.full();
    }
    // Of blank lines before the headings no delimiter can be told.
    if (!table.hasHeadings) delimiter = null;
  }
  yield* gatherer.end();
}

/** Cuts text into pieces that end with a row: at line ends outside quotation marks. Holds no more than the longest row. */
async function* wholeRecords(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let first = true;
  for await (const piece of pieces) {
    let text = rest + piece;
    if (first && text.length > 0) {
      first = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    const end = endOfLastRecord(text);
    if (end > 0) yield text.slice(0, end);
    rest = text.slice(end);
    if (rest.length > LONGEST_ROW) throw new UploadRefused('ROW_TOO_LONG');
  }
  if (rest !== '') yield rest;
}

/** The place after the last line end that stands outside quotation marks; a doubled mark closes and opens again. */
function endOfLastRecord(text: string): number {
  let end = 0;
  let from = 0;
  for (;;) {
    const opens = text.indexOf('"', from);
    const outside = opens < 0 ? text.length : opens;
    const line = outside > from ? text.lastIndexOf('\n', outside - 1) : -1;
    if (line >= from) end = line + 1;
    if (opens < 0) return end;
    const closes = text.indexOf('"', opens + 1);
    if (closes < 0) return end;
    from = closes + 1;
  }
}

interface CsvRecord {
  readonly cells: readonly string[];
  readonly size: number;
}

/** Rows without quotation marks are split natively, which is several times as fast; the others are csv-parse's. */
function* cellsOf(records: string, delimiter: string): Generator<CsvRecord> {
  if (records.includes('"')) {
    yield* quotedCells(records, delimiter);
    return;
  }
  for (let from = 0; from < records.length;) {
    const newline = records.indexOf('\n', from);
    const next = newline < 0 ? records.length : newline;
    const end = records.charCodeAt(next - 1) === 0x0d ? next - 1 : next;
    if (end - from > LONGEST_ROW) throw new UploadRefused('ROW_TOO_LONG');
    if (end > from) yield { cells: records.slice(from, end).split(delimiter), size: end - from };
    from = next + 1;
  }
}

function quotedCells(records: string, delimiter: string): readonly CsvRecord[] {
  try {
    const rows = parse(records, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_ROW,
      record_delimiter: ['\r\n', '\n'],
    }) as unknown as readonly (readonly string[])[];
    return rows.map((cells) => ({ cells, size: cells.reduce((size, cell) => size + cell.length, 0) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UploadRefused(error.code === 'CSV_MAX_RECORD_SIZE' ? 'ROW_TOO_LONG' : 'FILE_BROKEN');
  }
}

/** The delimiter that the heading line has most of outside quotation marks. */
function delimiterOf(records: string): string {
  const line = (records.trimStart().split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
