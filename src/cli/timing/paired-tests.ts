/** What a test says of pairs: how probable so great a difference, either way, would be where there is none. */
export interface PairedTest {
  /** Pairs that differ at all. */
  readonly pairs: number;
  /** How far the pairs are from what is expected where there is none, in standard deviations; positive where the first are greater. */
  readonly z: number;
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test of differences, by the normal approximation with correction for continuity and for ties; for some dozens
 * of pairs and more. Unlike a t-test it asks for no distribution, and one slow answer among thousands weighs no more than its rank.
 */
export function signedRanks(differences: readonly number[]): PairedTest {
  const told = differences.filter((difference) => difference !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = told.length;
  let [positive, tied] = [0, 0];
  for (let from = 0; from < n;) {
    let until = from + 1;
    while (until < n && Math.abs(told[until]!) === Math.abs(told[from]!)) until += 1;
    // Equal ones share the middle of their ranks.
    const [rank, count] = [(from + 1 + until) / 2, until - from];
    for (let index = from; index < until; index++) if (told[index]! > 0) positive += rank;
    tied += count ** 3 - count;
    from = until;
  }
  return judged(n, positive - (n * (n + 1)) / 4, (n * (n + 1) * (2 * n + 1)) / 24 - tied / 48);
}

/** The sign test of differences: how many are positive, whatever their size. */
export function signs(differences: readonly number[]): PairedTest {
  const told = differences.filter((difference) => difference !== 0);
  const positive = told.filter((difference) => difference > 0).length;
  return judged(told.length, positive - told.length / 2, told.length / 4);
}

/** @param off by how much the statistic differs from its mean */
function judged(pairs: number, off: number, variance: number): PairedTest {
  const z = variance === 0 ? 0 : (Math.sign(off) * Math.max(Math.abs(off) - 0.5, 0)) / Math.sqrt(variance);
  return { pairs, z, p: Math.min(1, tailsBeyond(Math.abs(z))) };
}

/** Both tails of the normal distribution beyond a number of standard deviations, to seven digits (Numerical Recipes §6.2, `erfcc`). */
function tailsBeyond(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  return t * Math.exp(ERFC.reduceRight((sum, factor) => sum * t + factor) - x * x);
}

const ERFC: readonly number[] = [
  ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
  ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
];
