import type { Fen } from '../intake/fen.ts';
import {
  personsIn,
  sidesOf,
  type CellSide,
  type ComparedCell,
  type ComparisonTotals,
  type PackCost,
} from '../policy/comparison-tally.ts';
import { byGroup, type CountedGroup } from '../policy/population-cells.ts';
import { FEWEST, inFullTens, sumInFullTens } from './full-tens.ts';
import { isSame } from './shown-population.ts';

/** What a pack costs, as one caller may see it; `null`: held back. Amounts in fen. */
export interface ShownCost {
  readonly persons: number | null;
  readonly subsidy: Fen | null;
  readonly payable: Fen | null;
  readonly refunds: Fen | null;
  /** Is any of them held back? */
  readonly suppressed: boolean;
}

/** Costs of one identity and funder under both packs, and the second less the first. */
export interface ShownComparedGroup extends CountedGroup {
  readonly before: ShownCost;
  readonly after: ShownCost;
  readonly difference: ShownCost;
}

/** What a comparison came to, as one caller may see it; `null`: held back. */
export interface ShownComparison {
  /** Are these the figures as they are, or in full tens? */
  readonly exact: boolean;
  readonly persons: number | null;
  readonly winners: number | null;
  readonly losers: number | null;
  readonly unchanged: number | null;
  readonly newlyInReview: number | null;
  /** Is any of these counts held back? */
  readonly suppressed: boolean;
  /** Of everybody. */
  readonly total: ShownComparedGroup;
  readonly groups: readonly ShownComparedGroup[];
}

/** A comparison exactly: for whoever may see everybody by name as well. */
export function exactComparison(totals: ComparisonTotals): ShownComparison {
  const { persons, winners, losers, unchanged, newlyInReview, groups } = totals;
  const costs = (of: CountedGroup, before: PackCost, after: PackCost): ShownComparedGroup => ({
    category: of.category,
    fundedBy: of.fundedBy,
    before: { ...before, suppressed: false },
    after: { ...after, suppressed: false },
    difference: { ...combined(after, before, (one, other) => one - other), suppressed: false },
  });
  const sum = (side: 'before' | 'after'): PackCost =>
    groups.map((group) => group[side]).reduce((all, one) => combined(all, one, (a, b) => a + b), NOTHING);
  return {
    exact: true,
    ...{ persons, winners, losers, unchanged, newlyInReview },
    suppressed: false,
    total: costs(NOBODYS, sum('before'), sum('after')),
    groups: groups.map((group) => costs(group, group.before, group.after)),
  };
}

/**
 * A comparison in full tens. The changed pack is the asker's own, and can be made up so that it treats one person otherwise: whoever a
 * change befalls that fewer than ten people share counts here as if nothing changed for them, whichever amounts the pack gives them. What
 * such a pack comes to is what the pack in force comes to. What is held back of a group is in no total either, so that a total less the
 * groups leaves nothing.
 *
 * @param listed the groups that both packs tell by themselves
 */
export function comparisonInTens(all: readonly ComparedCell[], listed: readonly CountedGroup[]): ShownComparison {
  const cells = all.map((cell): ComparedCell =>
    cell.persons < FEWEST ? { ...cell, after: cell.before, effect: 'SAME', newlyInReview: false } : cell,
  );
  const groups = byGroup(sidesOf(cells), ({ terms }) => terms, listed)
    .map(([group, sides]) => groupInTens(group, sides))
    .filter(
      (group) =>
        group.before.persons !== null || group.after.persons !== null || listed.some((one) => isSame(one, group)),
    );
  const total = totalInTens(groups);
  const { persons } = total.before;
  const winners = inFullTens(personsIn(cells.filter(({ effect }) => effect === 'GAINS')));
  const losers = inFullTens(personsIn(cells.filter(({ effect }) => effect === 'LOSES')));
  const counts = {
    ...{ persons, winners, losers },
    unchanged: inFullTens((persons ?? 0) - (winners ?? 0) - (losers ?? 0)),
    newlyInReview: inFullTens(personsIn(cells.filter(({ newlyInReview }) => newlyInReview))),
  };
  return { exact: false, ...counts, suppressed: hasHidden(counts), total, groups };
}

const NOBODYS: CountedGroup = { category: null, fundedBy: null };
const NOTHING: PackCost = { persons: 0, subsidy: 0, payable: 0, refunds: 0 };
const AMOUNTS = ['subsidy', 'payable', 'refunds'] as const;

function combined(a: PackCost, b: PackCost, by: (one: number, other: number) => number): PackCost {
  const of = (figure: keyof PackCost): number => by(a[figure], b[figure]);
  return { persons: of('persons'), subsidy: of('subsidy'), payable: of('payable'), refunds: of('refunds') };
}

function groupInTens({ category, fundedBy }: CountedGroup, sides: readonly CellSide[]): ShownComparedGroup {
  const before = costInTens(sides.filter(({ side }) => side === 'before'));
  const after = costInTens(sides.filter(({ side }) => side === 'after'));
  return { category, fundedBy, before, after, difference: differenceOf(before, after) };
}

function costInTens(sides: readonly CellSide[]): ShownCost {
  const [subsidy, payable, refunds] = AMOUNTS.map((of) =>
    sumInFullTens(sides.map(({ persons, terms }) => ({ persons, amount: terms[of] }))),
  ) as [Fen | null, Fen | null, Fen | null];
  return withMark({ persons: inFullTens(personsIn(sides)), subsidy, payable, refunds });
}

/** What the groups come to as they are shown. */
function totalInTens(groups: readonly ShownComparedGroup[]): ShownComparedGroup {
  const sum = (side: 'before' | 'after'): ShownCost => {
    const of = (figure: keyof PackCost): number | null =>
      groups.reduce<number | null>((all, group) => {
        const one = group[side][figure];
        return one === null ? all : (all ?? 0) + one;
      }, null);
    return withMark({ persons: of('persons'), subsidy: of('subsidy'), payable: of('payable'), refunds: of('refunds') });
  };
  const [before, after] = [sum('before'), sum('after')];
  // Everybody is everybody under either pack: how many more tens are full is no difference.
  return { ...NOBODYS, before, after, difference: withMark({ ...differenceOf(before, after), persons: null }) };
}

/** Held back where either is, and where the two are alike: nobody, and fewer than ten, are not to be told apart. */
function differenceOf(before: ShownCost, after: ShownCost): ShownCost {
  const of = (figure: keyof PackCost): number | null => {
    const [one, other] = [before[figure], after[figure]];
    return one === null || other === null || one === other ? null : other - one;
  };
  return withMark({ persons: of('persons'), subsidy: of('subsidy'), payable: of('payable'), refunds: of('refunds') });
}

const withMark = ({ persons, subsidy, payable, refunds }: Omit<ShownCost, 'suppressed'>): ShownCost => {
  const figures = { persons, subsidy, payable, refunds };
  return { ...figures, suppressed: hasHidden(figures) };
};

const hasHidden = (figures: object): boolean => Object.values(figures).includes(null);
