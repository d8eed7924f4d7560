import { describe, expect, it } from 'vitest';
import { isStaleSnapshot } from '../../../src/domain/intake/list-period.ts';

describe('a snapshot that comes after a newer one', () => {
  const cases: ReadonlyArray<[why: string, period: string | null, received: readonly string[], stale: boolean]> = [
    ['nothing was received', '2025-11', [], false],
    ['an earlier month was', '2025-11', ['2025-10'], false],
    ['the same month was: a correction of it', '2025-11', ['2025-11'], false],
    ['a later month was', '2025-11', ['2025-10', '2025-12'], true],
    ['a later month of the next year was', '2025-12', ['2026-01'], true],
    ['a later year was', '2024', ['2025'], true],
    ['a later day was', '2025-11-05', ['2025-11-06'], true],
    ['a later label of another shape: nobody can say', '2025-11', ['2026', '2025-12-01'], false],
    ['labels in words have no order', '11月', ['12月'], false],
    ['a month that is none', '2025-13', ['2025-14'], false],
    ['it has no label', null, ['2025-12'], false],
  ];
  it.each(cases)('%s', (_why, period, received, stale) => {
    expect(isStaleSnapshot({ mode: 'SNAPSHOT', period }, 'PERIOD', received)).toBe(stale);
    // A delta leaves nothing out, and a list of events speaks of its own period alone.
    expect(isStaleSnapshot({ mode: 'DELTA', period }, 'PERIOD', received)).toBe(false);
    expect(isStaleSnapshot({ mode: 'SNAPSHOT', period }, 'EVENT', received)).toBe(false);
  });
});
