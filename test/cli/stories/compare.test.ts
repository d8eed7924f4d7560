import { describe, expect, it } from 'vitest';
import { mismatches, type AnsweredDecision } from '../../../src/cli/stories/compare.ts';
import type { DecisionExpectation } from '../../../src/cli/stories/expectation.ts';

const answer: AnsweredDecision = {
  category: 'ORPHAN',
  subsidy: '360.00',
  payable: '40.50',
  fundedBy: null,
  periods: [
    { from: '2026-01-01', to: '2026-03-31' },
    { from: '2026-05-01', to: '2026-12-31' },
  ],
  refund: { decision: 'ALLOWED', amount: '360.00' },
  assisted: true,
  review: [{ code: 'RATE_MISSING' }, { code: 'DEATH_UNCONFIRMED' }],
  notices: [],
  targetGroups: [{ group: 'ORPHAN' }, { group: 'STUDENT' }],
};
const both = ['2026-01-01..2026-03-31', '2026-05-01..2026-12-31'];

const met: readonly (readonly [why: string, expected: DecisionExpectation])[] = [
  ['nothing expected', {}],
  ['money by value, as number or text', { subsidy: 360, payable: '40.5' }],
  ['words and nothing', { category: 'ORPHAN', fundedBy: null, assisted: true }],
  ['the periods in order', { benefit: both }],
  ['a refund in part', { refund: { decision: 'ALLOWED' } }],
  ['a refund in full', { refund: { decision: 'ALLOWED', amount: 360 } }],
  ['codes among others', { review: ['DEATH_UNCONFIRMED'], targetGroups: ['STUDENT'] }],
  ['no codes where there are none', { notices: [] }],
];

const missed: readonly (readonly [why: string, expected: DecisionExpectation, key: string, got: unknown])[] = [
  ['another amount', { payable: 40 }, 'payable', 40.5],
  ['another word', { category: null }, 'category', 'ORPHAN'],
  ['a word for nothing', { fundedBy: 'COUNTY_FINANCE' }, 'fundedBy', null],
  ['periods in another order', { benefit: both.toReversed() }, 'benefit', both],
  ['some of the periods', { benefit: both.slice(0, 1) }, 'benefit', both],
  ['no periods', { benefit: [] }, 'benefit', both],
  ['no refund', { refund: null }, 'refund', { decision: 'ALLOWED', amount: 360 }],
  ['another refund', { refund: { decision: 'REVIEW' } }, 'refund', { decision: 'ALLOWED', amount: 360 }],
  ['another refunded amount', { refund: { amount: 400 } }, 'refund', { decision: 'ALLOWED', amount: 360 }],
  ['a code that is not there', { notices: ['MOVE_PAYMENT_YEAR'] }, 'notices', []],
  ['no codes where there are some', { review: [] }, 'review', ['RATE_MISSING', 'DEATH_UNCONFIRMED']],
  ['the other way round', { assisted: false }, 'assisted', true],
];

describe('mismatches', () => {
  it.each(met)('is content with %s', (_why, expected) => {
    expect(mismatches(expected, answer)).toEqual([]);
  });

  it.each(missed)('tells of %s', (_why, expected, key, got) => {
    const [value] = Object.values(expected);
    expect(mismatches(expected, answer)).toEqual([{ key, expected: value, got }]);
  });

  it('tells of a refund that is not there', () => {
    const expected = { refund: { decision: 'ALLOWED' } };
    expect(mismatches(expected, { ...answer, refund: null })).toEqual([
      { key: 'refund', expected: { decision: 'ALLOWED' }, got: null },
    ]);
  });
});
