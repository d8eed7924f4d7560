import { describe, expect, it } from 'vitest';
import { checkRow } from '../../src/domain/intake/check-row.ts';
import type { RawRow } from '../../src/domain/intake/list-definition.ts';
import { LISTS, type ListName } from '../../src/domain/intake/words.ts';
import { claimFromRow } from '../../src/domain/claims/claims-from-row.ts';
import { allLists, getList } from '../../src/lists/registry.ts';
import { residentId } from '../support/id-numbers.ts';

const WHO = { name: '王芳', idNumber: residentId(1) };
const CERTIFICATE = `${WHO.idNumber}41`;

const checked = (list: ListName, raw: RawRow) => checkRow({ ...WHO, ...raw }, 0, getList(list), '2025-11-01');

/** Rows of every list, and what each says as a claim besides the name. */
const readings: ReadonlyArray<[list: ListName, raw: RawRow, key: string, span: string, attributes: object]> = [
  ['deaths', { diedOn: '2025-10-01' }, '', '2025-10-01..2025-10-01', { diedOn: '2025-10-01' }],
  ['births', { bornOn: '1980-05-15' }, '', '1980-05-15..1980-05-15', { bornOn: '1980-05-15' }],
  [
    'registrations',
    { policyYear: 2026, registeredOn: '2025-10-20', regionCode: '130628101' },
    '2026',
    '2025-10-20..2025-10-20',
    { policyYear: 2026, registeredOn: '2025-10-20', regionCode: '130628101' },
  ],
  [
    'hardship',
    { category: ' 低保人员 ', from: '2025-09-01', riskEliminated: false },
    'SUBSISTENCE_ALLOWANCE|2025-09-01',
    '2025-09-01..null',
    { category: 'SUBSISTENCE_ALLOWANCE', word: '低保人员', riskEliminated: false },
  ],
  [
    'disability',
    { type: 'LIMB', level: 1, certificateNumber: CERTIFICATE, from: '2019-03-01', to: '2029-02-28' },
    'LIMB|2019-03-01',
    '2019-03-01..2029-02-28',
    { type: 'LIMB', level: 1, certificateNumber: CERTIFICATE },
  ],
  [
    'students',
    { stage: 'COLLEGE', enteredOn: '2025-09-01', leftOn: '2029-06-30', newStudent: true },
    'COLLEGE|2025-09-01',
    '2025-09-01..2029-06-30',
    { stage: 'COLLEGE', newStudent: true },
  ],
  [
    'enrolments',
    { scheme: 'EMPLOYEE', region: '130100', from: '2024-01-01', to: '2025-08-31', endedBecause: 'EMPLOYMENT_ENDED' },
    'EMPLOYEE|130100|2024-01-01',
    '2024-01-01..2025-08-31',
    { scheme: 'EMPLOYEE', region: '130100', endedBecause: 'EMPLOYMENT_ENDED' },
  ],
  [
    'payments',
    { policyYear: 2026, amount: '40', paidOn: '2025-10-30', creditedOn: '2025-10-31', channel: 'AGENT' },
    '2026|2025-10-30|4000',
    '2025-10-30..2025-10-30',
    { policyYear: 2026, amount: 4000, paidOn: '2025-10-30', creditedOn: '2025-10-31', channel: 'AGENT' },
  ],
  [
    'refund-applications',
    { policyYear: 2026, appliedOn: '2025-10-31', cause: 'DEATH' },
    '2026|DEATH',
    '2025-10-31..2025-10-31',
    { policyYear: 2026, appliedOn: '2025-10-31', cause: 'DEATH' },
  ],
  [
    'life-events',
    { kind: 'ENLISTED', happenedOn: '2025-09-10' },
    'ENLISTED|2025-09-10',
    '2025-09-10..2025-09-10',
    { kind: 'ENLISTED', happenedOn: '2025-09-10' },
  ],
  ['migrant-workers', { from: '2025-02-10' }, '2025-02-10', '2025-02-10..null', {}],
  [
    'residents',
    { householdNumber: 'H1', registration: 'HUKOU', regionCode: '130628', from: '2000-01-01' },
    '',
    '2000-01-01..null',
    { householdNumber: 'H1', registration: 'HUKOU', regionCode: '130628' },
  ],
];

describe('a row read as a claim', () => {
  it.each(readings)('%s', (list, raw, key, span, attributes) => {
    const row = checked(list, raw);
    expect(row.findings).toEqual([]);
    const claim = claimFromRow(row, getList(list));
    expect(claim).toMatchObject({ key, attributes: { name: '王芳', ...attributes } });
    expect(Object.keys(claim.attributes).sort()).toEqual(['name', ...Object.keys(attributes)].sort());
    expect(`${claim.validFrom}..${claim.validTo}`).toBe(span);
  });

  const households: ReadonlyArray<[word: string, stated: boolean | undefined, lifted: boolean | undefined]> = [
    ['突发严重困难人口', undefined, undefined],
    ['突发严重困难人口', true, true],
    ['脱贫人口突发严重困难人口', undefined, true],
    ['脱贫人口突发严重困难人口', true, true],
    ['一般农户突发严重困难人口', undefined, false],
    ['脱贫人口突发严重困难人口', false, undefined],
    ['一般农户突发严重困难人口', true, undefined],
  ];
  it.each(households)('%s with liftedHousehold %s is taken as %s', (category, liftedHousehold, lifted) => {
    const row = checked('hardship', { category, from: '2025-09-01', liftedHousehold });
    expect(claimFromRow(row, getList('hardship')).attributes).toHaveProperty('category', 'MONITORED_SUDDEN_HARDSHIP');
    expect((claimFromRow(row, getList('hardship')).attributes as { liftedHousehold?: boolean }).liftedHousehold).toBe(
      lifted,
    );
  });
});

describe('what a row is about', () => {
  it('tells the identity that access goes by', () => {
    const categories = [1, 2, 3, 4].map((level) => getList('disability').categoryOf({ level }));
    expect(categories).toEqual([
      'SEVERE_DISABILITY',
      'SEVERE_DISABILITY',
      'MODERATE_DISABILITY',
      'MODERATE_DISABILITY',
    ]);
    expect(getList('hardship').categoryOf({ category: '五保户' })).toBe('EXTREME_POVERTY');
    expect(getList('hardship').categoryOf({ category: '困难群众' })).toBe(null);
    expect(getList('deaths').categoryOf({})).toBe(null);
  });

  it('names a certificate of the same child, but never joins two certificates', () => {
    const other = (idNumber: string) => {
      const row = checked('births', { idNumber, bornOn: '1980-05-15', certificateNumber: 'P130123456' });
      return row.subject ? getList('births').otherDocuments(row.cells, row.subject) : null;
    };
    expect(other(WHO.idNumber)).toEqual([{ idType: 'BIRTH_CERTIFICATE', idNumber: 'P130123456' }]);
    expect(other('P130999999')).toEqual([]);
  });
});

describe('the registry', () => {
  it('has every list once, each with columns of different names and a Chinese heading', () => {
    expect(allLists().map(({ name }) => name)).toEqual(Object.keys(LISTS));
    for (const { columns } of allLists()) {
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
      expect(columns.filter(({ zh }) => !/\p{Script=Han}/u.test(zh))).toEqual([]);
      expect(columns.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['name', 'idNumber', 'idType', 'regionCode', 'change']),
      );
    }
  });

  it('asks of a removal only columns that the list has', () => {
    for (const { columns, neededToRemove } of allLists()) {
      const names = columns.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(neededToRemove.flat()));
    }
  });
});
