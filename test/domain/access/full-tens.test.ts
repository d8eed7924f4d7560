import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inFullTens, sumInFullTens } from '../../../src/domain/access/full-tens.ts';

describe('a count in full tens', () => {
  it.each([
    ['nobody', 0, null],
    ['one', 1, null],
    ['nine', 9, null],
    ['ten', 10, 10],
    ['nineteen', 19, 10],
    ['twenty', 20, 20],
    ['a county', 312_459, 312_450],
  ])('%s', (_, persons, told) => expect(inFullTens(persons)).toBe(told));
});

describe('a sum in full tens', () => {
  it.each([
    ['of nobody', [], null],
    ['that nobody has', [{ persons: 500, amount: 0 }], null],
    ['of nine', [{ persons: 9, amount: 40_000 }], null],
    [
      'of nine in two parts',
      [
        { persons: 4, amount: 40_000 },
        { persons: 5, amount: 40_000 },
      ],
      null,
    ],
    [
      'of ten in two parts',
      [
        { persons: 4, amount: 40_000 },
        { persons: 6, amount: 40_000 },
      ],
      400_000,
    ],
    ['of nineteen', [{ persons: 19, amount: 38_000 }], 380_000],
    [
      'one of whom has an amount of their own',
      [
        { persons: 20, amount: 100 },
        { persons: 1, amount: 1_000_000_001 },
      ],
      2_000,
    ],
  ])('%s', (_, shares, sum) => expect(sumInFullTens(shares)).toBe(sum));

  it('says nothing of nine people, whatever they have', () => {
    const shares = fc.uniqueArray(
      fc.record({ persons: fc.integer({ min: 10, max: 90 }), amount: fc.integer({ min: 0, max: 90_000 }) }),
      { selector: ({ amount }) => amount, maxLength: 5 },
    );
    const few = fc.record({
      persons: fc.integer({ min: 1, max: 9 }),
      amount: fc.integer({ min: 90_001, max: 2 ** 40 }),
    });
    fc.assert(
      fc.property(shares, few, (many, secret) => {
        expect(sumInFullTens([...many, secret])).toBe(sumInFullTens(many));
      }),
    );
  });
});
