import { expect, test } from 'vitest';
import { extraOfChanges } from '../../../../src/cli/bench/lists/measure-snapshots.ts';
import type { WholePush } from '../../../../src/cli/bench/lists/push-whole.ts';

const push = (judging: number, comparing: number, takingIn: number, deciding: number): WholePush => ({
  submission: '',
  accepted: 0,
  whole: 0,
  stages: new Map([
    ['JUDGING', judging],
    ['COMPARING', comparing],
    ['TAKING_IN', takingIn],
    ['DECIDING', deciding],
  ]),
});

test('what changes cost is told from comparing on, so that a slow upload or judging is not taken for a change', () => {
  const run = {
    again: push(1_000, 100, 10, 0),
    changed: push(9_000, 120, 30, 50),
    back: push(5_000, 130, 20, 60),
    backAgain: push(1_000, 110, 10, 0),
  };
  expect(extraOfChanges(run)).toBe(120 + 30 + 50 + 130 + 20 + 60 - 110 - 120);
});

test('a machine that slows down steadily makes no change dearer', () => {
  const [again, changed, back, backAgain] = [100, 110, 120, 130].map((time) => push(0, time, 0, 0));
  expect(extraOfChanges({ again: again!, changed: changed!, back: back!, backAgain: backAgain! })).toBe(0);
});
