import { describe, expect, it } from 'vitest';
import { Expectation, type ChangeExpectation } from '../../../src/cli/stories/expectation.ts';
import { changeMismatches } from '../../../src/cli/stories/tell-changes.ts';
import type { Telling } from '../../../src/cli/stories/telling.ts';

const terms = (payable: string, refund: { decision: string; amount: string } | null) => ({
  category: null,
  subsidy: '0.00',
  payable,
  fundedBy: null,
  periods: [{ from: '2026-01-01', to: '2026-12-31' }],
  refund,
  review: ['UNDERPAID'],
});
const told = {
  person: { id: 'id-of-a' },
  because: 'LISTS',
  before: terms('400.00', null),
  after: terms('40.00', { decision: 'ALLOWED', amount: '360.00' }),
  adjustment: { subsidy: '360.00', payable: '-360.00', paid: '0.00', refund: '360.00', coveredDays: 0 },
};

/** A story begun on a day, and what the hub answers when it is asked for changes. */
const tellingOf = (nodes: readonly unknown[]): Telling => ({
  story: { steps: [{ on: '2025-11-01' }] } as unknown as Telling['story'],
  policyYear: 2026,
  sent: [],
  agencies: () => ({
    ask: async () => ({ data: { changes: { edges: nodes.map((node) => ({ node })) } }, errors: [] }),
  }),
});

const missedOf = async (expected: readonly ChangeExpectation[], nodes: readonly unknown[] = [told]) => {
  const read = Expectation.parse({ changes: expected }).changes!;
  const missed = await changeMismatches(read, tellingOf(nodes), async (of) => `id-of-${of}`);
  return missed.map(({ key }) => key);
};

describe('changeMismatches', () => {
  it.each<[why: string, expected: readonly ChangeExpectation[], nodes?: readonly unknown[]]>([
    ['only whose it is', [{ of: 'a' }]],
    ['why and the signed amounts', [{ of: 'a', because: 'LISTS', adjustment: { payable: -360, coveredDays: 0 } }]],
    ['terms by value', [{ of: 'a', before: { payable: 400, refund: null }, after: { refund: { amount: 360 } } }]],
    ['cover and codes', [{ of: 'a', after: { benefit: ['2026-01-01..2026-12-31'], review: ['UNDERPAID'] } }]],
    ['nothing decided any more', [{ of: 'a', after: null }], [{ ...told, after: null }]],
    ['none where there is none', [], []],
  ])('is content with %s', async (_why, expected, nodes) => {
    expect(await missedOf(expected, nodes)).toEqual([]);
  });

  it.each<[why: string, expected: readonly ChangeExpectation[], nodes?: readonly unknown[]]>([
    ['somebody else', [{ of: 'b' }]],
    ['another cause', [{ of: 'a', because: 'SETTLEMENT' }]],
    ['another sign', [{ of: 'a', adjustment: { payable: 360 } }]],
    ['another amount before', [{ of: 'a', before: { payable: 40 } }]],
    ['something for nothing', [{ of: 'a', after: null }]],
    ['a refund for none', [{ of: 'a', before: { refund: { decision: 'ALLOWED' } } }]],
    ['a code for none', [{ of: 'a', after: { review: [] } }]],
    ['a change that nobody told', [{ of: 'a' }], []],
  ])('tells of %s', async (_why, expected, nodes) => {
    expect(await missedOf(expected, nodes)).toEqual(['changes[0]']);
  });

  it('tells of changes where none is expected', async () => {
    expect(await missedOf([])).toEqual(['changes']);
  });
});
