import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { populationSummary } from '../../src/flows/find-population.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import { populationStore } from '../../src/storage/population-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, jurisdictionWith, readerGrant } from '../support/jurisdictions.ts';

const place = jurisdictionWith({
  'medical-insurance': readerGrant({ lists: 'ALL', benefit: true, reveal: true }),
  'civil-affairs': readerGrant({ lists: ['hardship'], benefit: true }),
  finance: readerGrant({ lists: 'ALL' }),
  tax: readerGrant({ lists: 'ALL', benefit: true }),
});
const insurance = { ...callerOf(place, 'medical-insurance'), revealBecause: '决算' };
const packs = readPacks('packs');

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const summary = (policyYear: number, caller: Parameters<typeof populationSummary>[1] = insurance) =>
  populationSummary(policyYear, caller, {
    population: populationStore(database.walled),
    jurisdictions: { find: (id) => (id === place.id ? place : undefined), all: () => [place] },
    packs: { find: (id) => packs.find((pack) => pack.id === id), all: () => packs },
  });

describe('the summary of a population', () => {
  it('is nothing before anybody is decided, and then counts the generation that stands alone', async () => {
    expect(await summary(2026)).toEqual({ ok: true, value: null });

    await database.pool.query(`
      insert into decision_set (jurisdiction, pack, generation, pack_digest, as_of, built_at, wanted_digest, wanted_as_of)
      values ('130628', 'gaoyang-2026', 2, 'd', '2025-12-01', '2025-12-01T00:00:00Z', 'd', '2025-12-01')`);
    const builtAt = new Date('2025-12-01T00:00:00Z');
    const empty = { pack: 'gaoyang-2026', asOf: '2025-12-01', builtAt, pending: 0, exact: true, groups: [] };
    expect(await summary(2026)).toEqual({ ok: true, value: empty });

    await database.pool.query(`
      insert into decision_kind (id, outcome, category, funded_by, subsidy, payable, paid, review, periods)
      select md5(kind)::uuid, outcome, category, funder, subsidy, payable, paid, '{}', ''
      from (values
        ('paid', 'DECIDED', null, null, 0, 40000, 40000),
        ('in review', 'REVIEW', null, null, 0, 40000, 0),
        ('extreme poverty', 'DECIDED', 'EXTREME_POVERTY', 'CIVIL_AFFAIRS', 40000, 0, 0),
        ('unpaid', 'DECIDED', null, null, 0, 40000, 0)
      ) as k(kind, outcome, category, funder, subsidy, payable, paid)`);
    await database.pool.query(`
      insert into decision (person_id, jurisdiction, pack, generation, kind)
      select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, place, 'gaoyang-2026', generation, md5(kind)::uuid
      from (values
        (1, '130628', 2, 'paid'),
        (2, '130628', 2, 'in review'),
        (3, '130628', 2, 'extreme poverty'),
        (3, '130628', 1, 'unpaid'),
        (4, '130629', 2, 'unpaid'),
        (5, '130628', 2, 'unpaid'),
        (6, '130628', 2, 'unpaid')
      ) as d(n, place, generation, kind)`);
    expect(await summary(2026)).toMatchObject({
      value: {
        groups: [
          {
            category: 'EXTREME_POVERTY',
            fundedBy: 'CIVIL_AFFAIRS',
            persons: 1,
            inReview: 0,
            subsidy: 40_000,
            payable: 0,
            paid: 0,
          },
          { category: null, fundedBy: null, persons: 4, inReview: 1, subsidy: 0, payable: 160_000, paid: 40_000 },
        ],
      },
    });
  });

  it('tells groups of fewer than ten to nobody who does not say why, or may not see people by name', async () => {
    const { revealBecause, ...unsaid } = insurance;
    const others: readonly (readonly [string, Parameters<typeof summary>[1]])[] = [
      ['no reason', unsaid],
      ['a token without the scope', { ...callerOf(place, 'medical-insurance', ['benefit:read']), revealBecause }],
      ['an office without the grant', { ...callerOf(place, 'tax'), revealBecause }],
    ];
    for (const [why, caller] of others) {
      const answer = await summary(2026, caller);
      if (!answer.ok || !answer.value) return expect.unreachable(why);
      const { exact, groups } = answer.value;
      expect([why, exact]).toEqual([why, false]);
      // Every tier of the pack, and nothing of anybody.
      expect(groups.length).toBeGreaterThan(5);
      for (const { category: _, fundedBy: __, ...figures } of groups) {
        const held = { persons: null, inReview: null, subsidy: null, payable: null, paid: null, suppressed: true };
        expect([why, figures]).toEqual([why, held]);
      }
    }
  });

  it('is for those alone who may ask what a pack decides and may know of everybody', async () => {
    const cases: readonly [string, Parameters<typeof summary>, string][] = [
      ['nobody', [2026, null], 'UNAUTHENTICATED'],
      ['one who knows only its own people', [2026, callerOf(place, 'civil-affairs')], 'FORBIDDEN'],
      ['one who may not ask for benefits', [2026, callerOf(place, 'finance')], 'FORBIDDEN'],
      ['a token without the scope', [2026, callerOf(place, 'medical-insurance', ['person:read'])], 'FORBIDDEN'],
      ['a year without a pack', [1999], 'NOT_FOUND'],
    ];
    for (const [why, asked, code] of cases) {
      expect([why, await summary(...asked)]).toMatchObject([why, { ok: false, refusal: { code } }]);
    }
  });
});
