const DAY_MS = 86_400_000;

/** Formats that Excel numbers itself and that show a day; those from 27 on in Chinese and other East Asian versions. */
const DAY_FORMATS: ReadonlySet<number> = new Set([
  ...[14, 15, 16, 17, 22],
  ...[27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58],
]);

/** Does a number format show a day? `code` is the format as written, for formats that the workbook defines itself. */
export function showsDay(id: number, code: string | undefined): boolean {
  if (code === undefined) return DAY_FORMATS.has(id);
  // What is quoted, escaped or in brackets (a colour, a locale) is no part of the date.
  return /[yd]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '')) && !/^general$/i.test(code);
}

/** How a workbook counts its days. */
export type DayCount = '1900' | '1904';

/** The calendar day of a serial number; `undefined` where there is none, such as Excel's 29 February 1900. */
export function dayOfSerial(serial: number, count: DayCount): string | undefined {
  const whole = Math.floor(serial);
  if (count === '1904') return isoDay(Date.UTC(1904, 0, 1) + whole * DAY_MS, whole >= 0);
  // Excel keeps Lotus 1-2-3's error of a leap year 1900: from 1 March on its numbers are one too high.
  const days = whole > 60 ? whole - 1 : whole;
  return isoDay(Date.UTC(1899, 11, 31) + days * DAY_MS, whole >= 1 && whole !== 60);
}

function isoDay(ms: number, isThere: boolean): string | undefined {
  return isThere && ms < Date.UTC(10_000, 0, 1) ? new Date(ms).toISOString().slice(0, 10) : undefined;
}
