import type { DecisionExpectation } from './expectation.ts';

/** What the hub answered, in the shape that {@link DECISION_FIELDS} asks for. */
export interface AnsweredDecision {
  readonly category: string | null;
  readonly subsidy: string | null;
  readonly payable: string | null;
  readonly fundedBy: string | null;
  readonly periods: readonly { readonly from: string; readonly to: string }[];
  readonly refund: { readonly decision: string; readonly amount: string | null } | null;
  readonly assisted: boolean;
  readonly review: readonly { readonly code: string }[];
  readonly notices: readonly { readonly code: string }[];
  readonly targetGroups: readonly { readonly group: string }[];
}

/** The part of a decision that stories can expect something of. */
export const DECISION_FIELDS = `
  category subsidy payable fundedBy periods { from to } refund { decision amount } assisted
  review { code } notices { code } targetGroups { group }`;

/** One expectation that the answer does not meet. */
export interface Mismatch {
  readonly key: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** How one key of an expectation is held against the answer: what was got, and whether it will do. */
type Check<Expected> = (
  expected: Expected,
  answer: AnsweredDecision,
) => { readonly got: unknown; readonly met: boolean };

type Yuan = NonNullable<DecisionExpectation['payable']>;

const yuanOf = (text: string | null): number | null => (text === null ? null : Number(text));

const sameYuan =
  (read: (answer: AnsweredDecision) => string | null): Check<Yuan> =>
  (expected, answer) => {
    const got = yuanOf(read(answer));
    return { got, met: got === Number(expected) };
  };

const same =
  <T>(read: (answer: AnsweredDecision) => T): Check<T> =>
  (expected, answer) => ({ got: read(answer), met: read(answer) === expected });

const among =
  (read: (answer: AnsweredDecision) => readonly string[]): Check<readonly string[]> =>
  (expected, answer) => {
    const got = read(answer);
    return { got, met: isAmong(expected, got) };
  };

/** All that is expected must be among what is there; an empty list stands for "none at all". */
const isAmong = (expected: readonly string[], got: readonly string[]): boolean =>
  expected.length === 0 ? got.length === 0 : expected.every((code) => got.includes(code));

/** Holds codes against those expected: all of them must be there, and none at all where none is expected. */
export const mismatchOfCodes = (key: string, expected: readonly string[], got: readonly string[]): Mismatch[] =>
  isAmong(expected, got) ? [] : [{ key, expected, got }];

const benefit: Check<readonly string[]> = (expected, answer) => {
  const got = answer.periods.map(({ from, to }) => `${from}..${to}`);
  return { got, met: got.join() === expected.join() };
};

const refund: Check<NonNullable<DecisionExpectation['refund']> | null> = (expected, answer) => {
  const got = answer.refund && { decision: answer.refund.decision, amount: yuanOf(answer.refund.amount) };
  if (expected === null || got === null) return { got, met: expected === got };
  const decided = expected.decision === undefined || expected.decision === got.decision;
  const amounts = expected.amount === undefined || Number(expected.amount) === got.amount;
  return { got, met: decided && amounts };
};

const CHECKS: { readonly [Key in keyof DecisionExpectation]-?: Check<Exclude<DecisionExpectation[Key], undefined>> } = {
  category: same((answer) => answer.category),
  subsidy: sameYuan((answer) => answer.subsidy),
  payable: sameYuan((answer) => answer.payable),
  fundedBy: same((answer) => answer.fundedBy),
  benefit,
  refund,
  assisted: same((answer) => answer.assisted),
  review: among((answer) => answer.review.map(({ code }) => code)),
  notices: among((answer) => answer.notices.map(({ code }) => code)),
  targetGroups: among((answer) => answer.targetGroups.map(({ group }) => group)),
};

/** Holds an answer against what was expected; only the keys that the expectation names are looked at. */
export function mismatches(expected: DecisionExpectation, answer: AnsweredDecision): Mismatch[] {
  return Object.entries(expected).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const check = CHECKS[key as keyof DecisionExpectation] as Check<unknown>;
    const { got, met } = check(value, answer);
    return met ? [] : [{ key, expected: value, got }];
  });
}
