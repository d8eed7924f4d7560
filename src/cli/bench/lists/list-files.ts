import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { filledColumns, textOf } from './file-columns.ts';
import type { MadeList } from './made-lists.ts';
import { writeXlsx } from './xlsx-file.ts';

/** A format of a pushed file. */
export type FileFormat = 'ndjson' | 'csv' | 'xlsx' | 'ndjson.gz' | 'csv.gz';

/** Rows that are written at a time. */
const CHUNK_ROWS = 1_000;

/** Writes a made list as a file of the format, a chunk at a time. */
export async function writeListFile(list: MadeList, format: FileFormat, file: string): Promise<void> {
  if (format === 'xlsx') return writeXlsx(list, file);
  const chunks = format.startsWith('csv') ? csvChunks(list) : ndjsonChunks(list);
  const out = createWriteStream(file);
  await (format.endsWith('.gz')
    ? pipeline(Readable.from(chunks), createGzip(), out)
    : pipeline(Readable.from(chunks), out));
}

/** Compresses a file that is there already, which is quicker than making its rows again. */
export async function gzipFile(file: string, into: string): Promise<void> {
  await pipeline(createReadStream(file), createGzip(), createWriteStream(into));
}

function* ndjsonChunks(list: MadeList): Generator<string> {
  yield* chunksOf(list, (index) => `${JSON.stringify(list.rowAt(index))}\n`);
}

function* csvChunks(list: MadeList): Generator<string> {
  const columns = filledColumns(list);
  yield `${columns.map(({ zh }) => csvCell(zh)).join(',')}\r\n`;
  yield* chunksOf(list, (index) => {
    const row = list.rowAt(index);
    return `${columns.map(({ name }) => csvCell(textOf(row[name]))).join(',')}\r\n`;
  });
}

function* chunksOf({ rows }: MadeList, write: (index: number) => string): Generator<string> {
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    let chunk = '';
    for (let index = from; index < Math.min(from + CHUNK_ROWS, rows); index += 1) chunk += write(index);
    yield chunk;
  }
}

const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
