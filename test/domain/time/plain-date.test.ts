import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlap, overlaps } from '../../../src/domain/time/period.ts';
import {
  addDays,
  addMonths,
  dayInShanghai,
  endOfMonth,
  monthsTouched,
  parsePlainDate,
  plainDateOf,
} from '../../../src/domain/time/plain-date.ts';

const textOf = (date: Date): string => date.toISOString().slice(0, 10);
const day = fc
  .integer({ min: Date.UTC(1200, 0, 1) / 86_400_000, max: Date.UTC(2399, 11, 31) / 86_400_000 })
  .map((number) => textOf(new Date(number * 86_400_000)));

test('a day of three numbers is the day written with them, where the calendar has it', () => {
  const parts = fc.tuple(fc.nat(2400), fc.nat(14), fc.nat(33));
  fc.assert(
    fc.property(parts, ([year, month, number]) => {
      const text = [String(year).padStart(4, '0'), ...[month, number].map((part) => String(part).padStart(2, '0'))];
      expect(plainDateOf(year, month, number)).toBe(parsePlainDate(text.join('-')));
    }),
    { numRuns: 2000 },
  );
});

test('days are counted as the calendar counts them', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: -800, max: 800 }), (from, by) => {
      const [year, month, number] = from.split('-').map(Number) as [number, number, number];
      expect(addDays(from, by)).toBe(textOf(new Date(Date.UTC(year, month - 1, number + by))));
      expect(addDays(addDays(from, by), -by)).toBe(from);
      expect(endOfMonth(from)).toBe(textOf(new Date(Date.UTC(year, month, 0))));
      expect(parsePlainDate(from)).toBe(from);
    }),
  );
});

const months: readonly (readonly [why: string, from: string, by: number, to: string])[] = [
  ['the same day number', '2026-03-10', 3, '2026-06-10'],
  ['a month without such a day', '2026-01-31', 1, '2026-02-28'],
  ['a leap year', '2024-01-31', 1, '2024-02-29'],
  ['across the year', '2025-12-31', 2, '2026-02-28'],
  ['backwards', '2026-03-31', -1, '2026-02-28'],
];
test.each(months)('months: %s', (_, from, by, to) => {
  expect(addMonths(from, by)).toBe(to);
  expect(monthsTouched(by > 0 ? from : to, by > 0 ? to : from)).toBe(Math.abs(by) + 1);
});

test.each([
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-01-00',
  '0000-01-01',
  '2026-1-01',
  '２０２６-01-01',
  '',
  20260101,
])('no day of the calendar: %s', (text) => {
  expect(parsePlainDate(text)).toBeUndefined();
});

test('an instant falls on its day in Shanghai, to the millisecond', () => {
  expect(dayInShanghai(new Date('2026-03-01T15:59:59.999Z'))).toBe('2026-03-01');
  expect(dayInShanghai(new Date('2026-03-01T16:00:00.000Z'))).toBe('2026-03-02');
  expect(dayInShanghai(new Date('1969-12-31T15:59:59.999Z'))).toBe('1969-12-31');
});

test('periods overlap exactly where they share a day', () => {
  const period = fc
    .tuple(day, fc.option(fc.integer({ min: -5, max: 800 })))
    .map(([from, length]) => ({ from, to: length === null ? null : addDays(from, length) }));
  fc.assert(
    fc.property(period, period, (a, b) => {
      expect(overlaps(a, b)).toBe(overlap(a, b) !== undefined);
    }),
  );
});
