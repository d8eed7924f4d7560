import { addDays, earliest, latest, type PlainDate } from './plain-date.ts';

/** A span of days, both ends inclusive. `to` is `null` where no end is known. */
export interface Period {
  readonly from: PlainDate;
  readonly to: PlainDate | null;
}

const FAR_FUTURE: PlainDate = '9999-12-31';

const lastDay = (period: Period): PlainDate => period.to ?? FAR_FUTURE;

/** Does the period contain the day? */
export function contains(period: Period, day: PlainDate): boolean {
  return period.from <= day && day <= lastDay(period);
}

/** The days that two periods share, or `undefined` when they share none. */
export function overlap(a: Period, b: Period): Period | undefined {
  const from = latest(a.from, b.from);
  const to = earliest(lastDay(a), lastDay(b));
  if (from > to) return undefined;
  return { from, to: to === FAR_FUTURE ? null : to };
}

/** Do two periods share a day? */
export function overlaps(a: Period, b: Period): boolean {
  return a.from <= lastDay(b) && b.from <= lastDay(a) && a.from <= lastDay(a) && b.from <= lastDay(b);
}

const YEARS = new Map<number, { readonly from: PlainDate; readonly to: PlainDate }>();

/** The days of a calendar year; one object a year, since the same few are asked of for everybody. */
export function calendarYear(year: number): { readonly from: PlainDate; readonly to: PlainDate } {
  const known = YEARS.get(year);
  if (known) return known;
  const days = { from: `${year}-01-01`, to: `${year}-12-31` };
  YEARS.set(year, days);
  return days;
}

/** Does one period touch or overlap the next, so that no day lies between them? `a` must not start after `b`. */
export function continuesInto(a: Period, b: Period): boolean {
  return a.to === null || b.from <= addDays(a.to, 1);
}
