import type { Claim } from '../claims/claim.ts';
import type { StepCodes, StepValues } from './decision-codes.ts';
import type { Marked, NoticeCode, ReviewCode } from './decision.ts';
import { NONE } from './none.ts';
import type { StepCode } from './step-words.ts';

/** Gathers, in order and as codes, why a decision came out as it did. */
export class Trail {
  readonly steps: StepCodes[] = [];
  #review: Marked<ReviewCode>[] | undefined;
  #notices: Marked<NoticeCode>[] | undefined;

  get review(): readonly Marked<ReviewCode>[] {
    return this.#review ?? NONE;
  }

  get notices(): readonly Marked<NoticeCode>[] {
    return this.#notices ?? NONE;
  }

  /** Notes that a rule was applied: what it settled, with what went in and the claims behind it. */
  step(rule: string, code: StepCode, values: StepValues, claims: readonly Claim[]): void {
    this.steps.push({ rule, code, values, claims: idsOf(claims) });
  }

  /** Leaves a matter to a person, once. */
  leave(code: ReviewCode, rule: string): void {
    this.#review = marked(this.#review, code, rule);
  }

  /** Shows a clerk something that changes nothing, once. */
  show(code: NoticeCode, rule: string): void {
    this.#notices = marked(this.#notices, code, rule);
  }
}

/** The ids of claims, in their order. */
export function idsOf(claims: readonly Claim[]): readonly string[] {
  if (claims.length === 0) return NONE;
  if (claims.length === 1) return [claims[0]!.id];
  return claims.map((claim) => claim.id);
}

function marked<Code extends string>(marks: Marked<Code>[] | undefined, code: Code, rule: string): Marked<Code>[] {
  if (!marks) return [{ code, rule }];
  for (const mark of marks) if (mark.code === code) return marks;
  marks.push({ code, rule });
  return marks;
}
