import type { Fen } from '../intake/fen.ts';
import type { Category, FundSource } from '../intake/words.ts';
import type { DecisionDifference } from './compare-decisions.ts';
import type { DecisionCodes } from './decision-codes.ts';

/** What a pack costs for some persons. Amounts in fen. */
export interface PackCost {
  readonly persons: number;
  readonly subsidy: Fen;
  readonly payable: Fen;
  /** What is given back of premiums paid, where a refund is allowed. */
  readonly refunds: Fen;
}

/** Persons with one identity and one funder under either pack. A person whose identity changes is in two of these, once each. */
export interface ComparedGroup {
  readonly category: Category | null;
  readonly fundedBy: FundSource | null;
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

type Adding<T> = { -readonly [K in keyof T]: T[K] };

/** Counts, person by person, what two packs decide. */
export class ComparisonTally {
  #persons = 0;
  #winners = 0;
  #losers = 0;
  #newlyInReview = 0;
  readonly #groups = new Map<
    string,
    { before: Adding<PackCost>; after: Adding<PackCost> } & Omit<ComparedGroup, Side>
  >();

  add(before: DecisionCodes, after: DecisionCodes, difference: DecisionDifference | undefined): void {
    this.#persons += 1;
    if (difference?.effect === 'GAINS') this.#winners += 1;
    if (difference?.effect === 'LOSES') this.#losers += 1;
    if (difference?.newlyInReview) this.#newlyInReview += 1;
    this.#cost('before', before);
    this.#cost('after', after);
  }

  totals(): ComparisonTotals {
    return {
      persons: this.#persons,
      winners: this.#winners,
      losers: this.#losers,
      unchanged: this.#persons - this.#winners - this.#losers,
      newlyInReview: this.#newlyInReview,
      groups: [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group),
    };
  }

  #cost(side: Side, { category, fundedBy, subsidy, payable, refund }: DecisionCodes): void {
    // `~` comes after every letter: nobody's identity and nobody's fund go last.
    const key = `${category ?? '~'}|${fundedBy ?? '~'}`;
    let group = this.#groups.get(key);
    if (!group) {
      group = { category, fundedBy, before: { ...NOTHING }, after: { ...NOTHING } };
      this.#groups.set(key, group);
    }
    const cost = group[side];
    cost.persons += 1;
    cost.subsidy += subsidy;
    cost.payable += payable;
    if (refund?.decision === 'ALLOWED') cost.refunds += refund.amount;
  }
}

type Side = 'before' | 'after';

const NOTHING: PackCost = { persons: 0, subsidy: 0, payable: 0, refunds: 0 };
