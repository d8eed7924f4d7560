import type { Agency, ListName } from '../../../domain/intake/words.ts';
import type { PepperKeys } from '../../../storage/subject-keys.ts';
import type { JudgedRow } from '../../../flows/ports-take-in.ts';
import { madeIdentity } from '../made-persons.ts';

/** Rows of one list that name persons, as they are to be linked. */
export interface NamingList {
  readonly agency: Agency;
  readonly list: ListName;
  readonly rows: number;
  /** Index of the person whom the row of a place names; one in a hundred lies beyond the population: nobody knows them yet. */
  personAt(index: number): number;
}

/** Eight lists with their shares of the population: a year's lists of a county, 1.3 rows a person. */
const SHARES: readonly (readonly [agency: Agency, list: ListName, percent: number])[] = [
  ['medical-insurance', 'enrolments', 45],
  ['tax', 'payments', 40],
  ['medical-insurance', 'registrations', 15],
  ['education', 'students', 12],
  ['civil-affairs', 'hardship', 8],
  ['disabled-federation', 'disability', 5],
  ['town', 'migrant-workers', 4],
  ['veterans', 'life-events', 1],
];
const NEW_EVERY = 100;

/** The eight lists over a population. No list names a person twice. */
export function namingLists(persons: number): readonly NamingList[] {
  let strangers = persons;
  return SHARES.map(([agency, list, percent]) => {
    const rows = Math.floor((persons * percent) / 100);
    const firstStranger = strangers;
    strangers += Math.floor(rows / NEW_EVERY) + 1;
    return {
      agency,
      list,
      rows,
      personAt: (index) =>
        index % NEW_EVERY === NEW_EVERY - 1
          ? firstStranger + Math.floor(index / NEW_EVERY)
          : Math.floor((index * persons) / rows),
    };
  });
}

/** The row of a place as the hub has it once judged: who is meant, and something that nobody has said of them. */
export function namingRow(list: NamingList, index: number, subjectKeys: PepperKeys): JudgedRow {
  const { idNumber, name } = madeIdentity(list.personAt(index));
  const document = { idType: 'RESIDENT_ID', idNumber } as const;
  return {
    row: index + 1,
    rejected: false,
    findings: [],
    subject: { ...document, key: subjectKeys.keyOf(document) },
    others: [],
    nameAndBirth: null,
    statement: { key: `bench|${index}`, attributes: { name }, validFrom: '2026-01-01', validTo: null },
    change: 'ADD',
    cells: {},
  };
}
