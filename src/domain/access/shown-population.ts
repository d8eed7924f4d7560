import type { Fen } from '../intake/fen.ts';
import { personsIn } from '../policy/comparison-tally.ts';
import { byGroup, type CountedGroup, type PopulationCell } from '../policy/population-cells.ts';
import { inFullTens, sumInFullTens } from './full-tens.ts';

/** Persons and money of one identity and funder, as one caller may see them; `null`: held back. Amounts in fen. */
export interface ShownPopulationGroup extends CountedGroup {
  readonly persons: number | null;
  readonly inReview: number | null;
  readonly subsidy: Fen | null;
  readonly payable: Fen | null;
  readonly paid: Fen | null;
  /** Is any figure of it held back? */
  readonly suppressed: boolean;
}

/** Groups of everybody, exactly: for whoever may see everybody by name as well. */
export const exactPopulation = (cells: readonly PopulationCell[]): readonly ShownPopulationGroup[] =>
  byGroup(cells, (cell) => cell).map(([group, of]) => ({
    ...group,
    persons: personsIn(of),
    inReview: personsIn(of.filter(({ inReview }) => inReview)),
    subsidy: sumOf(of, 'subsidy'),
    payable: sumOf(of, 'payable'),
    paid: sumOf(of, 'paid'),
    suppressed: false,
  }));

/**
 * Groups of everybody in full tens. What the pack can give anybody is listed whether or not anybody has it: that a group stands here
 * says nothing of anybody.
 *
 * @param listed the groups that the pack tells by itself
 */
export const populationInTens = (
  cells: readonly PopulationCell[],
  listed: readonly CountedGroup[],
): readonly ShownPopulationGroup[] =>
  byGroup(cells, (cell) => cell, listed)
    .map(([group, of]) => {
      const figures = {
        persons: inFullTens(personsIn(of)),
        inReview: inFullTens(personsIn(of.filter(({ inReview }) => inReview))),
        subsidy: sumInFullTens(sharesOf(of, 'subsidy')),
        payable: sumInFullTens(sharesOf(of, 'payable')),
        paid: sumInFullTens(sharesOf(of, 'paid')),
      };
      return { ...group, ...figures, suppressed: Object.values(figures).includes(null) };
    })
    .filter((group) => group.persons !== null || listed.some((one) => isSame(one, group)));

type Amount = 'subsidy' | 'payable' | 'paid';

const sumOf = (cells: readonly PopulationCell[], of: Amount): Fen =>
  cells.reduce((sum, cell) => sum + cell.persons * cell[of], 0);

const sharesOf = (cells: readonly PopulationCell[], of: Amount) =>
  cells.map((cell) => ({ persons: cell.persons, amount: cell[of] }));

/** Are these the same group? */
export const isSame = (a: CountedGroup, b: CountedGroup): boolean =>
  a.category === b.category && a.fundedBy === b.fundedBy;
