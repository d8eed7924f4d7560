import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactPopulation, populationInTens } from '../../../src/domain/access/shown-population.ts';
import type { PopulationCell } from '../../../src/domain/policy/population-cells.ts';

const cell = (persons: number, more: Partial<PopulationCell> = {}): PopulationCell => ({
  category: null,
  fundedBy: null,
  persons,
  inReview: false,
  subsidy: 0,
  payable: 40_000,
  paid: 0,
  ...more,
});
const ORPHANS = { category: 'ORPHAN', fundedBy: 'MEDICAL_ASSISTANCE', subsidy: 40_000, payable: 0 } as const;
const LISTED = [
  { category: 'ORPHAN', fundedBy: 'MEDICAL_ASSISTANCE' },
  { category: 'EXTREME_POVERTY', fundedBy: 'RURAL_AFFAIRS' },
  { category: null, fundedBy: null },
] as const;
const CELLS = [
  cell(25, { paid: 40_000 }),
  cell(11, { inReview: true }),
  cell(4, { paid: 36_000 }),
  cell(3, ORPHANS),
  cell(12, { category: 'SUBSISTENCE_ALLOWANCE', fundedBy: 'MEDICAL_ASSISTANCE', subsidy: 36_000, payable: 4_000 }),
];

describe('figures over everybody', () => {
  it('are exact for who may see them so', () => {
    expect(exactPopulation(CELLS)).toEqual([
      {
        ...group('ORPHAN', 'MEDICAL_ASSISTANCE'),
        persons: 3,
        inReview: 0,
        subsidy: 120_000,
        payable: 0,
        paid: 0,
        suppressed: false,
      },
      {
        ...group('SUBSISTENCE_ALLOWANCE', 'MEDICAL_ASSISTANCE'),
        ...{ persons: 12, inReview: 0, subsidy: 432_000, payable: 48_000, paid: 0, suppressed: false },
      },
      {
        ...group(null, null),
        persons: 40,
        inReview: 11,
        subsidy: 0,
        payable: 1_600_000,
        paid: 1_144_000,
        suppressed: false,
      },
    ]);
  });

  it('are in full tens for everybody else, held back below ten, money with its people', () => {
    const nothing = { persons: null, inReview: null, subsidy: null, payable: null, paid: null, suppressed: true };
    expect(populationInTens(CELLS, LISTED)).toEqual([
      { ...group('EXTREME_POVERTY', 'RURAL_AFFAIRS'), ...nothing },
      { ...group('ORPHAN', 'MEDICAL_ASSISTANCE'), ...nothing },
      {
        ...group('SUBSISTENCE_ALLOWANCE', 'MEDICAL_ASSISTANCE'),
        ...{ persons: 10, inReview: null, subsidy: 360_000, payable: 40_000, paid: null, suppressed: true },
      },
      {
        ...group(null, null),
        persons: 40,
        inReview: 10,
        subsidy: null,
        payable: 1_600_000,
        paid: 800_000,
        suppressed: true,
      },
    ]);
  });

  it('tell a group of the pack’s that nobody is in like one that nine are in, and none that the pack does not tell', () => {
    const few = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(few, few, few, (orphans, poor, unlisted) => {
        const some = [
          cell(orphans, ORPHANS),
          cell(poor, { category: 'EXTREME_POVERTY', fundedBy: 'RURAL_AFFAIRS' }),
          cell(unlisted, { category: 'MARTYR_FAMILY' as never }),
        ].filter(({ persons }) => persons > 0);
        expect(populationInTens([cell(40), ...some], LISTED)).toEqual(populationInTens([cell(40)], LISTED));
      }),
    );
  });
});

function group(category: PopulationCell['category'], fundedBy: PopulationCell['fundedBy']) {
  return { category, fundedBy };
}
