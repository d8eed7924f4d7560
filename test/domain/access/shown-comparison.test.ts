import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonInTens, exactComparison } from '../../../src/domain/access/shown-comparison.ts';
import { totalsOf, type CellTerms, type ComparedCell } from '../../../src/domain/policy/comparison-tally.ts';
import type { CountedGroup } from '../../../src/domain/policy/population-cells.ts';

const ORDINARY: CellTerms = { category: null, fundedBy: null, subsidy: 0, payable: 40_000, refunds: 0 };
const ALLOWANCE: CellTerms = {
  category: 'SUBSISTENCE_ALLOWANCE',
  fundedBy: 'MEDICAL_ASSISTANCE',
  subsidy: 36_000,
  payable: 4_000,
  refunds: 0,
};
const LISTED: readonly CountedGroup[] = [
  { category: 'ORPHAN', fundedBy: 'MEDICAL_ASSISTANCE' },
  { category: 'SUBSISTENCE_ALLOWANCE', fundedBy: 'MEDICAL_ASSISTANCE' },
  { category: null, fundedBy: null },
];
const same = (persons: number, terms: CellTerms): ComparedCell => ({
  persons,
  before: terms,
  after: terms,
  effect: 'SAME',
  newlyInReview: false,
});
const changed = (
  persons: number,
  before: CellTerms,
  after: CellTerms,
  more: Partial<ComparedCell> = {},
): ComparedCell => ({
  ...same(persons, before),
  after,
  effect: after.payable < before.payable ? 'GAINS' : after.payable > before.payable ? 'LOSES' : 'SAME',
  ...more,
});
const CHEAPER = { ...ALLOWANCE, subsidy: 38_000, payable: 2_000 };

describe('a comparison exactly', () => {
  it('adds up to everybody, with differences', () => {
    const cells = [same(27, ORDINARY), changed(13, ALLOWANCE, CHEAPER), changed(1, ORDINARY, ALLOWANCE)];
    expect(exactComparison(totalsOf(cells))).toMatchObject({
      ...{ exact: true, suppressed: false, persons: 41, winners: 14, losers: 0, unchanged: 27, newlyInReview: 0 },
      total: { difference: { persons: 0, subsidy: 13 * 2_000 + 36_000, payable: -13 * 2_000 - 36_000, refunds: 0 } },
      groups: [
        {
          category: 'SUBSISTENCE_ALLOWANCE',
          before: { persons: 13 },
          after: { persons: 14, subsidy: 13 * 38_000 + 36_000 },
        },
        {
          category: null,
          before: { persons: 28 },
          after: { persons: 27 },
          difference: { persons: -1, payable: -40_000 },
        },
      ],
    });
  });
});

describe('a comparison in full tens', () => {
  it('tells a change that ten people share', () => {
    const told = comparisonInTens([same(27, ORDINARY), changed(13, ALLOWANCE, CHEAPER)], LISTED);
    expect(told).toMatchObject({
      ...{ exact: false, suppressed: true, persons: 30, winners: 10, losers: null, unchanged: 20, newlyInReview: null },
      total: {
        before: { persons: 30, subsidy: 360_000 },
        after: { persons: 30, subsidy: 380_000 },
        difference: { persons: null, subsidy: 20_000 },
      },
    });
    expect(told.groups.map(({ category }) => category)).toEqual(['ORPHAN', 'SUBSISTENCE_ALLOWANCE', null]);
    expect(told.groups[1]).toMatchObject({
      before: { persons: 10, subsidy: 360_000, payable: 40_000, refunds: null },
      after: { persons: 10, subsidy: 380_000, payable: 20_000, refunds: null },
      difference: { persons: null, subsidy: 20_000, payable: -20_000, refunds: null, suppressed: true },
    });
  });

  it('of a pack made up for fewer than ten people comes to what the pack in force comes to, whatever it gives them', () => {
    const terms = fc.record({
      category: fc.constantFrom('ORPHAN' as const, 'SUBSISTENCE_ALLOWANCE' as const, null),
      fundedBy: fc.constantFrom('MEDICAL_ASSISTANCE' as const, null),
      subsidy: fc.integer({ min: 0, max: 2 ** 40 }),
      payable: fc.integer({ min: 0, max: 2 ** 40 }),
      refunds: fc.integer({ min: 0, max: 40_000 }),
    });
    const population = fc.array(
      fc.record({ persons: fc.integer({ min: 1, max: 40 }), terms: fc.constantFrom(ORDINARY, ALLOWANCE) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(
        population,
        fc.integer({ min: 1, max: 9 }),
        terms,
        fc.boolean(),
        (everybody, few, after, newlyInReview) => {
          const rest = everybody.map(({ persons, terms: kept }) => same(persons, kept));
          const before = comparisonInTens([...rest, same(few, ORDINARY)], LISTED);
          for (const effect of ['GAINS', 'LOSES', 'SAME'] as const) {
            const made = changed(few, ORDINARY, after, { effect, newlyInReview });
            expect(comparisonInTens([...rest, made], LISTED)).toEqual(before);
          }
        },
      ),
    );
  });

  it('holds a group of fewer than ten back so that nothing else tells of it: no total, no other group, no count', () => {
    const orphans: CellTerms = {
      category: 'ORPHAN',
      fundedBy: 'MEDICAL_ASSISTANCE',
      subsidy: 40_000,
      payable: 0,
      refunds: 0,
    };
    const many = fc.integer({ min: 0, max: 45 });
    fc.assert(
      fc.property(many, many, many, fc.integer({ min: 1, max: 9 }), (ordinary, allowance, changing, few) => {
        const others = [
          same(ordinary, ORDINARY),
          same(allowance, ALLOWANCE),
          changed(changing, ALLOWANCE, CHEAPER),
        ].filter(({ persons }) => persons > 0);
        expect(comparisonInTens([...others, same(few, orphans)], LISTED)).toEqual(comparisonInTens(others, LISTED));
      }),
    );
  });

  it('holds one person back beside many of whom the pack makes the same, but for one in ten', () => {
    // The limit that is not held: one more who fills a ten. Nine of ten numbers of people do not tell.
    const without = (many: number) =>
      comparisonInTens([same(40, ORDINARY), changed(many, ALLOWANCE, CHEAPER), same(1, ALLOWANCE)], LISTED);
    const including = (many: number) =>
      comparisonInTens([same(40, ORDINARY), changed(many + 1, ALLOWANCE, CHEAPER)], LISTED);
    const told = Array.from({ length: 10 }, (_, more) => 20 + more).filter(
      (many) => JSON.stringify(without(many)) !== JSON.stringify(including(many)),
    );
    expect(told).toEqual([29]);
  });

  it('is the same in whichever order people were decided', () => {
    const cells = [
      same(27, ORDINARY),
      changed(13, ALLOWANCE, CHEAPER),
      changed(3, ORDINARY, CHEAPER),
      same(2, ALLOWANCE),
    ];
    const told = comparisonInTens(cells, LISTED);
    fc.assert(
      fc.property(fc.shuffledSubarray(cells, { minLength: cells.length }), (shuffled) => {
        expect(comparisonInTens(shuffled, LISTED)).toEqual(told);
      }),
    );
  });
});
