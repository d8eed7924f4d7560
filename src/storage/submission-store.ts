import type { RowFinding } from '../domain/intake/list-definition.ts';
import type { Page, StoredRow, SubmissionStore } from '../flows/ports.ts';
import { verdictOf } from './row-blocks.ts';
import { openRows, type KeptRows } from './sealed-blocks.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import { submissionOf, type SubmissionRecord } from './submission-table.ts';
import type { WalledDatabase } from './walled-database.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ROW_NUMBER = /^\d{1,9}$/;

/** Blocks read at a time while looking for rows of some outcomes. */
const BLOCKS_AT_ONCE = 8;

/**
 * Reads kept submissions, newest first, and their rows in row order. A cursor is the last item's id or row number; one
 * that this store did not give leads to an empty page.
 */
export function submissionStore(walled: WalledDatabase): SubmissionStore {
  return {
    find: async (jurisdiction, id) => {
      if (!UUID.test(id)) return undefined;
      const found = await walled.of(jurisdiction).query<SubmissionRecord>(FIND, [jurisdiction, id]);
      return found.rows[0] && submissionOf(found.rows[0]);
    },
    findOwn: async (jurisdiction, agency, ids) => {
      if (ids.length === 0) return [];
      const found = await walled.of(jurisdiction).query<SubmissionRecord>(FIND_OWN, [jurisdiction, agency, ids]);
      return found.rows.map(submissionOf);
    },
    page: async (jurisdiction, { agency, list, status }, first, after) => {
      const filter = [jurisdiction, agency ?? null, list ?? null, status ?? null];
      const counted = await walled.of(jurisdiction).query<{ total: number }>(COUNT, filter);
      const total = counted.rows[0]!.total;
      if (after !== null && !UUID.test(after)) return { items: [], next: null, total };
      const found = await walled.of(jurisdiction).query<SubmissionRecord>(PAGE, [...filter, after, first + 1]);
      return { ...pageOf(found.rows.map(submissionOf), first, ({ id }) => id), total };
    },
    rows: async (jurisdiction, submission, only, first, after) => {
      if (!UUID.test(submission)) return { items: [], next: null, total: 0 };
      const counted = await walled.of(jurisdiction).query<OutcomeTotals>(COUNT_ROWS, [jurisdiction, submission]);
      const { accepted, unchanged, flagged, rejected } = counted.rows[0]!;
      const totals = { ACCEPTED: accepted, UNCHANGED: unchanged, FLAGGED: flagged, REJECTED: rejected };
      const total = [...new Set(only ?? (Object.keys(totals) as (keyof typeof totals)[]))].reduce(
        (sum, outcome) => sum + totals[outcome],
        0,
      );
      if (after !== null && !ROW_NUMBER.test(after)) return { items: [], next: null, total };

      const inside = walled.of(jurisdiction);
      const wanted: StoredRow[] = [];
      let last = Number(after ?? 0);
      for (;;) {
        const values = [jurisdiction, submission, last, BLOCKS_AT_ONCE];
        const blocks = await inside.query<BlockRecord>(BLOCKS_AFTER, values);
        for (const block of blocks.rows) {
          const rows = rowsOf(inside.seal, submission, block).filter(
            ({ row, outcome }) => row > last && (!only || only.includes(outcome)),
          );
          wanted.push(...rows);
          if (wanted.length > first) return { ...pageOf(wanted, first, ({ row }) => String(row)), total };
        }
        const end = blocks.rows.at(-1);
        if (!end || blocks.rows.length < BLOCKS_AT_ONCE)
          return { ...pageOf(wanted, first, ({ row }) => String(row)), total };
        last = end.first_row + end.row_count - 1;
      }
    },
  };
}

interface OutcomeTotals {
  readonly accepted: number;
  readonly unchanged: number;
  readonly flagged: number;
  readonly rejected: number;
}

interface BlockRecord extends KeptRows {
  readonly first_row: number;
  readonly row_count: number;
  readonly outcomes: string;
  readonly subjects: Buffer;
  readonly findings: Readonly<Record<string, readonly RowFinding[]>>;
}

function rowsOf(seal: PlaceSeal, submission: string, block: BlockRecord): StoredRow[] {
  return openRows(seal, submission, block.first_row, block).map((sent, index) => ({
    ...verdictOf(block, block.first_row, index),
    sent,
  }));
}

/** One item more than asked for was read: whether it is there tells whether there is more. */
function pageOf<T>(found: readonly T[], first: number, cursorOf: (item: T) => string): Pick<Page<T>, 'items' | 'next'> {
  const items = found.slice(0, first);
  const last = items.at(-1);
  return { items, next: found.length > first && last !== undefined ? cursorOf(last) : null };
}

const FIND = 'select * from submission where jurisdiction = $1 and id = $2';

const FIND_OWN = 'select * from submission where jurisdiction = $1 and agency = $2 and id = any($3::uuid[])';

const OF_FILTER = `jurisdiction = $1 and ($2::text is null or agency = $2) and ($3::text is null or list = $3)
  and ($4::text[] is null or status = any($4))`;

const COUNT = `select count(*)::integer as total from submission where ${OF_FILTER}`;

const PAGE = `
select * from submission where ${OF_FILTER} and ($5::uuid is null or id < $5)
order by id desc
limit $6`;

// Blocks that are not judged yet have no verdicts to show.
const COUNT_ROWS = `
select coalesce(sum(accepted), 0)::integer as accepted, coalesce(sum(unchanged), 0)::integer as unchanged,
  coalesce(sum(flagged), 0)::integer as flagged, coalesce(sum(rejected), 0)::integer as rejected
from submission_block where jurisdiction = $1 and submission = $2 and outcomes is not null`;

const BLOCKS_AFTER = `
select first_row, row_count, codec, sent, outcomes, subjects, findings
from submission_block
where jurisdiction = $1 and submission = $2 and first_row + row_count - 1 > $3 and outcomes is not null
order by first_row
limit $4`;
