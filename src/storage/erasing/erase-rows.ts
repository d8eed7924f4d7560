import type pg from 'pg';
import {
  hasNumber,
  numberInCell,
  OWN_NUMBER,
  soughtNumber,
  type SoughtNumber,
} from '../../domain/identity/number-in-row.ts';
import type { IdentityDocument } from '../../domain/identity/subject.ts';
import type { Column, RawRow } from '../../domain/intake/list-definition.ts';
import type { SubmissionFormat } from '../../domain/intake/submission.ts';
import type { Agency, ListName } from '../../domain/intake/words.ts';
import type { SentRowReader } from '../../flows/ports-erasing.ts';
import { NIL_ID, uuidText } from '../ids.ts';
import { subjectBytes } from '../row-blocks.ts';
import { openPacked, openRows, sealRows, type KeptRows } from '../sealed-blocks.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import type { Queryable } from '../walled-database.ts';

/** What a row is known by as somebody's. */
export interface Traces {
  /** Subject keys, with the bytes between hyphens. */
  readonly keys: readonly string[];
  readonly numbers: readonly TracedNumber[];
}

/** A number under which somebody is told of. */
export interface TracedNumber extends SoughtNumber {
  /**
   * Is it theirs alone, so that it means them wherever it stands? A guardian's number on a newborn's row and a placeholder are not: whoever is held
   * apart under one is found by rows that are tied to them, and by nothing else.
   */
  readonly own: boolean;
}

/** By what rows are read. */
export interface Reading {
  readonly seal: PlaceSeal;
  readonly reader: SentRowReader;
}

/** A block of rows as sent, and what its submission says of it. */
export interface SentBlock extends KeptRows {
  readonly submission: string;
  readonly first_row: number;
  readonly subjects: Buffer | null;
  readonly status: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly format: SubmissionFormat;
  readonly received_at: Date;
}

/** Where a value like one of their numbers stays: it is others' too, or may be. */
export interface PlaceLeft {
  readonly submission: string;
  readonly agency: Agency;
  readonly list: ListName;
  /** Number of the row in the submission, from 1. */
  readonly row: number;
  /** `null` for one that the list has not: its heading is whatever was sent. */
  readonly column: string | null;
}

/** The blocks in which something is to be erased. */
export interface BlocksFound {
  readonly blocks: readonly SentBlock[];
  /** In these blocks and in all others. */
  readonly left: readonly PlaceLeft[];
}

/** The traces that a document leaves in rows. */
export async function tracedNumber(
  document: IdentityDocument,
  keys: readonly string[],
  reader: SentRowReader,
): Promise<TracedNumber> {
  const owner = await reader.ownerOf(document);
  return { ...soughtNumber(document), own: owner !== null && keys.includes(owner) };
}

const KEY_BYTES = 16;
/** Blocks that are read at once: some megabytes. */
const AT_ONCE = 20;

/**
 * Finds the blocks of a jurisdiction whose rows are about somebody, or that have a number of their own in a cell: rows that were never judged, and
 * those of others that name a guardian or a second document. All blocks are opened, a few milliseconds each.
 *
 * @param known names of blocks that need not be looked through, with what stays in them; those found judged and without anything to erase are added
 */
export async function findBlocks(
  client: Queryable,
  reading: Reading,
  jurisdiction: string,
  traces: Traces,
  known: Map<string, readonly PlaceLeft[]>,
): Promise<BlocksFound> {
  const blocks: SentBlock[] = [];
  const left = [...known.values()].flat();
  for await (const block of blocksBesides(client, jurisdiction, known)) {
    const without = await withoutTraces(reading, traces, block);
    for (const place of without.left) left.push(place);
    if (without.erased > 0) blocks.push(block);
    // Judging may still find somebody in whatever way their number was written.
    else if (block.subjects) known.set(nameOf(block), without.left);
  }
  return { blocks, left };
}

/** The blocks of a jurisdiction that are not known yet, some at a time. */
async function* blocksBesides(
  client: Queryable,
  jurisdiction: string,
  known: ReadonlyMap<string, unknown>,
): AsyncGenerator<SentBlock> {
  let [submission, firstRow] = [NIL_ID, 0];
  for (;;) {
    const { rows } = await client.query<BlockName>(NAMES, [jurisdiction, submission, firstRow, NAMES_AT_ONCE]);
    const last = rows.at(-1);
    if (!last) return;
    const fresh = rows.filter((block) => !known.has(nameOf(block)));
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      const some = fresh.slice(from, from + AT_ONCE);
      const places = [some.map((block) => block.submission), some.map((block) => block.first_row)];
      yield* (await client.query<SentBlock>(BLOCKS, [jurisdiction, ...places])).rows;
    }
    [submission, firstRow] = [last.submission, last.first_row];
  }
}

interface BlockName {
  readonly submission: string;
  readonly first_row: number;
}

const nameOf = (block: BlockName): string => `${block.submission}/${block.first_row}`;

/**
 * Empties somebody's rows in a block and seals it anew; how many rows it was. Verdicts stay as they are, but for whom they are about. A row of
 * somebody else loses the cell that names a number of their own, except where it stands there as the number whose owner the row is about.
 */
export async function eraseRows(
  client: pg.ClientBase,
  reading: Reading,
  traces: Traces,
  block: SentBlock,
): Promise<number> {
  const { submission, first_row: firstRow } = block;
  const { rows, subjects, erased } = await withoutTraces(reading, traces, block);
  const { codec, sent } = sealRows(reading.seal, submission, firstRow, rows);
  await client.query(REWRITE, [submission, firstRow, codec, sent, subjects]);
  return erased;
}

/** What a block is without somebody. */
interface Without {
  readonly rows: readonly RawRow[];
  /** Whom its rows are about, as the block keeps it. */
  readonly subjects: Buffer | null;
  /** How many rows lose something. */
  readonly erased: number;
  readonly left: readonly PlaceLeft[];
}

const UNTOUCHED: Without = { rows: [], subjects: null, erased: 0, left: [] };

async function withoutTraces({ seal, reader }: Reading, traces: Traces, block: SentBlock): Promise<Without> {
  const { submission, first_row: firstRow } = block;
  const isNamed =
    mayBeTied(block, traces) || hasNumber(openPacked(seal, submission, firstRow, block).toString(), traces.numbers);
  if (!isNamed) return UNTOUCHED;

  const sent = openRows(seal, submission, firstRow, block);
  const subjects = await subjectsOf(sent, traces, block, reader);
  const columns = reader.columnsOf(block.list);
  // Nobody from now on where it was somebody who is erased.
  const others = subjects.map((subject) => (subject !== null && traces.keys.includes(subject) ? null : subject));
  const rows = sent.map((row, place) =>
    others[place] === subjects[place]
      ? withoutNumbers(row, columns, traces.numbers, subjects[place] === null)
      : EMPTIED,
  );
  const changed = rows.flatMap(({ row }, place) => (row === sent[place] ? [] : [place]));
  return {
    rows: rows.map(({ row }) => row),
    subjects: retied(block.subjects, others, changed),
    erased: changed.length,
    left: rows.flatMap(({ left }, place) =>
      left.map((name) => ({
        submission,
        agency: block.agency,
        list: block.list,
        row: firstRow + place,
        column: columns.some((column) => column.name === name) ? name : null,
      })),
    ),
  };
}

/** Are there the bytes of one of the keys? Nearly no block has them. */
const mayBeTied = ({ subjects }: SentBlock, { keys }: Traces): boolean =>
  keys.some((key) => subjects?.includes(Buffer.from(key.replaceAll('-', ''), 'hex')));

/** The subjects that judging tied the rows of a block to; `null` for a row whose subject could not be told, or that was not kept. */
function tiedTo(subjects: Buffer | null): readonly (string | null)[] {
  if (!subjects) return [];
  return Array.from({ length: subjects.length / KEY_BYTES }, (_, place) => {
    const key = subjects.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES);
    return key.every((byte) => byte === 0) ? null : uuidText(key);
  });
}

/**
 * Whom the rows of a block are about, once some of them have changed: of whoever is held apart the key is made of all that the row said, so that
 * a changed row, judged again, would be somebody else's.
 */
function retied(kept: Buffer | null, subjects: readonly (string | null)[], changed: readonly number[]): Buffer | null {
  if (kept === null && changed.every((place) => subjects[place] === null)) return null;
  const bytes = kept ? Buffer.from(kept) : Buffer.alloc(subjects.length * KEY_BYTES);
  for (const place of changed) subjectBytes([subjects[place] ?? null]).copy(bytes, place * KEY_BYTES);
  return bytes;
}

/**
 * Whom the rows of a block are about. Those that were never judged, or whose subjects were forgotten with a dry run, are judged again where they
 * name a number: otherwise the row of a newborn under a guardian's number would pass for the guardian's.
 */
async function subjectsOf(
  rows: readonly RawRow[],
  { numbers }: Traces,
  { subjects: kept, received_at: receivedAt, ...source }: SentBlock,
  reader: SentRowReader,
): Promise<readonly (string | null)[]> {
  const tied = tiedTo(kept);
  const subjects = rows.map((_, place) => tied[place] ?? null);
  const untied = rows.flatMap((row, place) =>
    subjects[place] === null && hasNumber(JSON.stringify(row), numbers) ? [place] : [],
  );
  if (untied.length === 0) return subjects;
  const again = await reader.subjectsOf(
    { ...source, receivedAt },
    untied.map((place) => rows[place]!),
  );
  for (const [index, place] of untied.entries()) subjects[place] = again[index]!;
  return subjects;
}

interface RowWithout {
  /** The row as it was, or without what it loses. */
  readonly row: RawRow;
  /** Under which headings values like one of the numbers stay. */
  readonly left: readonly string[];
}

/**
 * A row that is not tied to somebody, without the numbers that are theirs alone. Where its own number is one and it is tied to nobody else, nothing
 * of it remains.
 */
function withoutNumbers(
  row: RawRow,
  columns: readonly Column[],
  numbers: readonly TracedNumber[],
  ofNobody: boolean,
): RowWithout {
  if (!hasNumber(JSON.stringify(row), numbers)) return { row, left: [] };
  const taken: string[] = [];
  const left: string[] = [];
  for (const name of Object.keys(row)) {
    const said = numbers.map((number) => ({ own: number.own, says: numberInCell(row, name, columns, number) }));
    const isTheirs = said.some(({ own, says }) => own && says === 'THE_DOCUMENT');
    if (isTheirs && ofNobody && name === OWN_NUMBER) return EMPTIED;
    if (isTheirs && name !== OWN_NUMBER) taken.push(name);
    else if (said.some(({ says }) => says !== 'NOTHING')) left.push(name);
  }
  return { row: taken.length === 0 ? row : { ...row, ...emptied(taken) }, left };
}

const EMPTIED: RowWithout = { row: {}, left: [] };

const emptied = (columns: readonly string[]): RawRow => Object.fromEntries(columns.map((column) => [column, null]));

const NAMES_AT_ONCE = 5_000;

const NAMES = `
select submission, first_row from submission_block
where jurisdiction = $1 and (submission, first_row) > ($2::uuid, $3::integer)
order by submission, first_row
limit $4`;

const BLOCKS = `
select b.submission, b.first_row, b.codec, b.sent, b.subjects, s.status, s.agency, s.list, s.format, s.received_at
from unnest($2::uuid[], $3::integer[]) as w(submission, first_row)
join submission_block b on b.submission = w.submission and b.first_row = w.first_row and b.jurisdiction = $1
join submission s on s.id = b.submission
order by b.submission, b.first_row`;

const REWRITE = `
update submission_block set codec = $3, sent = $4, subjects = $5 where submission = $1 and first_row = $2`;
