import type { ListDefinition } from '../domain/claims/list-reading.ts';
import { claimFromRow } from '../domain/claims/claims-from-row.ts';
import { checkRow, type CheckedRow } from '../domain/intake/check-row.ts';
import type { RawRow } from '../domain/intake/list-definition.ts';
import type { Agency } from '../domain/intake/words.ts';
import { documentToKey, withNumberJudged } from '../domain/identity/held-apart.ts';
import { isPlaceholderNumber } from '../domain/identity/placeholder-numbers.ts';
import type { IdentityDocument, Subject } from '../domain/identity/subject.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import { nameAndBirthIn } from './compare-namesakes.ts';
import type { AskedKeys, SubjectKeys } from './ports.ts';
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
  /** How documents are asked for: to be found, or to be entered where nobody has heard of them. */
  readonly keysOf: SubjectKeys['find'];
}

/** A row checked by itself, with its subject and the other documents that it names as theirs. */
export interface WholeRow extends CheckedRow {
  readonly subjectKey: string | null;
  /** In order of key. */
  readonly others: readonly Subject[];
  /** Their keys. */
  readonly sameAs: readonly string[];
}

/** Rows of a push that were judged together. */
export interface RowsJudged<T> {
  readonly rows: readonly T[];
  /** Of the keys that their subjects have, as {@link AskedKeys} tells it. */
  readonly newest: number;
}

/** A row checked by itself, its documents still without keys. */
interface UnkeyedRow {
  readonly row: CheckedRow;
  readonly document: IdentityDocument | null;
  readonly others: readonly IdentityDocument[];
}

/**
 * Checks rows each by itself and tells their subjects: of the document that a row names, or of its own where the number is not theirs.
 * @param from place of the first in the push, from 0
 */
export async function checkWhole(
  raws: readonly RawRow[],
  from: number,
  terms: JudgingTerms,
): Promise<RowsJudged<WholeRow>> {
  const unkeyed = raws.map((raw, index) => checkAlone(raw, from + index, terms));
  const keys = await terms.keysOf(() => documentsIn(unkeyed));
  return { rows: unkeyed.map((one) => withKeys(one, keys)), newest: keys.newest };
}

/**
 * Judges rows each by itself and reads what they say.
 * @param from place of the first in the push, from 0
 */
export async function judgeRows(
  raws: readonly RawRow[],
  from: number,
  terms: JudgingTerms,
): Promise<RowsJudged<JudgedRow>> {
  const { rows, newest } = await checkWhole(raws, from, terms);
  return { rows: rows.map((checked) => judged(checked, terms.list)), newest };
}

function judged(checked: WholeRow, list: ListDefinition): JudgedRow {
  const { row, rejected, findings, change, cells, subjectKey, others } = checked;
  const subject = checked.subject && { ...checked.subject, key: subjectKey! };
  const statement = rejected || change !== 'ADD' ? null : claimFromRow(checked, list);
  const nameAndBirth = nameAndBirthIn(checked);
  return { row, rejected, findings, change, cells, subject, nameAndBirth, statement, others };
}

function checkAlone(raw: RawRow, index: number, terms: JudgingTerms): UnkeyedRow {
  const { list, agency, today, placeholderNumbers } = terms;
  const origin = { agency, list: list.name, placeholderNumbers };
  const row = withNumberJudged(checkRow(raw, index, list, today), origin);
  return { row, document: documentToKey(row, origin), others: othersOf(row, terms) };
}

function* documentsIn(rows: readonly UnkeyedRow[]): Generator<IdentityDocument> {
  for (const { document, others } of rows) {
    if (document) yield document;
    yield* others;
  }
}

function withKeys({ row, document, others: documents }: UnkeyedRow, { keyOf }: AskedKeys): WholeRow {
  const subjectKey = document && keyOf(document);
  if (documents.length === 0) return { ...row, subjectKey, others: NOBODY, sameAs: NO_KEYS };
  const others = documents.map((other) => ({ ...other, key: keyOf(other) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return { ...row, subjectKey, others, sameAs: others.map(({ key }) => key) };
}

/**
 * The other documents of a row taken in. One that only removes speaks of a person already known or of nobody; a number that nobody
 * has says nothing of who they are.
 */
function othersOf(
  { rejected, change, subject, cells }: CheckedRow,
  { list, placeholderNumbers }: JudgingTerms,
): readonly IdentityDocument[] {
  if (rejected || change === 'REMOVE' || !subject) return NO_DOCUMENTS;
  const others = list.otherDocuments(cells, subject);
  if (others.length === 0) return NO_DOCUMENTS;
  return others.filter(({ idNumber }) => !isPlaceholderNumber(idNumber, placeholderNumbers));
}

const NO_DOCUMENTS: readonly IdentityDocument[] = [];
const NOBODY: readonly Subject[] = [];
const NO_KEYS: readonly string[] = [];
