import type { SubjectRow } from '../domain/claims/plan-claims.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import type { Subject } from '../domain/identity/subject.ts';
import { birthDateOf } from '../domain/intake/id-number.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { NamedSubject } from './ports.ts';

/** The day of birth that a row states or its subject's own number carries. */
export function birthIn({ subject, cells }: Pick<SubjectRow, 'subject' | 'cells'>): PlainDate | null {
  const stated = cells['bornOn'];
  if (typeof stated === 'string') return stated;
  if (subject === null || cells['heldApart'] === true) return null;
  return birthDateOf(subject.idNumber) ?? null;
}

/** The subjects of whom rows to be taken in tell both name and birthday, with the other documents that the row names. */
export function namedSubjects(
  rows: readonly (SubjectRow & { readonly others: readonly Subject[] })[],
): readonly NamedSubject[] {
  return rows.flatMap((row) => {
    const [name, birthDate] = [row.cells['name'], birthIn(row)];
    if (!tellsOfSomebody(row) || typeof name !== 'string' || birthDate === null) return [];
    const others = row.others.map(({ key }) => key);
    return [{ subjectKey: row.subjectKey!, bareName: bareName(name), birthDate, others }];
  });
}

/**
 * Flags a row to be taken in about somebody new whose name and birthday a person has who is known under another number; it is taken in
 * all the same, since two people may share both.
 */
export function withNamesakesTold(row: SubjectRow, haveNamesakes: ReadonlySet<string>): SubjectRow {
  if (!tellsOfSomebody(row) || !haveNamesakes.has(row.subjectKey!)) return row;
  return { ...row, findings: [...row.findings, findingOf('SAME_NAME_OTHER_NUMBER', 'idNumber')] };
}

const tellsOfSomebody = ({ rejected, change, subjectKey }: SubjectRow): boolean =>
  !rejected && change !== 'REMOVE' && subjectKey !== null;
