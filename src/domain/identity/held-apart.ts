import type { CheckedRow } from '../intake/check-row.ts';
import { findingOf } from '../intake/row-messages.ts';
import type { Agency, ListName } from '../intake/words.ts';
import { isPlaceholderNumber } from './placeholder-numbers.ts';
import type { IdentityDocument } from './subject.ts';

/** Who sent a row, and which numbers the jurisdiction takes for placeholders (normalised). */
export interface RowOrigin {
  readonly agency: Agency;
  readonly list: ListName;
  readonly placeholderNumbers: ReadonlySet<string> | undefined;
}

/**
 * Flags a row whose number is a placeholder, and marks a row whose number is not its subject's own (a list's own check may have said
 * so already), so that the claim it makes says it as well.
 */
export function withNumberJudged(row: CheckedRow, { placeholderNumbers }: RowOrigin): CheckedRow {
  if (row.subject === null) return row;
  if (isFlagged(row)) return { ...row, cells: { ...row.cells, heldApart: true } };
  if (!isPlaceholderNumber(row.subject.idNumber, placeholderNumbers)) return row;
  return {
    ...row,
    cells: { ...row.cells, heldApart: true },
    findings: [...row.findings, findingOf('NUMBER_NOT_THEIR_OWN', 'idNumber')],
  };
}

const isFlagged = ({ findings }: CheckedRow): boolean => findings.some(({ code }) => code === 'NUMBER_NOT_THEIR_OWN');

/**
 * The document under which a row's subject is keyed: the one it names; for a row that is held apart, one of its own, made of the number
 * and all that the row says. So the same row again is the same subject, no other row ever is, and nobody is joined to anybody by name.
 * A row to remove is none of those that it means: it finds nothing.
 */
export function documentToKey(row: CheckedRow, origin: RowOrigin): IdentityDocument | null {
  const { subject, cells } = row;
  if (subject === null || cells['heldApart'] !== true) return subject;
  return derived(subject, contentOf(row, origin));
}

/** The document under which somebody is keyed of whom a name under another's number tells: one number, two people. */
export function splitDocument(document: IdentityDocument, bareName: string): IdentityDocument {
  return derived(document, `split\0${bareName}`);
}

// NUL stands in no number, so that no document anybody could send has the key of a derived one.
const derived = ({ idType, idNumber }: IdentityDocument, told: string): IdentityDocument => ({
  idType,
  idNumber: `${idNumber}\0${told}`,
});

/** What a row says, written in one way only; how it is said (added anew or corrected) makes no difference. */
function contentOf({ cells, change }: CheckedRow, { agency, list }: RowOrigin): string {
  const said = Object.entries(cells)
    .filter(([name, value]) => value !== undefined && name !== 'change')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([agency, list, change === 'REMOVE', said]);
}

/** Was this document made here, so that its number alone does not lead to it? */
export const isDerived = ({ idNumber }: IdentityDocument): boolean => idNumber.includes('\0');
