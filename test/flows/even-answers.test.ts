import { afterEach, describe, expect, it, vi } from 'vitest';
import { untilBeat } from '../../src/flows/even-answers.ts';

const BEAT = 25;

/** Of a flow that took so many milliseconds, how many beats after its begin it is told. */
async function beatsOf(took: number): Promise<number> {
  const begun = performance.now() - took;
  await untilBeat(begun, { knows: 'OWN' });
  return (performance.now() - begun) / BEAT;
}

describe('an answer that there is nobody', () => {
  it.each([
    [0, 1],
    [0.4, 1],
    [3.7, 1],
    [23.9, 1],
    [25, 2],
    [60, 3],
  ])('of a flow that took %d ms is told at a beat, never before', async (took, least) => {
    expect(await beatsOf(took)).toBeGreaterThanOrEqual(least);
  });

  it.each([
    [0, 25],
    [3.7, 25],
    [23.9, 25],
    [25, 50],
    [60, 75],
    [201, 225],
  ])(
    'of a flow that took %d ms is told at the next beat and no later one, by a clock that stands still',
    async (took, at) => {
      vi.useFakeTimers();
      const begun = performance.now();
      vi.advanceTimersByTime(took);
      const told: number[] = [];
      const waited = untilBeat(begun, { knows: 'OWN' }).then(() => told.push(performance.now() - begun));
      while (told.length === 0) await vi.advanceTimersByTimeAsync(0.5);
      await waited;
      expect(told.map(Math.round)).toEqual([at]);
    },
  );
  afterEach(() => vi.useRealTimers());

  it('is told at once to whoever may know of everybody', async () => {
    const laterThisTurn = new Promise((resolve) => setImmediate(() => resolve('later')));
    const told = untilBeat(performance.now(), { knows: 'EVERYBODY' }).then(() => 'at once');
    expect(await Promise.race([told, laterThisTurn])).toBe('at once');
  });
});
