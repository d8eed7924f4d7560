/**
 * A calendar day, `YYYY-MM-DD`, without a time zone. Days compare with `<` and `>` as text.
 * Policies count in days, so no instant ever takes part in a rule.
 */
export type PlainDate = string;

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const fromParts = (year: number, month: number, day: number): PlainDate =>
  `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const parts = (date: PlainDate): [year: number, month: number, day: number] => [
  Number(date.slice(0, 4)),
  Number(date.slice(5, 7)),
  Number(date.slice(8, 10)),
];

const epochDay = (date: PlainDate): number => {
  const [year, month, day] = parts(date);
  return Date.UTC(year, month - 1, day) / DAY_MS;
};

/** Reads a day written as `YYYY-MM-DD`; `undefined` when it is not a day of the calendar (2024-02-30, year 0, other shapes). */
export function parsePlainDate(text: unknown): PlainDate | undefined {
  if (typeof text !== 'string') return undefined;
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return text;
}

/** The day `days` days after `date` (before it when negative). */
export function addDays(date: PlainDate, days: number): PlainDate {
  const moved = new Date((epochDay(date) + days) * DAY_MS);
  return fromParts(moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate());
}

/** The same day number `months` months later; the month's last day where it has no such day (民法典 art. 202). */
export function addMonths(date: PlainDate, months: number): PlainDate {
  const [year, month, day] = parts(date);
  const index = year * 12 + (month - 1) + months;
  const [newYear, newMonth] = [Math.floor(index / 12), (index % 12) + 1];
  return fromParts(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
}

/** The last day of the month that `date` falls in. */
export function endOfMonth(date: PlainDate): PlainDate {
  const [year, month] = parts(date);
  return fromParts(year, month, daysInMonth(year, month));
}

/** The first day of the month after the one that `date` falls in (次月). */
export function firstOfNextMonth(date: PlainDate): PlainDate {
  return addDays(endOfMonth(date), 1);
}

/** The number of the day within its month, 1 to 31. */
export function dayOfMonth(date: PlainDate): number {
  return parts(date)[2];
}

/** The year that a day falls in. */
export function yearOf(date: PlainDate): number {
  return parts(date)[0];
}

/** How many calendar months a span touches, both ends included: 2019-10-01 to 2022-03-31 is 30. */
export function monthsTouched(from: PlainDate, to: PlainDate): number {
  const [fromYear, fromMonth] = parts(from);
  const [toYear, toMonth] = parts(to);
  return (toYear - fromYear) * 12 + (toMonth - fromMonth) + 1;
}

/** The later of several days. */
export function latest(first: PlainDate, ...rest: PlainDate[]): PlainDate {
  return rest.reduce((a, b) => (b > a ? b : a), first);
}

/** The earlier of several days. */
export function earliest(first: PlainDate, ...rest: PlainDate[]): PlainDate {
  return rest.reduce((a, b) => (b < a ? b : a), first);
}

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The day on which an instant falls in Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991-09-15. */
export function dayInShanghai(instant: Date): PlainDate {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** The last instant of a day in Asia/Shanghai: what is known "at the end of the day". */
export function endOfDayInShanghai(date: PlainDate): Date {
  return new Date(`${date}T23:59:59.999+08:00`);
}
