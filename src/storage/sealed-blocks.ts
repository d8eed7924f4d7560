import type pg from 'pg';
import type { RawRow } from '../domain/intake/list-definition.ts';
import { NIL_ID } from './ids.ts';
import { compressed, decodeRows, encodeRows, unpacked, type BlockCodec } from './row-blocks.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';

/** How the rows of a block lie in the table: sealed, or of before in clear, until they are sealed anew. */
type KeptCodec = 'sealed-zstd' | BlockCodec;

/** The rows of a block as the table has them. */
export interface KeptRows {
  readonly codec: KeptCodec;
  readonly sent: Buffer;
}

const COLUMN = 'submission_block.sent';

/** Seals the rows of a block as one value, bound to the submission and to where in it they begin. */
export function sealRows(seal: PlaceSeal, submission: string, firstRow: number, rows: readonly RawRow[]): KeptRows {
  return sealed(seal, submission, firstRow, encodeRows(rows));
}

/** Reads the rows of a block, sealed or of before; throws a `SealingFault` where they are not those that were kept here. */
export function openRows(seal: PlaceSeal, submission: string, firstRow: number, { codec, sent }: KeptRows): RawRow[] {
  return codec === 'sealed-zstd'
    ? decodeRows('zstd', seal.openBytes(COLUMN, placeOf(submission, firstRow), sent))
    : decodeRows(codec, sent);
}

/** The rows of a block as the one text that they were packed from: to look for something in it before it is read. */
export function openPacked(seal: PlaceSeal, submission: string, firstRow: number, { codec, sent }: KeptRows): Buffer {
  return codec === 'sealed-zstd'
    ? unpacked('zstd', seal.openBytes(COLUMN, placeOf(submission, firstRow), sent))
    : unpacked(codec, sent);
}

/** A submission's rows, and the seal under which they lie. */
interface Whose {
  readonly seal: PlaceSeal;
  readonly submission: string;
}

/** Seals a block that was sealed for one submission for another, as it is; where it does not open, a `SealingFault`. */
export function resealedRows(from: Whose, to: Whose, firstRow: number, sent: Buffer): KeptRows {
  const packed = from.seal.openBytes(COLUMN, placeOf(from.submission, firstRow), sent);
  return sealed(to.seal, to.submission, firstRow, packed);
}

const placeOf = (submission: string, firstRow: number): readonly string[] => [submission, String(firstRow)];

const sealed = (seal: PlaceSeal, submission: string, firstRow: number, packed: Buffer): KeptRows => ({
  codec: 'sealed-zstd',
  sent: seal.seal(COLUMN, placeOf(submission, firstRow), packed),
});

/** Rows as sent, for the command that seals them anew. */
export const SENT_ROWS: SealedColumn = {
  name: COLUMN,
  countOld: async (client, jurisdiction, head) => {
    const { rows } = await client.query<{ count: number }>(COUNT_OLD, [jurisdiction, head]);
    return rows[0]!.count;
  },
  resealSome: async (client, seal, { jurisdiction, head, after, limit }) => {
    const [submission, firstRow] = after?.split('/') ?? [NIL_ID, '0'];
    const { rows: blocks } = await client.query<BlockRecord>(OLD, [jurisdiction, head, submission, firstRow, limit]);
    if (blocks.length > 0) await rewrite(client, seal, blocks);
    const last = blocks.at(-1);
    return {
      resealed: blocks.length,
      last: last && blocks.length === limit ? `${last.submission}/${last.first_row}` : null,
    };
  },
};

interface BlockRecord extends KeptRows {
  readonly submission: string;
  readonly first_row: number;
}

async function rewrite(client: pg.ClientBase, seal: PlaceSeal, blocks: readonly BlockRecord[]): Promise<void> {
  const anew = blocks.map((block) => sealed(seal, block.submission, block.first_row, packedRows(seal, block)));
  await client.query(REWRITE, [
    blocks.map(({ submission }) => submission),
    blocks.map(({ first_row: firstRow }) => firstRow),
    anew.map(({ codec }) => codec),
    anew.map(({ sent }) => sent),
  ]);
}

/** The rows as they were packed; those of long before were not. */
function packedRows(seal: PlaceSeal, { submission, first_row: firstRow, codec, sent }: BlockRecord): Buffer {
  if (codec === 'sealed-zstd') return seal.openBytes(COLUMN, placeOf(submission, firstRow), sent);
  return codec === 'zstd' ? sent : compressed(sent);
}

const IS_OLD = `jurisdiction = $1 and (codec <> 'sealed-zstd' or substr(sent, 1, 6) <> $2)`;

const COUNT_OLD = `select count(*)::integer as count from submission_block where ${IS_OLD}`;

const OLD = `
select submission, first_row, codec, sent from submission_block
where ${IS_OLD} and (submission, first_row) > ($3::uuid, $4::integer)
order by submission, first_row
limit $5
for update skip locked`;

const REWRITE = `
update submission_block b set codec = v.codec, sent = v.sent
from unnest($1::uuid[], $2::integer[], $3::text[], $4::bytea[]) as v(submission, first_row, codec, sent)
where b.submission = v.submission and b.first_row = v.first_row`;
