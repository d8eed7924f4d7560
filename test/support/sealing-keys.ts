import { join } from 'node:path';
import type pg from 'pg';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { openRows, type KeptRows } from '../../src/storage/sealed-blocks.ts';
import { readDataKeys } from '../../src/storage/sealing/data-keys.ts';
import { readKeyRing } from '../../src/storage/sealing/key-ring.ts';
import { keyedHashOf } from '../../src/storage/sealing/keyed-hash.ts';
import { placeSeal, type PlaceSeal } from '../../src/storage/sealing/place-seal.ts';

/** The sealing keys of every test database, as hubs are given them (`SEALING_KEY_FILE`). */
export const TEST_KEY_FILE = join(import.meta.dirname, 'sealing-keys.json');

/** The same, for databases that are opened without a hub. */
export const TEST_KEYS = readKeyRing(TEST_KEY_FILE, { mayMake: false });

/** Seals and opens as hubs of the tests do for a jurisdiction, by the data keys that are there now. */
export async function sealOf(client: pg.Pool | pg.ClientBase, jurisdiction: string): Promise<PlaceSeal> {
  const kept = (await readDataKeys(client, TEST_KEYS)).map(({ key }) => key!);
  return placeSeal(jurisdiction, {
    draw: () => kept.at(-1)!,
    find: (id) => kept.find((key) => key.id === id),
    hash: keyedHashOf(kept[0]!),
  });
}

/** A block of a submission as it lies, its rows opened. */
export interface OpenedBlock {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly rows: readonly RawRow[];
}

/** The blocks of a submission in order, read past the hub, by a client that sees every row. */
export async function openedBlocks(
  client: pg.Pool | pg.ClientBase,
  submission: string,
): Promise<readonly OpenedBlock[]> {
  const { rows: blocks } = await client.query<BlockRecord>(
    'select jurisdiction, first_row, row_count, codec, sent from submission_block where submission = $1 order by first_row',
    [submission],
  );
  const seal = await sealOf(client, blocks[0]?.jurisdiction ?? '');
  return blocks.map((block) => ({
    firstRow: block.first_row,
    rowCount: block.row_count,
    rows: openRows(seal, submission, block.first_row, block),
  }));
}

interface BlockRecord extends KeptRows {
  readonly jurisdiction: string;
  readonly first_row: number;
  readonly row_count: number;
}
