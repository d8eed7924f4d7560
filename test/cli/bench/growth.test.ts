import { expect, test } from 'vitest';
import { growthOf } from '../../../src/cli/bench/growth.ts';
import { verdictOn, type Figure } from '../../../src/cli/bench/report.ts';

const figure = (name: string, value: number, unit: Figure['unit'] = '/s'): Figure => ({ name, unit, value });
const extents = { sizes: [100_000, 1_000_000], rows: 100_000 };

const growing = [
  'link',
  'decide-population',
  'upload-accepted.ndjson',
  'upload-accepted.csv',
  'push-whole.ndjson',
  'push-whole.csv',
  'push-whole.xlsx',
];

test.each(growing)(
  'growth compares what a row or person costs in the greatest population with the smallest: %s',
  (what) => {
    const found = [figure(`1000000.${what}`, 25_000)];
    const [growth, ...others] = growthOf(found, [figure(`100000.${what}`, 50_000)], extents);
    expect(others).toEqual([]);
    expect(growth).toMatchObject({
      name: `1000000-against-100000.${what}`,
      unit: 'µs',
      limit: 20,
      value: 40,
      ratio: 2,
    });
    expect(verdictOn(growth!)).toBe('short');
  },
);

test('what is measured as a time is told by the rows of an ordinary push', () => {
  const found = [figure('1000000.snapshot-again', 5_500, 'ms')];
  const [growth] = growthOf(found, [figure('100000.snapshot-again', 5_000, 'ms')], extents);
  expect(growth).toMatchObject({ name: '1000000-against-100000.snapshot-again', limit: 50, value: 55 });
  expect(growth!.ratio).toBeCloseTo(1.1);
  expect(verdictOn(growth!)).toBe('ok');
});

test('a row of a push about everybody is held against one of an ordinary push into the same population', () => {
  const found = [figure('1000000.large.push-whole.csv', 4_000)];
  const [growth, ...others] = growthOf(found, [figure('1000000.push-whole.csv', 5_000)], extents);
  expect(others).toEqual([]);
  expect(growth).toMatchObject({
    name: '1000000.large.push-whole.csv-against-100000-rows',
    limit: 200,
    value: 250,
    ratio: 1.25,
  });
});

test('growth is told once, with the part that completes it', () => {
  const both = [figure('100000.link', 50_000), figure('1000000.link', 50_000)];
  expect(growthOf([figure('1000000.push-whole.csv', 4_000)], both, extents)).toEqual([]);
});

test('one population tells nothing of growth, nor does what was measured in one of them only', () => {
  expect(growthOf([figure('20000.push-whole.csv', 50_000)], [], { sizes: [20_000], rows: 20_000 })).toEqual([]);
  expect(growthOf([figure('100000.link', 50_000)], [], extents)).toEqual([]);
});
