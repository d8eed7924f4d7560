import type { Claim } from '../claims/claim.ts';
import type { StepCodes } from './decision-codes.ts';
import type { Marked, NoticeCode, ReviewCode } from './decision.ts';
import { joined, NONE, withLast } from './none.ts';
import type { StepCode, StepValues } from './step-words.ts';

/** Gathers, in order and as codes, why a decision came out as it did. */
export class Trail {
  steps: readonly StepCodes[] = NONE;
  review: readonly Marked<ReviewCode>[] = NONE;
  notices: readonly Marked<NoticeCode>[] = NONE;

  /** Notes that a rule was applied: what it settled, with what went in and the claims behind it. */
  step(rule: string, code: StepCode, values: StepValues, claims: readonly Claim[]): void {
    this.steps = withLast(this.steps, { rule, code, values, claims: idsOf(claims) });
  }

  /** Notes a step that is the same for everybody; the list it comes in is shared too. */
  constantStep(alone: readonly [StepCodes]): void {
    this.steps = joined(this.steps, alone);
  }

  /** Leaves a matter to a person, once. */
  leave(code: ReviewCode, rule: string): void {
    this.review = marked(this.review, code, rule);
  }

  /** Shows a clerk something that changes nothing, once. */
  show(code: NoticeCode, rule: string): void {
    this.notices = marked(this.notices, code, rule);
  }
}

/** The ids of claims, in their order. */
export function idsOf(claims: readonly Claim[]): readonly string[] {
  if (claims.length === 0) return NONE;
  if (claims.length === 1) return [claims[0]!.id];
  return claims.map((claim) => claim.id);
}

function marked<Code extends string>(
  marks: readonly Marked<Code>[],
  code: Code,
  rule: string,
): readonly Marked<Code>[] {
  for (const mark of marks) if (mark.code === code) return marks;
  return withLast(marks, { code, rule });
}
