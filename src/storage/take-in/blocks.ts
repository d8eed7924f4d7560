import type pg from 'pg';
import type { JudgedRow, SentRows } from '../../flows/ports-take-in.ts';
import { subjectBytes } from '../row-blocks.ts';
import { openRows, sealRows, type KeptRows } from '../sealed-blocks.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import type { WalledPart } from '../walled-database.ts';
import type { Letters } from './letters.ts';
import type { Staging } from './staging.ts';

/** Blocks read at a time. */
const BLOCKS_AT_ONCE = 8;
/** Blocks whose verdicts are written with one statement. */
const BLOCKS_WRITTEN_AT_ONCE = 200;

/** Where a block lies within its submission. */
export interface BlockPlace {
  readonly firstRow: number;
  readonly rowCount: number;
}

interface BlockRecord extends KeptRows {
  readonly first_row: number;
  readonly row_count: number;
}

/** Reads the blocks of a submission in order, the next ones while the last are being worked on. */
export async function* readBlocks(
  inside: WalledPart,
  submission: string,
  places: BlockPlace[],
): AsyncGenerator<SentRows> {
  const read = (after: number): Promise<pg.QueryResult<BlockRecord>> =>
    inside.query<BlockRecord>(READ_BLOCKS, [submission, after, BLOCKS_AT_ONCE]);
  let ahead = read(0);
  for (;;) {
    const { rows: blocks } = await ahead;
    const last = blocks.at(-1);
    if (!last) return;
    ahead = read(last.first_row);
    // Awaited in the next round; should this one fail first, nobody would be listening.
    ahead.catch(() => undefined);
    for (const block of blocks) {
      const { first_row: firstRow, row_count: rowCount } = block;
      places.push({ firstRow, rowCount });
      yield { firstRow, rows: openRows(inside.seal, submission, firstRow, block) };
    }
  }
}

/** Writes what judging found into a block; it shows once its outcomes are there. */
export async function keepBlockFindings(
  inside: WalledPart,
  submission: string,
  judged: readonly JudgedRow[],
): Promise<void> {
  const findings = Object.fromEntries(
    judged.filter((row) => row.findings.length > 0).map((row) => [row.row, row.findings]),
  );
  const subjects = subjectBytes(judged.map(({ subject }) => subject?.key ?? null));
  await inside.query(KEEP_FINDINGS, [submission, judged[0]!.row, subjects, JSON.stringify(findings)]);
}

/** Writes the last word on every row: what was found when it was compared, its outcome, and their counts. */
export async function keepVerdicts(
  client: pg.ClientBase,
  submission: string,
  { verdict }: Staging,
  places: readonly BlockPlace[],
  letters: Letters,
): Promise<void> {
  const compared = await client.query<{ there: boolean }>(`select to_regclass('${verdict}') is not null as there`);
  if (compared.rows[0]?.there) await client.query(addFindings(verdict), [submission]);
  for (let from = 0; from < places.length; from += BLOCKS_WRITTEN_AT_ONCE) {
    const some = places.slice(from, from + BLOCKS_WRITTEN_AT_ONCE);
    const counts = some.map(({ firstRow, rowCount }) => letters.counts(firstRow, rowCount));
    await client.query(KEEP_OUTCOMES, [
      submission,
      some.map(({ firstRow }) => firstRow),
      some.map(({ firstRow, rowCount }) => letters.text(firstRow, rowCount)),
      counts.map(({ accepted }) => accepted),
      counts.map(({ unchanged }) => unchanged),
      counts.map(({ flagged }) => flagged),
      counts.map(({ rejected }) => rejected),
    ]);
  }
}

/** Forgets whom the rows of a submission are about, and what the good ones said; those worth a look keep it, to be corrected. */
export async function forgetGoodRows(
  client: pg.ClientBase,
  seal: PlaceSeal,
  submission: string,
  places: readonly BlockPlace[],
  letters: Letters,
): Promise<void> {
  for (const { firstRow, rowCount } of places) {
    const found = await client.query<BlockRecord>(READ_BLOCKS, [submission, firstRow - 1, 1]);
    const rows = openRows(seal, submission, firstRow, found.rows[0]!);
    const outcomes = letters.text(firstRow, rowCount);
    const isGood = (index: number): boolean => 'AU'.includes(outcomes[index]!);
    const forgotten = rows.map((row, index) => (isGood(index) ? {} : row));
    const kept = sealRows(seal, submission, firstRow, forgotten);
    const nobody = subjectBytes(Array<null>(rowCount).fill(null));
    await client.query(REPLACE_ROWS, [submission, firstRow, kept.codec, kept.sent, nobody]);
  }
}

const READ_BLOCKS = `
select first_row, row_count, codec, sent from submission_block
where submission = $1 and first_row > $2
order by first_row
limit $3`;

const KEEP_FINDINGS = `
update submission_block set subjects = $3, findings = $4 where submission = $1 and first_row = $2`;

const addFindings = (verdict: string): string => `
with said as (
  select b.first_row, json_object_agg(v.row_number, v.findings)::jsonb as findings
  from ${verdict} v
  cross join lateral (
    select max(first_row) as first_row from submission_block where submission = $1 and first_row <= v.row_number) b
  group by b.first_row
)
update submission_block b set findings = (b.findings::jsonb || said.findings)::json
from said
where b.submission = $1 and b.first_row = said.first_row`;

const KEEP_OUTCOMES = `
update submission_block b set outcomes = v.outcomes, accepted = v.accepted, unchanged = v.unchanged,
  flagged = v.flagged, rejected = v.rejected
from unnest($2::integer[], $3::text[], $4::smallint[], $5::smallint[], $6::smallint[], $7::smallint[])
  as v(first_row, outcomes, accepted, unchanged, flagged, rejected)
where b.submission = $1 and b.first_row = v.first_row`;

const REPLACE_ROWS = `
update submission_block set codec = $3, sent = $4, subjects = $5 where submission = $1 and first_row = $2`;
