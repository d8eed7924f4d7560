import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Agency } from '../../../src/domain/intake/words.ts';
import { deathStatus } from '../../../src/domain/person/death-status.ts';
import type { DeathStatus } from '../../../src/domain/person/person-record.ts';
import { claimsOfList } from '../../support/claims.ts';

const rule = { sources: ['civil-affairs', 'public-security', 'health'], mustAgree: 2 } as const;

type Report = readonly [agency: Agency, diedOn: string];

const deathsBy = (reports: readonly Report[]) =>
  claimsOfList(
    'deaths',
    reports.map(([agency, diedOn]) => ({
      agency,
      validFrom: diedOn,
      validTo: diedOn,
      attributes: { name: '甲', diedOn },
    })),
  );

type Case = readonly [
  why: string,
  reports: readonly Report[],
  status: DeathStatus['status'],
  diedOn: string | null,
  conflicting: boolean,
];

const cases: readonly Case[] = [
  ['nobody reports', [], 'NOT_REPORTED', null, false],
  ['one source is not enough', [['health', '2025-03-01']], 'REPORTED', null, false],
  [
    'an office outside the sources adds nothing to one source',
    [
      ['health', '2025-03-01'],
      ['town', '2025-03-01'],
    ],
    'REPORTED',
    null,
    false,
  ],
  ['an office outside the sources is still a report', [['town', '2025-03-01']], 'REPORTED', null, false],
  [
    'an office outside the sources does not contradict',
    [
      ['health', '2025-03-01'],
      ['civil-affairs', '2025-03-01'],
      ['town', '2025-03-02'],
    ],
    'CONFIRMED',
    '2025-03-01',
    false,
  ],
  [
    'two sources name one day',
    [
      ['health', '2025-03-01'],
      ['civil-affairs', '2025-03-01'],
    ],
    'CONFIRMED',
    '2025-03-01',
    false,
  ],
  [
    'one office speaking twice (of two documents) is one source',
    [
      ['health', '2025-03-01'],
      ['health', '2025-03-01'],
    ],
    'REPORTED',
    null,
    false,
  ],
  [
    'one office naming two days contradicts itself',
    [
      ['health', '2025-03-01'],
      ['health', '2025-03-02'],
    ],
    'REPORTED',
    null,
    true,
  ],
  [
    'two sources, two days',
    [
      ['health', '2025-03-01'],
      ['civil-affairs', '2025-03-02'],
    ],
    'CONFLICTING',
    null,
    true,
  ],
  [
    'two agree, a third names another day',
    [
      ['health', '2025-03-01'],
      ['civil-affairs', '2025-03-02'],
      ['public-security', '2025-03-02'],
    ],
    'CONFIRMED',
    '2025-03-02',
    true,
  ],
];

describe('deathStatus', () => {
  it.each(cases)('%s', (_why, reports, status, diedOn, conflicting) => {
    const found = deathStatus(deathsBy(reports), rule);
    expect(found).toMatchObject({ status, diedOn, conflicting });
    expect(found.reports).toHaveLength(reports.length);
  });

  it('leaves the day open where two days are each agreed on', () => {
    const single = { sources: rule.sources, mustAgree: 1 };
    const reports: Report[] = [
      ['health', '2025-03-01'],
      ['civil-affairs', '2025-03-02'],
    ];
    expect(deathStatus(deathsBy(reports), single)).toMatchObject({ status: 'CONFLICTING', diedOn: null });
    expect(deathStatus(deathsBy(reports.slice(0, 1)), single)).toMatchObject({
      status: 'CONFIRMED',
      diedOn: '2025-03-01',
    });
  });

  it('tells where each report came from', () => {
    const [claim] = deathsBy([['town', '2025-03-01']]);
    expect(deathStatus([claim!], rule).reports).toEqual([
      {
        diedOn: '2025-03-01',
        source: {
          claim: claim!.id,
          agency: 'town',
          list: 'deaths',
          submission: claim!.submission,
          row: 1,
          toldAt: claim!.toldAt,
          validFrom: claim!.validFrom,
          validTo: claim!.validTo,
        },
      },
    ]);
  });

  it('does not depend on the order of claims', () => {
    const report = fc.tuple(
      fc.constantFrom<Agency>('health', 'civil-affairs', 'public-security', 'town'),
      fc.constantFrom('2025-03-01', '2025-03-02', '2025-03-03'),
    );
    fc.assert(
      fc.property(
        fc.array(report, { maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        (reports, mustAgree, turn) => {
          const claims = deathsBy(reports);
          const turned = [
            ...claims.slice(turn % (claims.length + 1)),
            ...claims.slice(0, turn % (claims.length + 1)),
          ].reverse();
          const own = { sources: rule.sources, mustAgree };
          expect(deathStatus(turned, own)).toEqual(deathStatus(claims, own));
        },
      ),
    );
  });
});
