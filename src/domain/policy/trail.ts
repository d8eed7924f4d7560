import { sourceOf, type Claim } from '../claims/claim.ts';
import type { DecisionStep, Marked, NoticeCode, ReviewCode } from './decision.ts';

/** Gathers, in order, why a decision came out as it did. */
export class Trail {
  readonly steps: DecisionStep[] = [];
  readonly review: Marked<ReviewCode>[] = [];
  readonly notices: Marked<NoticeCode>[] = [];

  /** Notes that a rule was applied: what it settled, in both languages, with its inputs and the claims behind them. */
  step(
    rule: string,
    outcome: DecisionStep['outcome'],
    inputs: Readonly<Record<string, string | number | boolean | null | undefined>>,
    claims: readonly Claim[],
  ): void {
    this.steps.push({
      rule,
      outcome,
      inputs: Object.entries(inputs).flatMap(([name, value]) =>
        value === undefined || value === null ? [] : [{ name, value: String(value) }],
      ),
      claims: claims.map(sourceOf),
    });
  }

  /** Leaves a matter to a person, once. */
  leave(code: ReviewCode, rule: string): void {
    if (!this.review.some((mark) => mark.code === code)) this.review.push({ code, rule });
  }

  /** Shows a clerk something that changes nothing, once. */
  show(code: NoticeCode, rule: string): void {
    if (!this.notices.some((mark) => mark.code === code)) this.notices.push({ code, rule });
  }
}
