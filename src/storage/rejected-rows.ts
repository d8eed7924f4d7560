import type { RowFinding } from '../domain/intake/list-definition.ts';
import type { RejectedRow, RejectedRows } from '../flows/ports.ts';
import { LETTERS, verdictOf } from './row-blocks.ts';
import { openRows, type KeptRows } from './sealed-blocks.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Reads the rejected rows of a submission: only the blocks that have any, and one at a time, however many there are. */
export function rejectedRows(walled: WalledDatabase): RejectedRows {
  return {
    blocks: async function* (jurisdiction, submission) {
      const inside = walled.of(jurisdiction);
      for (let last = 0; ;) {
        const found = await inside.query<BlockRecord>(NEXT_BLOCK, [jurisdiction, submission, last]);
        const block = found.rows[0];
        if (!block) return;
        yield rejectedOf(inside.seal, submission, block);
        last = block.first_row;
      }
    },
  };
}

interface BlockRecord extends KeptRows {
  readonly first_row: number;
  readonly outcomes: string;
  readonly subjects: Buffer;
  readonly findings: Readonly<Record<string, readonly RowFinding[]>> | null;
}

function rejectedOf(seal: PlaceSeal, submission: string, block: BlockRecord): RejectedRow[] {
  const { first_row: firstRow, outcomes, subjects, findings } = block;
  const judged = { outcomes, subjects, findings: findings ?? {} };
  return openRows(seal, submission, firstRow, block).flatMap((cells, index) => {
    return outcomes[index] === LETTERS.REJECTED ? [{ ...verdictOf(judged, firstRow, index), sent: cells }] : [];
  });
}

const NEXT_BLOCK = `
select first_row, codec, sent, outcomes, subjects, findings
from submission_block
where jurisdiction = $1 and submission = $2 and first_row > $3 and rejected > 0
order by first_row
limit 1`;
