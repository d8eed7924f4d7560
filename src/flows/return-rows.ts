import type { Caller } from '../domain/access/caller.ts';
import { decideSubmissionRead } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import type { Column, RawRow } from '../domain/intake/list-definition.ts';
import { allColumns } from '../domain/intake/headings.ts';
import { reasonOf } from '../domain/intake/returned-row.ts';
import type { FileColumn } from '../domain/intake/submission.ts';
import type { ListName } from '../domain/intake/words.ts';
import { getList } from '../lists/registry.ts';
import { findOwn, noSuchSubmission, type FindSubmissionsPorts } from './find-submissions.ts';
import type { RejectedRows, StoredSubmission } from './ports.ts';

/** A row that was not taken in, as it was sent, and why. */
export interface ReturnedRow {
  readonly row: RawRow;
  readonly reason: string;
  /** Whom it names; `null` where that cannot be told. */
  readonly subjectKey: string | null;
}

/** The bad rows of a submission, to be corrected and sent again. */
export interface ReturnedRows {
  readonly submission: string;
  readonly list: ListName;
  /** How many they are. */
  readonly count: number;
  /** The columns as the file had them, or all of the list's under their Chinese names. */
  readonly columns: readonly FileColumn[];
  /** In the order of the file; read as they are taken. */
  readonly rows: AsyncIterable<ReturnedRow>;
}

/** What it takes to hand rows back. */
export interface ReturnRowsPorts extends FindSubmissionsPorts {
  readonly rejectedRows: RejectedRows;
}

/**
 * Hands back the rejected rows of one of the agency's own submissions. Any other submission is `NOT_FOUND`, and so are all of
 * them to who may not read submissions. `NOT_JUDGED_YET` as long as its rows have no verdicts.
 */
export async function returnRows(
  id: string,
  caller: Caller | null,
  ports: ReturnRowsPorts,
): Promise<Answer<ReturnedRows>> {
  const reader = decideSubmissionRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!reader.ok) return reader.refusal.code === 'FORBIDDEN' ? noSuchSubmission() : reader;
  const own = await findOwn(id, reader.value, ports);
  if (!own) return noSuchSubmission();
  if (!isJudged(own)) return refused('NOT_JUDGED_YET', '尚未校验完', 'Its rows have not been judged yet');

  const { columns } = getList(own.list);
  return granted({
    submission: own.id,
    list: own.list,
    count: own.counts.rejected,
    columns: own.fileColumns ?? allColumns(columns),
    rows: returned(ports.rejectedRows.blocks(own.jurisdiction, own.id), columns),
  });
}

/** Accepted, unchanged, flagged and rejected come to what was sent only once every row has its verdict. */
const isJudged = ({ counts }: StoredSubmission): boolean =>
  counts.accepted + counts.unchanged + counts.flagged + counts.rejected === counts.sent;

async function* returned(
  blocks: ReturnType<RejectedRows['blocks']>,
  columns: readonly Column[],
): AsyncGenerator<ReturnedRow> {
  for await (const block of blocks) {
    for (const row of block) yield { row: row.sent, reason: reasonOf(row, columns), subjectKey: row.subjectKey };
  }
}
