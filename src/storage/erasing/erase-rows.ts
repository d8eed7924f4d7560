import type pg from 'pg';
import { levelledNumber, numberTail } from '../../domain/intake/id-number.ts';
import type { RawRow } from '../../domain/intake/list-definition.ts';
import { NIL_ID } from '../ids.ts';
import { openPacked, openRows, sealRows, type KeptRows } from '../sealed-blocks.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import type { Queryable } from '../walled-database.ts';

/** What a row is known by as somebody's. */
export interface Traces {
  /** Subject keys, with the bytes between hyphens. */
  readonly keys: readonly string[];
  /** Their numbers in the forms that are read as them, levelled. */
  readonly numbers: readonly string[];
}

/** A block in which somebody is named. */
export interface TracedBlock extends BlockRecord {
  /** Places of rows within it, from 0: their own, to be emptied whole. */
  readonly own: readonly number[];
  readonly status: string;
}

interface BlockRecord extends KeptRows {
  readonly submission: string;
  readonly first_row: number;
  readonly subjects: Buffer | null;
  readonly status: string;
}

const KEY_BYTES = 16;
/** Blocks that are read at once: some megabytes. */
const AT_ONCE = 20;

/**
 * Finds the blocks of a jurisdiction whose rows are about somebody, or that have their number in a cell: rows that were never judged, and those
 * of others that name a guardian or a second document. All blocks are opened, a few milliseconds each.
 *
 * @param known names of blocks that need not be looked through; those found judged and without them are added
 */
export async function findBlocks(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  { keys, numbers }: Traces,
  known: Set<string>,
): Promise<readonly TracedBlock[]> {
  const keyBytes = keys.map((key) => Buffer.from(key.replaceAll('-', ''), 'hex'));
  const found: TracedBlock[] = [];
  for await (const block of blocksBesides(client, jurisdiction, known)) {
    const own = placesOf(block.subjects, keyBytes);
    const isFound = own.length > 0 || doesName(openPacked(seal, block.submission, block.first_row, block), numbers);
    if (isFound) found.push({ ...block, own });
    // Judging may still find somebody in whatever way their number was written.
    else if (block.subjects) known.add(nameOf(block));
  }
  return found;
}

/** The blocks of a jurisdiction that are not known yet, some at a time. */
async function* blocksBesides(
  client: Queryable,
  jurisdiction: string,
  known: ReadonlySet<string>,
): AsyncGenerator<BlockRecord> {
  let [submission, firstRow] = [NIL_ID, 0];
  for (;;) {
    const { rows } = await client.query<BlockName>(NAMES, [jurisdiction, submission, firstRow, NAMES_AT_ONCE]);
    const last = rows.at(-1);
    if (!last) return;
    const fresh = rows.filter((block) => !known.has(nameOf(block)));
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      const some = fresh.slice(from, from + AT_ONCE);
      const places = [some.map((block) => block.submission), some.map((block) => block.first_row)];
      yield* (await client.query<BlockRecord>(BLOCKS, [jurisdiction, ...places])).rows;
    }
    [submission, firstRow] = [last.submission, last.first_row];
  }
}

interface BlockName {
  readonly submission: string;
  readonly first_row: number;
}

const nameOf = (block: BlockName): string => `${block.submission}/${block.first_row}`;

function placesOf(subjects: Buffer | null, keys: readonly Buffer[]): readonly number[] {
  if (!subjects) return [];
  const places = Array.from({ length: subjects.length / KEY_BYTES }, (_, place) => place);
  if (!keys.some((key) => subjects.includes(key))) return [];
  return places.filter((place) =>
    keys.some((key) => key.equals(subjects.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES))),
  );
}

/**
 * Empties somebody's rows in a block and seals it anew; how many rows it was. Verdicts stay as they are, but for whom they are about. A row of
 * somebody else loses the cell that names the number, except where it stands there as their own.
 */
export async function eraseRows(
  client: pg.ClientBase,
  seal: PlaceSeal,
  { numbers }: Traces,
  block: TracedBlock,
): Promise<number> {
  const { submission, first_row: firstRow, subjects } = block;
  const own = new Set(block.own);
  let erased = 0;
  const rows = openRows(seal, submission, firstRow, block).map((row, place) => {
    const left = own.has(place) ? {} : withoutNumbers(row, numbers, isNobodys(subjects, place));
    if (left !== row) erased += 1;
    return left;
  });
  if (erased === 0) return 0;
  const bytes = subjects && Buffer.from(subjects);
  for (const place of own) bytes!.fill(0, place * KEY_BYTES, (place + 1) * KEY_BYTES);
  const { codec, sent } = sealRows(seal, submission, firstRow, rows);
  await client.query(REWRITE, [submission, firstRow, codec, sent, bytes]);
  return erased;
}

/**
 * Does JSON have one of the numbers, and not as a part of another? As a number is read: in full width, with spaces, its letters small, or with what a
 * certificate or a permit adds to it.
 */
function doesName(json: Buffer | string, numbers: readonly string[]): boolean {
  // What JSON writes for a control character is no letter of the text.
  const text = json.toString().replaceAll(/\\(?:[bfnrt]|u[0-9a-f]{4})/g, ' ');
  const levelled = levelledNumber(text);
  return [text.toUpperCase(), levelled.toUpperCase()].some((one) =>
    numbers.some((number) => one.includes(number) && hasWhole(one, number)),
  );
}

function hasWhole(text: string, number: string): boolean {
  const literal = number.replaceAll(/[^0-9A-Z]/g, String.raw`\$&`);
  return new RegExp(`(?<![0-9A-Z])${literal}${numberTail(number)}(?![0-9A-Z])`).test(text);
}

const isNobodys = (subjects: Buffer | null, place: number): boolean =>
  !subjects || subjects.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES).every((byte) => byte === 0);

function withoutNumbers(row: RawRow, numbers: readonly string[], ofNobody: boolean): RawRow {
  const named = Object.keys(row).filter((column) => doesName(JSON.stringify(row[column]), numbers));
  if (named.length === 0) return row;
  if (ofNobody) return named.includes(OWN_NUMBER) ? {} : { ...row, ...emptied(named) };
  const others = named.filter((column) => column !== OWN_NUMBER);
  return others.length === 0 ? row : { ...row, ...emptied(others) };
}

const emptied = (columns: readonly string[]): RawRow => Object.fromEntries(columns.map((column) => [column, null]));

/** The column of the number whose owner a row is about. */
const OWN_NUMBER = 'idNumber';

const NAMES_AT_ONCE = 5_000;

const NAMES = `
select submission, first_row from submission_block
where jurisdiction = $1 and (submission, first_row) > ($2::uuid, $3::integer)
order by submission, first_row
limit $4`;

const BLOCKS = `
select b.submission, b.first_row, b.codec, b.sent, b.subjects, s.status
from unnest($2::uuid[], $3::integer[]) as w(submission, first_row)
join submission_block b on b.submission = w.submission and b.first_row = w.first_row and b.jurisdiction = $1
join submission s on s.id = b.submission
order by b.submission, b.first_row`;

const REWRITE = `
update submission_block set codec = $3, sent = $4, subjects = $5 where submission = $1 and first_row = $2`;
