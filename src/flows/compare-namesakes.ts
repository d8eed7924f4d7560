import type { SubjectRow } from '../domain/claims/plan-claims.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import type { Subject } from '../domain/identity/subject.ts';
import { birthDateOf } from '../domain/intake/id-number.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { NamedSubject } from './ports.ts';

/** A name, as names are compared, and a day of birth: what namesakes share. */
interface NameAndBirth {
  readonly bareName: string;
  readonly birthDate: PlainDate;
}

/** Name and birthday of whom a row to be taken in tells; `null` where it does not tell both. */
export function nameAndBirthIn(
  row: Pick<SubjectRow, 'rejected' | 'change' | 'subject' | 'cells'>,
): NameAndBirth | null {
  const { name } = row.cells;
  if (row.rejected || row.change === 'REMOVE' || typeof name !== 'string') return null;
  const birthDate = birthIn(row);
  return birthDate === null ? null : { bareName: bareName(name), birthDate };
}

/** The day of birth that a row states, or that its subject's own number carries. */
function birthIn({ subject, cells }: Pick<SubjectRow, 'subject' | 'cells'>): PlainDate | null {
  const stated = cells['bornOn'];
  if (typeof stated === 'string') return stated;
  if (subject === null || cells['heldApart'] === true) return null;
  return birthDateOf(subject.idNumber) ?? null;
}

/** The subjects of whom rows to be taken in tell name and birthday, with the other documents that the row names. */
export function namedSubjects(
  rows: readonly (SubjectRow & { readonly others: readonly Subject[] })[],
): readonly NamedSubject[] {
  return rows.flatMap((row) => {
    const told = nameAndBirthIn(row);
    if (row.subjectKey === null || told === null) return [];
    return [{ subjectKey: row.subjectKey, ...told, others: row.others.map(({ key }) => key) }];
  });
}

/**
 * Flags a row to be taken in about somebody new whose name and birthday a person has who is known under another number; it is taken in
 * all the same, since two people may share both.
 */
export function withNamesakeTold(row: SubjectRow, hasNamesake: boolean): SubjectRow {
  if (!hasNamesake || row.rejected || row.change === 'REMOVE') return row;
  return { ...row, findings: [...row.findings, findingOf('SAME_NAME_OTHER_NUMBER', 'idNumber')] };
}
