import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { claimFromRow } from '../domain/claims/claims-from-row.ts';
import { checkRow, type CheckedRow } from '../domain/intake/check-row.ts';
import type { RawRow } from '../domain/intake/list-definition.ts';
import type { Agency } from '../domain/intake/words.ts';
import { documentToKey, withNumberJudged } from '../domain/identity/held-apart.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { SubjectKeys } from './ports.ts';
import type { JudgedRow } from './ports-take-in.ts';

/** By what the rows of a push are judged. */
export interface JudgingTerms {
  readonly list: ListDefinition;
  /** Who sent them. */
  readonly agency: Agency;
  /** Day of receipt. */
  readonly today: PlainDate;
  /** Numbers that the jurisdiction takes for placeholders, normalised. */
  readonly placeholderNumbers: ReadonlySet<string> | undefined;
  readonly subjectKeys: SubjectKeys;
}

/**
 * Checks one row by itself and tells its subject: of the document that it names, or of its own where the number is not theirs.
 * @param index place in the push, from 0
 */
export function checkWhole(
  raw: RawRow,
  index: number,
  { list, agency, today, placeholderNumbers, subjectKeys }: JudgingTerms,
): CheckedRow & { readonly subjectKey: string | null } {
  const origin = { agency, list: list.name, placeholderNumbers };
  const row = withNumberJudged(checkRow(raw, index, list, today), origin);
  const document = documentToKey(row, origin);
  return { ...row, subjectKey: document && subjectKeys.keyOf(document) };
}

/**
 * Judges one row by itself and reads what it says.
 * @param index place in the push, from 0
 */
export function judgeRow(raw: RawRow, index: number, terms: JudgingTerms): JudgedRow {
  const checked = checkWhole(raw, index, terms);
  const { row, rejected, findings, change, cells, subjectKey } = checked;
  const subject = checked.subject && { ...checked.subject, key: subjectKey! };
  const statement = rejected || change !== 'ADD' ? null : claimFromRow(checked, terms.list);
  const others = othersOf(checked, terms.list, terms.subjectKeys);
  return { row, rejected, findings, change, cells, subject, statement, others };
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
