import { describe, expect, it } from 'vitest';
import { listBrakes, tooManyBadRows, type PushEffect } from '../../../src/domain/claims/list-brakes.ts';

const limits = { shrink: { percent: 5, butAtLeast: 50 }, newDeaths: 1_000, badRowsPercent: 10 };
const effect = (said: Partial<PushEffect> & { dropped?: number; added?: number }): PushEffect => ({
  list: 'hardship',
  mode: 'SNAPSHOT',
  stood: 1_000,
  changes: { added: said.added ?? 0, changed: 0, dropped: said.dropped ?? 0, unchanged: 0 },
  ...said,
});

describe('a push is held', () => {
  const cases: ReadonlyArray<[why: string, effect: PushEffect, codes: readonly string[]]> = [
    ['a snapshot that drops more than the share', effect({ dropped: 51 }), ['SHRINKS_TOO_MUCH']],
    ['not at the share itself', effect({ dropped: 50 }), []],
    ['not below the number that matters', effect({ dropped: 49, stood: 49 }), []],
    ['all of a list that is just large enough', effect({ dropped: 50, stood: 50 }), ['SHRINKS_TOO_MUCH']],
    ['not a delta, whose removals somebody wrote down', effect({ dropped: 900, mode: 'DELTA' }), []],
    ['more new deaths than the limit', effect({ list: 'deaths', added: 1_001 }), ['TOO_MANY_NEW_DEATHS']],
    ['not as many as the limit', effect({ list: 'deaths', added: 1_000 }), []],
    ['not new rows of another list', effect({ added: 100_000 }), []],
    [
      'both at once',
      effect({ list: 'deaths', added: 2_000, dropped: 900 }),
      ['SHRINKS_TOO_MUCH', 'TOO_MANY_NEW_DEATHS'],
    ],
  ];
  it.each(cases)('%s', (_why, given, codes) => {
    expect(listBrakes(given, limits).map(({ code }) => code)).toEqual(codes);
  });
});

describe('too many bad rows', () => {
  const counts = (sent: number, rejected: number) => ({ sent, rejected, accepted: 0, unchanged: 0, flagged: 0 });
  it.each([
    [100, 11, 10, true],
    [100, 10, 10, false],
    [3, 1, 10, true],
    [100, 100, null, false],
    [100, 1, 0, true],
    [100, 0, 0, false],
  ])('of %i rows %i bad ones, where %s %% may be: %s', (sent, rejected, badRowsPercent, refused) => {
    expect(tooManyBadRows(counts(sent, rejected), { ...limits, badRowsPercent })).toBe(refused);
  });
});
