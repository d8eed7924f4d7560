import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { claimFromRow } from '../domain/claims/claims-from-row.ts';
import { checkRow, type CheckedRow } from '../domain/intake/check-row.ts';
import type { RawRow } from '../domain/intake/list-definition.ts';
import type { Agency } from '../domain/intake/words.ts';
import { documentToKey, withNumberJudged } from '../domain/identity/held-apart.ts';
import { isPlaceholderNumber } from '../domain/identity/placeholder-numbers.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import { nameAndBirthIn } from './compare-namesakes.ts';
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

/** A row checked by itself, with its subject and the other documents that it names as theirs. */
export interface WholeRow extends CheckedRow {
  readonly subjectKey: string | null;
  /** In order of key. */
  readonly others: readonly Subject[];
  /** Their keys. */
  readonly sameAs: readonly string[];
}

/**
 * Checks one row by itself and tells its subject: of the document that it names, or of its own where the number is not theirs.
 * @param index place in the push, from 0
 */
export function checkWhole(raw: RawRow, index: number, terms: JudgingTerms): WholeRow {
  const { list, agency, today, placeholderNumbers, subjectKeys } = terms;
  const origin = { agency, list: list.name, placeholderNumbers };
  const row = withNumberJudged(checkRow(raw, index, list, today), origin);
  const document = documentToKey(row, origin);
  const others = othersOf(row, terms);
  const sameAs = others.length === 0 ? NO_KEYS : others.map(({ key }) => key);
  return { ...row, subjectKey: document && subjectKeys.keyOf(document), others, sameAs };
}

/**
 * Judges one row by itself and reads what it says.
 * @param index place in the push, from 0
 */
export function judgeRow(raw: RawRow, index: number, terms: JudgingTerms): JudgedRow {
  const checked = checkWhole(raw, index, terms);
  const { row, rejected, findings, change, cells, subjectKey, others } = checked;
  const subject = checked.subject && { ...checked.subject, key: subjectKey! };
  const statement = rejected || change !== 'ADD' ? null : claimFromRow(checked, terms.list);
  const nameAndBirth = nameAndBirthIn(checked);
  return { row, rejected, findings, change, cells, subject, nameAndBirth, statement, others };
}

/**
 * The other documents of a row taken in. One that only removes speaks of a person already known or of nobody; a number that nobody
 * has says nothing of who they are.
 */
function othersOf(
  { rejected, change, subject, cells }: CheckedRow,
  { list, placeholderNumbers, subjectKeys }: JudgingTerms,
): readonly Subject[] {
  if (rejected || change === 'REMOVE' || !subject) return NOBODY;
  const others = list.otherDocuments(cells, subject);
  if (others.length === 0) return NOBODY;
  return others
    .filter(({ idNumber }) => !isPlaceholderNumber(idNumber, placeholderNumbers))
    .map((other) => ({ ...other, key: subjectKeys.keyOf(other) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

const NOBODY: readonly Subject[] = [];
const NO_KEYS: readonly string[] = [];
