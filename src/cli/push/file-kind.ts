import type { SubmissionFormat } from '../../domain/intake/submission.ts';

/** What a file is, by its name. */
export interface FileKind {
  /** Its media type. */
  readonly type: string;
  /** As the hub calls what it holds. */
  readonly format: Exclude<SubmissionFormat, 'GRAPHQL'>;
  readonly packed: boolean;
  /** The format in which its rejected rows are best handed back. */
  readonly rejectedAs: 'csv' | 'xlsx';
}

const TYPES: Readonly<Record<FileKind['format'], string>> = {
  NDJSON: 'application/x-ndjson',
  CSV: 'text/csv',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

const FORMATS: Readonly<Record<string, FileKind['format']>> = {
  ndjson: 'NDJSON',
  jsonl: 'NDJSON',
  csv: 'CSV',
  tsv: 'CSV',
  txt: 'CSV',
  xlsx: 'XLSX',
};

/** Tells a file's kind by its extension (`.csv`, `.xlsx.gz` …); `undefined` for others. */
export function fileKindOf(name: string): FileKind | undefined {
  const [, extension, gz] = /\.([a-z]+?)(\.gz)?$/i.exec(name) ?? [];
  const ending = extension?.toLowerCase() ?? '';
  if (!Object.hasOwn(FORMATS, ending)) return undefined;
  const format = FORMATS[ending]!;
  return { type: TYPES[format], format, packed: gz !== undefined, rejectedAs: format === 'XLSX' ? 'xlsx' : 'csv' };
}
