import type { BudgetShare } from '../domain/access/read-budget.ts';

/** Where all processes of a hub draw from the same budgets. */
export interface BudgetStore {
  /**
   * Draws from a share's budget at least `needed`, or nothing; more, up to `share.ahead`, where there is as much. Begins a new span
   * where the last one is over.
   */
  draw(jurisdiction: string, share: BudgetShare, needed: number, now: Date): Promise<Drawn>;
}

/** What was drawn: nothing where it would have been too much. */
export interface Drawn {
  readonly amount: number;
  /** When the span ends for which it was drawn. */
  readonly until: Date;
}

/** What was asked would tell of more people than the caller may be told of for now, so that nothing of it is answered. */
export class BudgetSpent extends Error {
  readonly code = 'BUDGET_SPENT';
  /** Seconds until it may be asked again. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('the budget of persons is spent');
    this.name = 'BudgetSpent';
    this.retryAfter = retryAfter;
  }
}
