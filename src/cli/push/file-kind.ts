/** What a file is, by its name. */
export interface FileKind {
  /** Its media type. */
  readonly type: string;
  readonly packed: boolean;
  /** The format in which its rejected rows are best handed back. */
  readonly rejectedAs: 'csv' | 'xlsx';
}

const TYPES: Readonly<Record<string, string>> = {
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  csv: 'text/csv',
  tsv: 'text/csv',
  txt: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Tells a file's kind by its extension (`.csv`, `.xlsx.gz` …); `undefined` for others. */
export function fileKindOf(name: string): FileKind | undefined {
  const [, extension, gz] = /\.([a-z]+?)(\.gz)?$/i.exec(name) ?? [];
  const format = extension?.toLowerCase() ?? '';
  if (!Object.hasOwn(TYPES, format)) return undefined;
  return { type: TYPES[format]!, packed: gz !== undefined, rejectedAs: format === 'xlsx' ? 'xlsx' : 'csv' };
}
