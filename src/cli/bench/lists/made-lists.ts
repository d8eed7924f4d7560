import type { ListMode, RawRow } from '../../../domain/intake/list-definition.ts';
import type { Agency, ListName } from '../../../domain/intake/words.ts';
import { addDays } from '../../../domain/time/plain-date.ts';
import { madeIdentity } from '../made-persons.ts';
import { seededRandom } from '../random.ts';

/** One row in so many names somebody by a number whose check digit is wrong, so that it must be rejected. */
const BAD_EVERY = 100;
/** One row in so many gives its person another name than the other lists do, so that it is flagged and taken in. */
const RENAMED_EVERY = 200;
/** One row in so many differs in the changed edition of a roster. */
const CHANGED_EVERY = 100;

/** A list as an agency would push it as a file: rows made one by one, so that a million of them take no memory. */
export interface MadeList {
  readonly agency: Agency;
  readonly list: ListName;
  readonly mode: ListMode;
  readonly rows: number;
  /** How many of the rows must be rejected. */
  readonly badRows: number;
  /** The row at a place counted from 0, always the same one; cells as the typed rows of the graph have them. */
  rowAt(index: number): RawRow;
}

/** How many rows, about persons of how large a population: they are spread over it evenly. */
export interface MadeExtent {
  readonly rows: number;
  readonly persons: number;
}

/** Payments of persons whom the hub knows, none of which it has been told of. */
export function madePayments({ rows, persons }: MadeExtent): MadeList {
  const rowAt = (index: number): RawRow => {
    const random = seededRandom(0x70_000_000 + index);
    const paidOn = addDays('2026-01-01', random.below(60));
    return {
      ...whoAt(index, { rows, persons }),
      policyYear: 2026,
      amount: '400.00',
      paidOn,
      creditedOn: addDays(paidOn, random.below(3)),
      channel: random.one(['ONLINE', 'ONLINE', 'AGENT', 'TAX_OFFICE', 'SCHOOL']),
      receiptNumber: `1326${String(index).padStart(12, '0')}`,
    };
  };
  return { agency: 'tax', list: 'payments', mode: 'DELTA', rows, badRows: badAmong(rows), rowAt };
}

/** A whole roster, and the same roster as it is a month later: `changed` gives one row in a hundred a last day. */
export function madeRoster({ rows, persons }: MadeExtent, edition: 'first' | 'changed'): MadeList {
  const rowAt = (index: number): RawRow => {
    const random = seededRandom(0x20_000_000 + index);
    const row = {
      ...whoAt(index, { rows, persons }),
      category: random.one(['独女户', '双女户', '计生特扶', '节育并发症']),
      from: addDays('2024-01-01', random.below(700)),
      ruralHukou: random.chance(60),
      regionCode: `130628${String(100 + random.below(20))}`,
    };
    return edition === 'changed' && isChanged(index) ? { ...row, to: '2027-12-31' } : row;
  };
  return { agency: 'health', list: 'hardship', mode: 'SNAPSHOT', rows, badRows: badAmong(rows), rowAt };
}

/** How many rows differ between the editions of a roster. */
export const changedRows = (rows: number): number => everyNth(rows, CHANGED_EVERY, CHANGED_PLACE);

// Of a hundred rows one is bad, one is changed, and none is both.
const BAD_PLACE = 37;
const RENAMED_PLACE = 11;
const CHANGED_PLACE = 73;

const isChanged = (index: number): boolean => index % CHANGED_EVERY === CHANGED_PLACE;
const badAmong = (rows: number): number => everyNth(rows, BAD_EVERY, BAD_PLACE);
const everyNth = (rows: number, every: number, place: number): number => Math.floor((rows - 1 - place) / every) + 1;

function whoAt(index: number, { rows, persons }: MadeExtent): { readonly name: string; readonly idNumber: string } {
  const { name, idNumber } = madeIdentity(Math.floor((index * persons) / rows) % persons);
  return {
    name: index % RENAMED_EVERY === RENAMED_PLACE ? `${name.slice(0, 1)}某` : name,
    idNumber: index % BAD_EVERY === BAD_PLACE ? withWrongCheckDigit(idNumber) : idNumber,
  };
}

function withWrongCheckDigit(idNumber: string): string {
  const last = idNumber.slice(17);
  return idNumber.slice(0, 17) + (last === '0' ? '1' : '0');
}
