import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { RawRow, RowFinding, RowOutcome, RowVerdict } from '../domain/intake/list-definition.ts';
import { uuidText } from './ids.ts';

/** Rows a block holds at most. */
export const BLOCK_ROWS = 1_000;

/** How the rows of a block are written, beneath their seal. */
export type BlockCodec = 'plain' | 'zstd';

/** Letters of outcomes, one a row. */
export const LETTERS = { ACCEPTED: 'A', UNCHANGED: 'U', FLAGGED: 'F', REJECTED: 'R' } as const satisfies Record<
  RowOutcome,
  string
>;
const OUTCOMES = new Map(Object.entries(LETTERS).map(([outcome, letter]) => [letter as string, outcome as RowOutcome]));

const KEY_BYTES = 16;

/** Rows as sent, as they are sealed: compressed JSON, since what is sealed could not be compressed any more. */
export const encodeRows = (rows: readonly RawRow[]): Buffer => compressed(Buffer.from(JSON.stringify(rows)));

/** Compresses the rows of a block: fast rather than small, level 1 is four times as quick as the default and loses a tenth. */
export const compressed = (text: Buffer): Buffer =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });

/** Reads the rows of a block that is not sealed, or not any more. */
export function decodeRows(codec: BlockCodec, sent: Buffer): RawRow[] {
  return JSON.parse(unpacked(codec, sent).toString()) as RawRow[];
}

/** The text of the rows of a block that is not sealed, or not any more. */
export const unpacked = (codec: BlockCodec, sent: Buffer): Buffer =>
  codec === 'zstd' ? zstdDecompressSync(sent) : sent;

/** What a block keeps of the judgement on its rows. */
export interface JudgedColumns {
  /** One letter a row. */
  readonly outcomes: string;
  /** Sixteen bytes a row: the subject key, zeros where the subject cannot be told. */
  readonly subjects: Buffer;
  /** Findings by row number, of the rows that have any. */
  readonly findings: Readonly<Record<string, readonly RowFinding[]>>;
  readonly accepted: number;
  readonly unchanged: number;
  readonly flagged: number;
  readonly rejected: number;
}

/** Writes verdicts, in row order, as a block keeps them. */
export function encodeVerdicts(
  verdicts: readonly (RowVerdict & { readonly subjectKey: string | null })[],
): JudgedColumns {
  const outcomes = verdicts.map(({ outcome }) => LETTERS[outcome]).join('');
  const count = (letter: string): number => outcomes.split(letter).length - 1;
  const told = verdicts.filter(({ findings }) => findings.length > 0);
  return {
    outcomes,
    subjects: subjectBytes(verdicts.map(({ subjectKey }) => subjectKey)),
    findings: Object.fromEntries(told.map(({ row, findings }) => [row, findings])),
    accepted: count('A'),
    unchanged: count('U'),
    flagged: count('F'),
    rejected: count('R'),
  };
}

/** Writes subject keys as a block keeps them. */
export const subjectBytes = (keys: readonly (string | null)[]): Buffer =>
  Buffer.from(
    keys
      .map((key) => key ?? NO_SUBJECT)
      .join('')
      .replaceAll('-', ''),
    'hex',
  );

const NO_SUBJECT = '0'.repeat(2 * KEY_BYTES);

/** Reads the verdict on one row of a block; `index` counts within the block, from 0. */
export function verdictOf(
  { outcomes, subjects, findings }: Pick<JudgedColumns, 'outcomes' | 'subjects' | 'findings'>,
  firstRow: number,
  index: number,
): RowVerdict & { readonly subjectKey: string | null } {
  const row = firstRow + index;
  const key = subjects.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES);
  return {
    row,
    outcome: OUTCOMES.get(outcomes[index] ?? '') ?? 'REJECTED',
    findings: findings[row] ?? [],
    subjectKey: key.every((byte) => byte === 0) ? null : uuidText(key),
  };
}
