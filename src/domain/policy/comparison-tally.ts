import type { Fen } from '../intake/fen.ts';
import type { DecisionDifference, Effect } from './compare-decisions.ts';
import type { DecisionCodes } from './decision-codes.ts';
import { byGroup, type CountedGroup } from './population-cells.ts';

/** What a pack costs for some persons. Amounts in fen. */
export interface PackCost {
  readonly persons: number;
  readonly subsidy: Fen;
  readonly payable: Fen;
  /** What is given back of premiums paid, where a refund is allowed. */
  readonly refunds: Fen;
}

/** Persons with one identity and one funder under either pack. A person whose identity changes is in two of these, once each. */
export interface ComparedGroup extends CountedGroup {
  readonly before: PackCost;
  readonly after: PackCost;
}

/** What a changed pack would mean for everybody. `winners`, `losers` and `unchanged` together are `persons`. */
export interface ComparisonTotals {
  readonly persons: number;
  readonly winners: number;
  readonly losers: number;
  readonly unchanged: number;
  readonly newlyInReview: number;
  /** By identity, then by funder; ordinary residents last. */
  readonly groups: readonly ComparedGroup[];
}

/** What a decision comes to for one of the people of a cell. */
export interface CellTerms extends CountedGroup, Omit<PackCost, 'persons'> {}

/** So many people whom two packs decide alike: before all of them the same, and after. */
export interface ComparedCell {
  readonly persons: number;
  readonly before: CellTerms;
  readonly after: CellTerms;
  readonly effect: Effect;
  readonly newlyInReview: boolean;
}

/** Counts, person by person, what two packs decide. As many cells as there are amounts, however many people. */
export class ComparisonTally {
  readonly #cells = new Map<string, ComparedCell & { persons: number }>();

  add(before: DecisionCodes, after: DecisionCodes, difference: DecisionDifference | undefined): void {
    const cell = {
      before: termsOf(before),
      after: termsOf(after),
      effect: difference?.effect ?? 'SAME',
      newlyInReview: difference?.newlyInReview ?? false,
    };
    const key = `${keyOf(cell.before)}|${keyOf(cell.after)}|${cell.effect}|${cell.newlyInReview}`;
    const known = this.#cells.get(key);
    if (known) known.persons += 1;
    else this.#cells.set(key, { ...cell, persons: 1 });
  }

  cells(): readonly ComparedCell[] {
    return [...this.#cells.values()];
  }
}

/** What cells come to together, exactly. */
export function totalsOf(cells: readonly ComparedCell[]): ComparisonTotals {
  const persons = personsIn(cells);
  const winners = personsIn(cells.filter(({ effect }) => effect === 'GAINS'));
  const losers = personsIn(cells.filter(({ effect }) => effect === 'LOSES'));
  return {
    persons,
    winners,
    losers,
    unchanged: persons - winners - losers,
    newlyInReview: personsIn(cells.filter(({ newlyInReview }) => newlyInReview)),
    groups: byGroup(sidesOf(cells), ({ terms }) => terms).map(([group, sides]) => ({
      ...group,
      before: costOf(sides.filter(({ side }) => side === 'before')),
      after: costOf(sides.filter(({ side }) => side === 'after')),
    })),
  };
}

/** How many people cells hold. */
export const personsIn = (cells: readonly { readonly persons: number }[]): number =>
  cells.reduce((sum, { persons }) => sum + persons, 0);

/** People of a cell as one pack decides them. */
export interface CellSide {
  readonly side: 'before' | 'after';
  readonly persons: number;
  readonly terms: CellTerms;
}

/** Each cell twice: as the one pack decides it, and as the other does. */
export const sidesOf = (cells: readonly ComparedCell[]): CellSide[] =>
  cells.flatMap(({ persons, before, after }): CellSide[] => [
    { side: 'before', persons, terms: before },
    { side: 'after', persons, terms: after },
  ]);

const termsOf = ({ category, fundedBy, subsidy, payable, refund }: DecisionCodes): CellTerms => ({
  category,
  fundedBy,
  subsidy,
  payable,
  refunds: refund?.decision === 'ALLOWED' ? refund.amount : 0,
});

const keyOf = ({ category, fundedBy, subsidy, payable, refunds }: CellTerms): string =>
  `${category}|${fundedBy}|${subsidy}|${payable}|${refunds}`;

const costOf = (sides: readonly CellSide[]): PackCost => {
  const sum = (of: 'subsidy' | 'payable' | 'refunds'): Fen =>
    sides.reduce((total, { persons, terms }) => total + persons * terms[of], 0);
  return { persons: personsIn(sides), subsidy: sum('subsidy'), payable: sum('payable'), refunds: sum('refunds') };
};
