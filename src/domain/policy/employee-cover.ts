import type { ClaimOf } from '../claims/claim.ts';
import type { EnrolmentEndCause } from '../intake/words.ts';
import { continuesInto, overlap, overlaps, type Period } from '../time/period.ts';
import { addDays, addMonths, endOfMonth, monthsTouched, yearOf, type PlainDate } from '../time/plain-date.ts';
import { NONE, withLast } from './none.ts';
import type { PersonHistory } from './person-history.ts';
import type { PolicyPack } from './policy-pack.ts';

/** A person's last unbroken employee insurance (职工医保) that had ended by a day. */
export interface EndedEmployeeCover {
  readonly lastDay: PlainDate;
  /** The first day without cover (断保之日). */
  readonly breakDay: PlainDate;
  /** The last day of the last month paid for. */
  readonly lastMonthEnd: PlainDate;
  /** Calendar months without a gap up to the end, back-paid months (补缴) not counted. */
  readonly months: number;
  readonly because: EnrolmentEndCause | 'NOT_STATED';
  readonly claims: readonly ClaimOf<'enrolments'>[];
}

const spanOf = (claim: ClaimOf<'enrolments'>): Period => ({ from: claim.validFrom ?? '0001-01-01', to: claim.validTo });

/** Finds the employee insurance that last ended before the day; `undefined` while it goes on, or where there was none. */
export function endedEmployeeCover(history: PersonHistory, day: PlainDate): EndedEmployeeCover | undefined {
  const spells = employeeSpells(history);
  return spells.length === 0 ? undefined : lastEnded(spells, day);
}

function lastEnded(spells: readonly ClaimOf<'enrolments'>[], day: PlainDate): EndedEmployeeCover | undefined {
  if (spells.some((claim) => claim.validTo === null || claim.validTo >= day)) return undefined;
  const last = [...spells].sort((a, b) => ((a.validTo ?? '') < (b.validTo ?? '') ? -1 : 1)).at(-1);
  if (!last?.validTo) return undefined;

  const run = [last];
  let from = spanOf(last).from;
  for (const earlier of [...spells].reverse()) {
    if (earlier === last || spanOf(earlier).from >= from) continue;
    if (!continuesInto(spanOf(earlier), { from, to: null })) continue;
    run.push(earlier);
    from = spanOf(earlier).from;
  }
  const backPaid = run.reduce((sum, claim) => sum + (claim.attributes.backPaidMonths ?? 0), 0);
  return {
    lastDay: last.validTo,
    breakDay: addDays(last.validTo, 1),
    lastMonthEnd: endOfMonth(last.validTo),
    months: monthsTouched(from, last.validTo) - backPaid,
    because: last.attributes.endedBecause ?? 'NOT_STATED',
    claims: run,
  };
}

function employeeSpells({ enrolments }: PersonHistory): readonly ClaimOf<'enrolments'>[] {
  for (let index = 0; index < enrolments.length; index += 1) {
    if (enrolments[index]!.attributes.scheme === 'EMPLOYEE') {
      return enrolments.filter(({ attributes }) => attributes.scheme === 'EMPLOYEE');
    }
  }
  return NONE;
}

/** The last day on which a gap of `months` calendar months after the last month paid for has not been passed. */
export const gapLimit = (lastMonthEnd: PlainDate, months: number): PlainDate =>
  endOfMonth(addMonths(lastMonthEnd, months));

/** Was the person insured, by either scheme and anywhere, on some day of a calendar year, or did they pay for it? */
export function insuredInYear(history: PersonHistory, year: number): boolean {
  if (paidForYear(history, year)) return true;
  const { enrolments } = history;
  for (let index = 0; index < enrolments.length; index += 1) if (runsInYear(enrolments[index]!, year)) return true;
  return false;
}

/** Was anything paid for the year? */
export function paidForYear({ payments }: PersonHistory, year: number): boolean {
  for (let index = 0; index < payments.length; index += 1) {
    if (payments[index]!.attributes.policyYear === year) return true;
  }
  return false;
}

/** Did an enrolment run on some day of the calendar year? One that ends before it begins ran on none. */
export function runsInYear({ validFrom, validTo }: ClaimOf<'enrolments'>, year: number): boolean {
  if (validFrom !== null && yearOf(validFrom) > year) return false;
  if (validTo === null) return true;
  return yearOf(validTo) >= year && (validFrom === null || validFrom <= validTo);
}

/**
 * Other enrolments that run while the person is covered here in the plan year: another region's residents' scheme, or any employee
 * scheme.
 */
export function enrolmentsBeside(
  history: PersonHistory,
  { place, period }: PolicyPack,
  covered: readonly Period[],
): readonly ClaimOf<'enrolments'>[] {
  let found: readonly ClaimOf<'enrolments'>[] = NONE;
  const { enrolments } = history;
  for (let index = 0; index < enrolments.length; index += 1) {
    const claim = enrolments[index]!;
    const { scheme, region } = claim.attributes;
    if (scheme === 'RESIDENT' && samePlace(region, place.regionCode)) continue;
    if (runsDuring(spanOf(claim), covered, period)) found = withLast(found, claim);
  }
  return found;
}

function runsDuring(span: Period, covered: readonly Period[], year: Period): boolean {
  for (const one of covered) {
    const shared = overlap(one, year);
    if (shared && overlaps(span, shared)) return true;
  }
  return false;
}

/** Do two region codes name the same county, or one a place within the other? */
export const samePlace = (a: string, b: string): boolean =>
  a === b || a.startsWith(b.slice(0, 6)) || b.startsWith(a.slice(0, 6));
