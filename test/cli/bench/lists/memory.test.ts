import { expect, test } from 'vitest';
import { greatestOf, peakIn } from '../../../../src/cli/bench/lists/memory.ts';

test('the peak is read from the status of a process, in MB', () => {
  expect(peakIn('Name:\tnode\nVmPeak:\t 1203400 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  100000 kB\n')).toBe(200);
  expect(peakIn('Name:\tnode\n')).toBeNaN();
});

test('of several pushes the greatest peak of each process counts, also of one that not every push has', () => {
  const watches = [
    new Map([['hub', 210]] as const),
    new Map([
      ['hub', 190],
      ['reader', 80],
    ] as const),
  ];
  expect([...greatestOf(watches)]).toEqual([
    ['hub', 210],
    ['reader', 80],
  ]);
});
