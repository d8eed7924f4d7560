import { describe, expect, test } from 'vitest';
import { compareDecisions } from '../../../src/domain/policy/compare-decisions.ts';
import { ComparisonTally, totalsOf } from '../../../src/domain/policy/comparison-tally.ts';
import type { DecisionCodes } from '../../../src/domain/policy/decision-codes.ts';

const year = { from: '2026-01-01', to: '2026-12-31', rule: 'R-1' };
const ORDINARY: DecisionCodes = {
  outcome: 'DECIDED',
  pack: 'p-2026',
  asOf: '2026-03-01',
  category: null,
  subsidy: 0,
  fundedBy: null,
  payable: 40_000,
  paid: 40_000,
  candidates: [],
  periods: [year],
  waiting: null,
  refund: null,
  assisted: false,
  targetGroups: [],
  review: [],
  notices: [],
  steps: [{ rule: 'R-1', code: 'ORDINARY_PREMIUM', values: { payable: 40_000 }, claims: [] }],
};
const refund = { decision: 'ALLOWED', amount: 40_000, cause: 'DEATH', rule: 'R-2' } as const;

describe('how a person fares under a changed pack', () => {
  const cases: readonly (readonly [why: string, after: Partial<DecisionCodes>, effect: string | undefined])[] = [
    ['the same decision', {}, undefined],
    ['the same, by another rule', { periods: [{ ...year, rule: 'R-9' }] }, undefined],
    ['less to pay', { payable: 36_000 }, 'GAINS'],
    ['more to pay', { payable: 40_001 }, 'LOSES'],
    ['less to pay weighs more than a shorter cover', { payable: 0, periods: [] }, 'GAINS'],
    ['cover from a later day', { periods: [{ ...year, from: '2026-01-02' }] }, 'LOSES'],
    ['cover from an earlier day', { periods: [{ ...year, from: '2025-12-31' }] }, 'GAINS'],
    ['a premium given back', { refund }, 'GAINS'],
    ['a premium that may be given back', { refund: { ...refund, decision: 'REVIEW' } }, 'SAME'],
    ['another fund', { fundedBy: 'MEDICAL_ASSISTANCE' }, 'SAME'],
    ['a matter left to a person', { outcome: 'REVIEW', review: [{ code: 'UNDERPAID', rule: 'R-1' }] }, 'SAME'],
  ];
  test.each(cases)('%s', (_, after, effect) => {
    expect(compareDecisions(ORDINARY, { ...ORDINARY, ...after })?.effect).toBe(effect);
  });

  test('names the rules that came to something else', () => {
    const steps = [
      { rule: 'R-1', code: 'ORDINARY_PREMIUM', values: { payable: 39_000 }, claims: [] },
      { rule: 'R-3', code: 'NO_TIER', values: {}, claims: [] },
    ] as const;
    const difference = compareDecisions(ORDINARY, { ...ORDINARY, payable: 39_000, steps });
    expect(difference?.rules).toEqual(['R-1', 'R-3']);
    expect(difference?.newlyInReview).toBe(false);
  });
});

test('a tally counts everybody once and adds up by identity and funder', () => {
  const tally = new ComparisonTally();
  const add = (after: Partial<DecisionCodes>): void => {
    const changed = { ...ORDINARY, ...after };
    tally.add(ORDINARY, changed, compareDecisions(ORDINARY, changed));
  };
  add({});
  add({ payable: 39_000 });
  add({ payable: 41_000, outcome: 'REVIEW', review: [{ code: 'UNDERPAID', rule: 'R-1' }] });
  add({ category: 'ORPHAN', fundedBy: 'MEDICAL_ASSISTANCE', subsidy: 40_000, payable: 0 });
  add({ refund });
  expect(totalsOf(tally.cells())).toEqual({
    persons: 5,
    winners: 3,
    losers: 1,
    unchanged: 1,
    newlyInReview: 1,
    groups: [
      {
        category: 'ORPHAN',
        fundedBy: 'MEDICAL_ASSISTANCE',
        before: { persons: 0, subsidy: 0, payable: 0, refunds: 0 },
        after: { persons: 1, subsidy: 40_000, payable: 0, refunds: 0 },
      },
      {
        category: null,
        fundedBy: null,
        before: { persons: 5, subsidy: 0, payable: 200_000, refunds: 0 },
        after: { persons: 4, subsidy: 0, payable: 160_000, refunds: 40_000 },
      },
    ],
  });
});
