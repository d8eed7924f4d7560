import { expect, test } from 'vitest';
import { peakIn } from '../../../../src/cli/bench/lists/memory.ts';

test('the peak is read from the status of a process, in MB', () => {
  expect(peakIn('Name:\tnode\nVmPeak:\t 1203400 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  100000 kB\n')).toBe(200);
  expect(peakIn('Name:\tnode\n')).toBeNaN();
});
