/**
 * A calendar day, `YYYY-MM-DD`, without a time zone. Days compare with `<` and `>` as text.
 * Policies count in days, so no instant ever takes part in a rule.
 */
export type PlainDate = string;

const SHAPE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** Days by year, month and day, each written once: a population's rules name and count the same few thousand again and again. */
const WRITTEN: (PlainDate | undefined)[][] = [];
/** The years whose days are kept: whatever lists may claim, their days take no more than some megabytes. */
const [FIRST_KEPT, LAST_KEPT] = [1850, 2149];

function fromParts(year: number, month: number, day: number): PlainDate {
  if (year < FIRST_KEPT || year > LAST_KEPT) return write(year, month, day);
  const days = (WRITTEN[year - FIRST_KEPT] ??= Array.from({ length: 13 * 32 }));
  return (days[month * 32 + day] ??= write(year, month, day));
}

const write = (year: number, month: number, day: number): PlainDate =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);

const ZERO = 48;
const twoDigitsAt = (date: PlainDate, place: number): number =>
  (date.charCodeAt(place) - ZERO) * 10 + date.charCodeAt(place + 1) - ZERO;
const yearIn = (date: PlainDate): number => twoDigitsAt(date, 0) * 100 + twoDigitsAt(date, 2);
const monthIn = (date: PlainDate): number => twoDigitsAt(date, 5);
const dayIn = (date: PlainDate): number => twoDigitsAt(date, 8);

/** Reads a day written as `YYYY-MM-DD`; `undefined` when it is not a day of the calendar (2024-02-30, year 0, other shapes). */
export function parsePlainDate(text: unknown): PlainDate | undefined {
  if (typeof text !== 'string') return undefined;
  if (!SHAPE.test(text)) return undefined;
  const [year, month, day] = [yearIn(text), monthIn(text), dayIn(text)];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return text;
}

/** The day of a year, month and day given as numbers; `undefined` when the calendar has none such. */
export function plainDateOf(year: number, month: number, day: number): PlainDate | undefined {
  const isDay = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  return isDay ? fromParts(year, month, day) : undefined;
}

/** The day `days` days after `date` (before it when negative). */
export function addDays(date: PlainDate, days: number): PlainDate {
  const year = yearIn(date);
  const month = monthIn(date);
  const day = dayIn(date) + days;
  if (day >= 1 && day <= daysInMonth(year, month)) return fromParts(year, month, day);
  return day < 1 ? inMonthsBefore(year, month, day) : inMonthsAfter(year, month, day);
}

// Rules count at most some months on or back, for which going from month to month is less work than a `Date`.
function inMonthsAfter(year: number, month: number, day: number): PlainDate {
  let [inYear, inMonth, left] = [year, month, day];
  while (left > daysInMonth(inYear, inMonth)) {
    left -= daysInMonth(inYear, inMonth);
    inMonth = inMonth >= 12 ? 1 : inMonth + 1;
    if (inMonth === 1) inYear += 1;
  }
  return fromParts(inYear, inMonth, left);
}

function inMonthsBefore(year: number, month: number, day: number): PlainDate {
  let [inYear, inMonth, left] = [year, month, day];
  while (left < 1) {
    inMonth = inMonth <= 1 ? 12 : inMonth - 1;
    if (inMonth === 12) inYear -= 1;
    left += daysInMonth(inYear, inMonth);
  }
  return fromParts(inYear, inMonth, left);
}

/** The same day number `months` months later; the month's last day where it has no such day (民法典 art. 202). */
export function addMonths(date: PlainDate, months: number): PlainDate {
  const index = yearIn(date) * 12 + (monthIn(date) - 1) + months;
  const newYear = Math.floor(index / 12);
  const newMonth = (index % 12) + 1;
  return fromParts(newYear, newMonth, Math.min(dayIn(date), daysInMonth(newYear, newMonth)));
}

/** The last day of the month that `date` falls in. */
export function endOfMonth(date: PlainDate): PlainDate {
  const year = yearIn(date);
  const month = monthIn(date);
  return fromParts(year, month, daysInMonth(year, month));
}

/** The first day of the month after the one that `date` falls in (次月). */
export function firstOfNextMonth(date: PlainDate): PlainDate {
  const year = yearIn(date);
  const month = monthIn(date);
  return month === 12 ? fromParts(year + 1, 1, 1) : fromParts(year, month + 1, 1);
}

/** The number of the day within its month, 1 to 31. */
export function dayOfMonth(date: PlainDate): number {
  return dayIn(date);
}

/** The year that a day falls in. */
export function yearOf(date: PlainDate): number {
  return yearIn(date);
}

/** How many calendar months a span touches, both ends included: 2019-10-01 to 2022-03-31 is 30. */
export function monthsTouched(from: PlainDate, to: PlainDate): number {
  return (yearIn(to) - yearIn(from)) * 12 + (monthIn(to) - monthIn(from)) + 1;
}

/** The later of two days. */
export const latest = (a: PlainDate, b: PlainDate): PlainDate => (b > a ? b : a);

/** The earlier of two days. */
export const earliest = (a: PlainDate, b: PlainDate): PlainDate => (b < a ? b : a);

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
/** Days by their number since 1970. Claims of a million persons are told on a few thousand days. */
const NAMED_DAYS = new Map<number, PlainDate>();

/** The day on which an instant falls in Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991-09-15. */
export function dayInShanghai(instant: Date): PlainDate {
  const number = Math.floor((instant.getTime() + SHANGHAI_OFFSET_MS) / DAY_MS);
  const known = NAMED_DAYS.get(number);
  if (known !== undefined) return known;
  const day = new Date(number * DAY_MS).toISOString().slice(0, 10);
  NAMED_DAYS.set(number, day);
  return day;
}

/** The last instant of a day in Asia/Shanghai: what is known "at the end of the day". */
export function endOfDayInShanghai(date: PlainDate): Date {
  return new Date(`${date}T23:59:59.999+08:00`);
}
