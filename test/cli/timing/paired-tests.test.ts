import { describe, expect, it } from 'vitest';
import { signedRanks, signs } from '../../../src/cli/timing/paired-tests.ts';
import { seededRandom } from '../../../src/cli/bench/random.ts';

describe('tests of pairs', () => {
  // Darwin's plants (Fisher, The Design of Experiments, §17): differences in eighths of an inch. Negative ranks come to 24.
  const PLANTS = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

  it('give what is known of Darwin’s plants', () => {
    const ranks = signedRanks(PLANTS);
    // (96 - 60 - 0.5) / √310
    expect([ranks.pairs, ranks.z]).toEqual([15, expect.closeTo(2.0163, 4)]);
    expect(ranks.p).toBeCloseTo(0.04377, 4);
    const sign = signs(PLANTS);
    // (13 - 7.5 - 0.5) / √3.75
    expect([sign.pairs, sign.z]).toEqual([15, expect.closeTo(2.582, 3)]);
    expect(sign.p).toBeCloseTo(0.00982, 4);
  });

  it('know their tails', () => {
    // Of so many pairs that all differ one way, z is √n but for the correction.
    for (const [count, p] of [
      [16, 1.77e-4],
      [100, 4.2e-23],
    ] as const) {
      const { p: found } = signs(Array.from({ length: count }, () => 1));
      expect(found / p).toBeCloseTo(1, 1);
    }
  });

  it('take equal ones by the middle of their ranks, and leave out those that do not differ', () => {
    // Ranks 1.5, 1.5, 3.5, 3.5; positive 1.5 + 3.5 + 3.5 = 8.5, expected 5; variance 7.5 - 12/48.
    expect(signedRanks([1, -1, 2, 2, 0]).z).toBeCloseTo((3.5 - 0.5) / Math.sqrt(7.25), 6);
    expect(signedRanks([1, -1, 2, 2, 0]).pairs).toBe(4);
    expect(signedRanks([-1, 1, -2, -2]).z).toBe(-signedRanks([1, -1, 2, 2]).z);
  });

  it.each([[[]], [[0, 0, 0]], [[1, -1]]])('find nothing in %j', (differences) => {
    expect([signedRanks(differences).p, signs(differences).p]).toEqual([1, 1]);
  });

  it('find a small shift among great noise, and none where there is none', () => {
    const source = seededRandom(7);
    const random = (): number => source.below(1_000_000) / 1_000_000;
    const rare = (): number => (source.chance(1) ? 50 * (random() - 0.5) : 0);
    const noise = Array.from({ length: 10_000 }, () => random() - random() + rare());
    expect(signedRanks(noise).p).toBeGreaterThan(0.01);
    expect(signs(noise).p).toBeGreaterThan(0.01);
    expect(signedRanks(noise.map((one) => one + 0.05)).p).toBeLessThan(1e-6);
  });
});
