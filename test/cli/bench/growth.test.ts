import { expect, test } from 'vitest';
import { growthOf } from '../../../src/cli/bench/growth.ts';
import { verdictOn, type Figure } from '../../../src/cli/bench/report.ts';

const figure = (name: string, aSecond: number): Figure => ({ name, unit: '/s', value: aSecond });

const growing = ['link', 'decide-population', 'push-whole.ndjson', 'push-whole.csv', 'push-whole.xlsx'];

test.each(growing)(
  'growth compares what a row or person costs in the greatest population with the smallest: %s',
  (what) => {
    const figures = [figure(`100000.${what}`, 50_000), figure(`1000000.${what}`, 25_000)];
    const [growth, ...others] = growthOf(figures, [100_000, 1_000_000]);
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

test('one population tells nothing of growth, nor does what was measured in one of them only', () => {
  expect(growthOf([figure('20000.push-whole.csv', 50_000)], [20_000])).toEqual([]);
  expect(growthOf([figure('100000.link', 50_000)], [100_000, 1_000_000])).toEqual([]);
});
