import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { HubContext } from '../../subgraphs/context.ts';
import { fileBody } from './file-body.ts';
import { drawFileKey, writeHidden, type FileKey } from './disk-file.ts';
import { readCsv } from './read-csv.ts';
import { readNdjson } from './read-ndjson.ts';
import type { RowBatch } from './row-batch.ts';
import { UploadRefused } from './upload-refused.ts';
import { readXlsxApart } from './xlsx-process.ts';

/** A file as the flow takes it. */
export type IncomingFile = Parameters<HubContext['flows']['receiveFile']>[1];

/** What it takes to read a file out of a request. */
export interface IncomingFileParts {
  /** Most bytes of a file, packed or not. */
  readonly largestFile: number;
  /** Opens an empty file without a name, for formats that are not read from front to back. */
  readonly openSpoolFile: () => Promise<FileHandle>;
}

const FORMATS: Readonly<Record<string, IncomingFile['format']>> = {
  'application/x-ndjson': 'NDJSON',
  'application/ndjson': 'NDJSON',
  'application/jsonl': 'NDJSON',
  'text/csv': 'CSV',
  'text/tab-separated-values': 'CSV',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
};

/** Tells what file a request brings, by its headers; its body is not read before its rows are asked for. */
export function incomingFile(request: IncomingMessage, parts: IncomingFileParts): IncomingFile {
  const { format, charset } = formatOf(request.headers['content-type'] ?? '');
  if (Number(request.headers['content-length'] ?? 0) > parts.largestFile) throw new UploadRefused('BODY_TOO_LARGE');
  const { bytes, digest } = fileBody(request, {
    packed: isPacked(request.headers['content-encoding']),
    largest: parts.largestFile,
  });
  return {
    format,
    digest,
    batches: (columns) => {
      if (format === 'NDJSON') return readNdjson(bytes, { columns });
      if (format === 'CSV') return readCsv(bytes, { columns, charset });
      return readSpooled(bytes, parts.openSpoolFile, (fd, key) => readXlsxApart(fd, { columns }, key));
    },
  };
}

/** Puts a file aside whole, under a key that lies nowhere, then reads it: of a ZIP archive the directory stands at its end. */
async function* readSpooled(
  bytes: AsyncIterable<Buffer>,
  openSpoolFile: IncomingFileParts['openSpoolFile'],
  read: (fd: number, key: FileKey) => AsyncIterable<RowBatch>,
): AsyncGenerator<RowBatch> {
  const file = await openSpoolFile();
  const key = drawFileKey();
  try {
    await writeHidden(file, key, bytes);
    yield* read(file.fd, key);
  } finally {
    await file.close();
  }
}

function formatOf(contentType: string): { format: IncomingFile['format']; charset: string | null } {
  const [type, ...parameters] = contentType.toLowerCase().split(';');
  const format = FORMATS[type?.trim() ?? ''];
  if (!format) throw new UploadRefused('UNSUPPORTED_MEDIA_TYPE');
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  if (format === 'NDJSON' && charset !== undefined && charset !== 'utf-8') {
    throw new UploadRefused('UNSUPPORTED_CHARSET');
  }
  return { format, charset: charset ?? null };
}

function isPacked(encoding: string | undefined): boolean {
  if (encoding === undefined || encoding === 'identity') return false;
  if (encoding === 'gzip') return true;
  throw new UploadRefused('UNSUPPORTED_MEDIA_TYPE', {
    zh: '压缩方式只接受 gzip',
    en: 'the only encoding taken is gzip',
  });
}
