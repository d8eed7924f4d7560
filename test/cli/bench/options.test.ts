import { expect, test } from 'vitest';
import { readArguments, usageOf } from '../../../src/cli/bench/options.ts';

const parts = ['reads', 'pushes'];

test('both populations and every part, unless told otherwise', () => {
  expect(readArguments([], parts)).toEqual({
    sizes: [100_000, 1_000_000],
    quick: false,
    strict: false,
    only: [],
    help: false,
  });
  expect(readArguments(['--quick'], parts)).toMatchObject({ sizes: [10_000], quick: true });
  expect(readArguments(['--quick', '--persons', '5000,7000', '--strict'], parts)).toMatchObject({
    sizes: [5_000, 7_000],
    strict: true,
  });
  expect(readArguments(['--only', 'pushes,reads'], parts)).toMatchObject({ only: ['pushes', 'reads'] });
});

test('help names every option and part', () => {
  expect(readArguments(['--help'], parts).help).toBe(true);
  for (const word of ['--quick', '--persons', '--only', '--strict', ...parts]) expect(usageOf(parts)).toContain(word);
});

const wrong: readonly (readonly [why: string, args: readonly string[]])[] = [
  ['a part that there is not', ['--only', 'reads,everything']],
  ['too few persons', ['--persons', '999']],
  ['not a number', ['--persons', 'many']],
  ['half a person', ['--persons', '1000.5']],
  ['nobody', ['--persons', '']],
  ['an option that there is not', ['--everything']],
];

test.each(wrong)('%s is answered with the usage and the names of the parts', (_why, args) => {
  expect(() => readArguments(args, parts)).toThrow(/usage: [^]*\nparts: reads, pushes$/);
});
