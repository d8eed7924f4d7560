import type { MatterKind } from '../identity/identity-matter.ts';
import { rowsOf, type RowOfSubject, type Side } from './evidence.ts';
import type { Settlement, SettlementKind } from './settlement.ts';

/**
 * Which settlements a matter admits. A number with several names is one person's, whose name is then kept, or several people's,
 * whose names are then told apart; several numbers are one person's or not.
 */
const ADMITTED = {
  SAME_NUMBER_OTHER_NAME: ['KEEP_VALUE', 'OTHER_PERSONS_NAMES', 'ASK_OWNER'],
  TWO_PEOPLE_ON_ONE_NUMBER: ['KEEP_VALUE', 'OTHER_PERSONS_NAMES', 'ASK_OWNER'],
  SAME_NAME_OTHER_NUMBER: ['SAME_PERSON', 'DIFFERENT_PEOPLE', 'ASK_OWNER'],
  DOCUMENTS_IN_CONFLICT: ['SAME_PERSON', 'DIFFERENT_PEOPLE', 'ASK_OWNER'],
  NUMBER_NOT_THEIR_OWN: ['SAME_PERSON', 'DIFFERENT_PEOPLE', 'ASK_OWNER'],
} as const satisfies Record<MatterKind, readonly SettlementKind[]>;

/** Which settlements a matter of the kind admits. */
export const admittedOf = (kind: MatterKind): readonly SettlementKind[] => ADMITTED[kind];

/** What is wrong with a settlement. */
export type SettlementMistake =
  | 'KIND_NOT_ADMITTED'
  /** Fewer than two subjects, one twice, or none of the task's. */
  | 'SUBJECTS_UNFIT'
  /** A subject that the task is not about. */
  | 'SUBJECT_NOT_OF_TASK'
  /** No names, a name that no row gives the subject, or all of them. */
  | 'NAMES_UNFIT'
  /** A value that no row gives. */
  | 'VALUE_UNKNOWN'
  /** A row that does not take part. */
  | 'ROW_UNKNOWN';

/**
 * What is wrong with a settlement of a task, by what the settler sees of it; `null` where nothing is. A number that is not their own
 * may be settled to be one person with somebody whom the task does not name: whoever looked it up says so.
 */
export function mistakeIn(settlement: Settlement, kind: MatterKind, sides: readonly Side[]): SettlementMistake | null {
  if (!admittedOf(kind).includes(settlement.kind)) return 'KIND_NOT_ADMITTED';
  switch (settlement.kind) {
    case 'SAME_PERSON':
    case 'DIFFERENT_PEOPLE':
      return mistakeInSubjects(settlement.subjects, sides, kind === 'NUMBER_NOT_THEIR_OWN');
    case 'OTHER_PERSONS_NAMES':
      return mistakeInNames(settlement, sides);
    case 'KEEP_VALUE':
      return mistakeInValue(settlement, sides);
    case 'ASK_OWNER':
      return rowAsked(settlement, sides) ? null : 'ROW_UNKNOWN';
  }
}

/** The row that a settlement asks about, if it takes part in the sides. */
export function rowAsked(
  { submission, row }: { readonly submission: string; readonly row: number },
  sides: readonly Side[],
): RowOfSubject | undefined {
  return rowsOf(sides).find((one) => one.row > 0 && one.submission === submission && one.row === row);
}

function mistakeInSubjects(
  subjects: readonly string[],
  sides: readonly Side[],
  othersToo: boolean,
): SettlementMistake | null {
  const known = new Set(sides.map(({ subject }) => subject.key));
  if (new Set(subjects).size < Math.max(subjects.length, 2)) return 'SUBJECTS_UNFIT';
  if (!subjects.some((key) => known.has(key))) return 'SUBJECTS_UNFIT';
  return othersToo || subjects.every((key) => known.has(key)) ? null : 'SUBJECT_NOT_OF_TASK';
}

function mistakeInNames(
  { subject, names }: Extract<Settlement, { kind: 'OTHER_PERSONS_NAMES' }>,
  sides: readonly Side[],
): SettlementMistake | null {
  const side = sides.find((one) => one.subject.key === subject);
  if (!side) return 'SUBJECT_NOT_OF_TASK';
  const given = new Set(side.names.map(({ value }) => value));
  const fits = names.length > 0 && new Set(names).size === names.length && names.every((name) => given.has(name));
  return fits && names.length < given.size ? null : 'NAMES_UNFIT';
}

function mistakeInValue(
  { subject, attribute, value }: Extract<Settlement, { kind: 'KEEP_VALUE' }>,
  sides: readonly Side[],
): SettlementMistake | null {
  const side = sides.find((one) => one.subject.key === subject);
  if (!side) return 'SUBJECT_NOT_OF_TASK';
  const given: readonly { readonly value: string }[] = attribute === 'name' ? side.names : side.birthDates;
  return given.some((one) => one.value === value) ? null : 'VALUE_UNKNOWN';
}
