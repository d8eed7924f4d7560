import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { claimFromRow } from '../domain/claims/claims-from-row.ts';
import { checkRow, type CheckedRow } from '../domain/intake/check-row.ts';
import type { RawRow } from '../domain/intake/list-definition.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { SubjectKeys } from './ports.ts';
import type { JudgedRow } from './ports-take-in.ts';

/**
 * Judges one row by itself and reads what it says.
 * @param index place in the push, from 0
 * @param today day of receipt
 */
export function judgeRow(
  raw: RawRow,
  index: number,
  list: ListDefinition,
  today: PlainDate,
  subjectKeys: SubjectKeys,
): JudgedRow {
  const checked = checkRow(raw, index, list, today);
  const { row, rejected, findings, change, cells } = checked;
  const subject = checked.subject && { ...checked.subject, key: subjectKeys.keyOf(checked.subject) };
  const statement = rejected || change !== 'ADD' ? null : claimFromRow(checked, list);
  return { row, rejected, findings, change, cells, subject, statement, others: othersOf(checked, list, subjectKeys) };
}

/** Every row taken in joins its documents to a person; one that only removes speaks of a person already known or of nobody. */
export function othersOf(
  { rejected, change, subject, cells }: Pick<CheckedRow, 'rejected' | 'change' | 'subject' | 'cells'>,
  list: ListDefinition,
  subjectKeys: SubjectKeys,
): readonly Subject[] {
  if (rejected || change === 'REMOVE' || !subject) return NOBODY;
  const others = list.otherDocuments(cells, subject);
  return others.length === 0 ? NOBODY : others.map((other) => ({ ...other, key: subjectKeys.keyOf(other) }));
}

const NOBODY: readonly Subject[] = [];
