import { expect, it, vi } from 'vitest';
import { madeOnce } from '../../src/subgraphs/made-once.ts';

it('is made once, for all who ask', async () => {
  const make = vi.fn<() => Promise<object>>(async () => ({}));
  const ask = madeOnce(make);
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(other).toBe(one);
  expect(await ask()).toBe(one);
  expect(make).toHaveBeenCalledTimes(1);
});

it('is made anew after it could not be, of which all hear who have asked', async () => {
  const make = vi.fn<() => Promise<string>>(async () => 'made').mockRejectedValueOnce(new Error('not sound'));
  const ask = madeOnce(make);
  const told = await Promise.allSettled([ask(), ask()]);
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(make).toHaveBeenCalledTimes(1);
  expect(await ask()).toBe('made');
  expect(await ask()).toBe('made');
  expect(make).toHaveBeenCalledTimes(2);
});
