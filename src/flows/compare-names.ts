import type { SubjectRow } from '../domain/claims/plan-claims.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import { findingOf } from '../domain/intake/row-messages.ts';

/** Flags a row to be taken in whose name is none of those that standing claims give its subject; it is taken in all the same. */
export function withNameCompared(row: SubjectRow, known: ReadonlySet<string> | undefined): SubjectRow {
  const name = row.statement?.attributes.name ?? row.cells['name'];
  if (row.rejected || row.subjectKey === null || typeof name !== 'string' || !known || known.size === 0) return row;
  if ([...known].some((other) => bareName(other) === bareName(name))) return row;
  return { ...row, findings: [...row.findings, findingOf('NAME_DIFFERS', 'name')] };
}
