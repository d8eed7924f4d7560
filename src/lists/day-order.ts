import type { RowSurroundings } from '../domain/intake/check-row.ts';
import { birthDateOf } from '../domain/intake/id-number.ts';
import type { RowFinding } from '../domain/intake/list-definition.ts';
import { findingOf } from '../domain/intake/row-messages.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';

/** Rejects a later day (`column`) that lies before the earlier one; says nothing while one of them is missing. */
export function daysInOrder(
  earlier: PlainDate | undefined,
  later: PlainDate | undefined,
  column: string,
): RowFinding[] {
  return earlier !== undefined && later !== undefined && later < earlier
    ? [findingOf('DAYS_OUT_OF_ORDER', column)]
    : [];
}

/** Rejects a day (`column`) before the birth that the subject's number states; says nothing where the number states none. */
export function notBeforeBirth(day: PlainDate | undefined, { subject }: RowSurroundings, column: string): RowFinding[] {
  const birth = subject ? birthDateOf(subject.idNumber) : undefined;
  return day !== undefined && birth !== undefined && day < birth ? [findingOf('DAY_BEFORE_BIRTH', column)] : [];
}
