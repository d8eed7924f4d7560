import { expect, test } from 'vitest';
import { growthOf } from '../../../src/cli/bench/growth.ts';
import { verdictOn, type Figure } from '../../../src/cli/bench/report.ts';

const push = (size: number, rowsPerSecond: number): Figure => ({
  name: `${size}.push-whole.csv`,
  unit: '/s',
  value: rowsPerSecond,
});

test('growth compares what a row costs in the greatest population with the smallest', () => {
  const [growth, ...others] = growthOf([push(100_000, 50_000), push(1_000_000, 25_000)], [100_000, 1_000_000]);
  expect(others).toEqual([]);
  expect(growth).toMatchObject({
    name: '1000000-against-100000.push-whole.csv',
    unit: 'µs',
    limit: 20,
    value: 40,
    ratio: 2,
  });
  expect(verdictOn(growth!)).toBe('short');
});

test('one population tells nothing of growth, nor do pushes that were not measured', () => {
  expect(growthOf([push(20_000, 50_000)], [20_000])).toEqual([]);
  expect(growthOf([], [100_000, 1_000_000])).toEqual([]);
});
