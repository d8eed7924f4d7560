import { CORRECTION_COLUMNS } from './correction-store.ts';
import { NIL_ID } from './ids.ts';
import { REVIEW_COLUMNS } from './review-rows.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';
import { BY_ID, sealedTextColumn, type KeyColumn, type TextColumn } from './sealed-text-column.ts';

const BY_STEP: readonly KeyColumn[] = [
  { column: 'task', type: 'uuid', before: NIL_ID },
  { column: 'version', type: 'integer', before: '0' },
];

const column = (name: string, type: TextColumn['type'], key: readonly KeyColumn[]): SealedColumn => {
  const [table, of] = name.split('.') as [string, string];
  return sealedTextColumn({ name, table, column: of, type, key });
};

/** What people wrote and settled about who is who, for the command that seals anew. */
export const REVIEWED: readonly SealedColumn[] = [
  column(REVIEW_COLUMNS.proposal, 'json', BY_ID),
  column(REVIEW_COLUMNS.settlement, 'json', BY_ID),
  column(REVIEW_COLUMNS.because, 'text', BY_STEP),
  column(REVIEW_COLUMNS.stepSettlement, 'json', BY_STEP),
  column(CORRECTION_COLUMNS.reason, 'text', BY_ID),
  column(CORRECTION_COLUMNS.answer, 'text', BY_ID),
];
