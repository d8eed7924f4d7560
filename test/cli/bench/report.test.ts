import { expect, test } from 'vitest';
import {
  atLeast,
  atMost,
  comparisonOf,
  figureLines,
  medianOf,
  tableOf,
  valueAtMost,
  verdictOn,
  type Figure,
} from '../../../src/cli/bench/report.ts';

const figure = (rest: Partial<Figure>): Figure => ({ name: '20000.x', unit: '/s', value: 10, ...rest });

const verdicts: readonly (readonly [why: string, figure: Figure, verdict: string | undefined])[] = [
  ['nothing was asked of it', figure({ ratio: 0.01 }), undefined],
  ['as much as it must', figure({ ratio: 0.08, bar: atLeast(0.08) }), 'ok'],
  ['less than it must', figure({ ratio: 0.079, bar: atLeast(0.08) }), 'short'],
  ['as little as it must', figure({ ratio: 3, bar: atMost(3) }), 'ok'],
  ['more than it may', figure({ ratio: 3.01, bar: atMost(3) }), 'short'],
  ['the value counts where there is no limit', figure({ value: 299, bar: valueAtMost(300) }), 'ok'],
  ['and may be too great', figure({ value: 301, bar: valueAtMost(300) }), 'short'],
  ['no ratio came about', figure({ ratio: Number.NaN, bar: atLeast(0.08) }), 'short'],
  ['no ratio was made', figure({ bar: atMost(3) }), 'short'],
];

test.each(verdicts)('%s', (_why, held, verdict) => {
  expect(verdictOn(held)).toBe(verdict);
});

test('programs get a line of headings and one line a figure, tab-separated', () => {
  const figures = [
    figure({
      name: '20000.upload.csv',
      value: 61_234.5,
      limit: 580_000,
      ratio: 0.1056,
      bar: atLeast(0.08, 0.15),
      spread: 0.0412,
    }),
    figure({ name: '20000.memory.csv.hub', unit: 'MB', value: 312.4, bar: valueAtMost(300, 200) }),
    figure({ name: '20000.person.p50', unit: 'ms', value: 2.5, limit: 1, ratio: 2.5 }),
  ];
  expect(figureLines(figures)).toEqual([
    'figure\tvalue\tlimit\tratio\tmust\tok|short\taim\tspread',
    '20000.upload.csv\t61235\t580000\t0.106\t>=0.08\tok\t>=0.15\t0.041',
    '20000.memory.csv.hub\t312\t\t\t<=300\tshort\t<=200\t',
    '20000.person.p50\t2.50\t1.00\t2.50\t\t\t\t',
  ]);
});

test('people get a table with the aim besides, its columns below one another', () => {
  const table = tableOf([
    figure({ limit: 100, ratio: 0.1, spread: 0.041, bar: atLeast(0.08, 0.15) }),
    figure({ name: 'y' }),
  ]);
  expect(table).toEqual([
    '             hub   limit    ratio  spread    must     aim',
    '20000.x  10.0 /s  100 /s  0.100 ×    ±4 %  >=0.08  >=0.15  ok',
    'y        10.0 /s',
  ]);
});

test('runs come to the medians of both, and to how far their ratios lie apart', () => {
  const runs = [
    { value: 10, limit: 100 },
    { value: 36, limit: 120 },
    { value: 22, limit: 110 },
  ];
  const { spread, ...medians } = comparisonOf(runs);
  expect(medians).toEqual({ value: 22, limit: 110, ratio: 0.2 });
  // Of 0.1, 0.3 and 0.2.
  expect(spread).toBeCloseTo(0.408, 3);
});

test('the median is the middle value, whatever the order', () => {
  expect(medianOf([5, 1, 100, 2, 3])).toBe(3);
  expect(medianOf([])).toBeNaN();
});
