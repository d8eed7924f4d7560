/** Draws numbers that look random and are the same for the same seed, so that two runs measure the same persons. */
export interface Random {
  /** A whole number from 0 to one below `bound`. */
  below(bound: number): number;
  /** True in `percent` of 100 draws. */
  chance(percent: number): boolean;
  one<T>(choices: readonly T[]): T;
}

/** Makes a source of such numbers (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    chance: (percent) => next() * 100 < percent,
    one: (choices) => choices[below(choices.length)]!,
  };
}
