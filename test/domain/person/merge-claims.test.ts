import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/domain/claims/claim.ts';
import type { Agency } from '../../../src/domain/intake/words.ts';
import { mergeClaims, type RecordRule } from '../../../src/domain/person/merge-claims.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { claimsOfList } from '../../support/claims.ts';

const rule: RecordRule = {
  deaths: { sources: ['civil-affairs', 'health'], mustAgree: 2 },
  survivorship: { name: ['public-security', 'civil-affairs'], birthDate: ['health', 'public-security'] },
};

const FIRST = '00000000-0000-8000-8000-000000000001';
const SECOND = '00000000-0000-8000-8000-000000000002';
// The two sample numbers of GB 11643-1999: a woman born 1949-12-31, a man born 1880-01-01.
const WOMAN = { key: FIRST, idType: 'RESIDENT_ID', idNumber: '11010519491231002X' } as const;
const MAN = { key: SECOND, idType: 'RESIDENT_ID', idNumber: '440524188001010014' } as const;
const CERTIFICATE = { key: FIRST, idType: 'BIRTH_CERTIFICATE', idNumber: 'U130000001' } as const;

const person = (claims: readonly Claim[], subjects: PersonFacts['subjects'] = [WOMAN]): PersonFacts => ({
  id: FIRST,
  subjects,
  claims,
});
const record = (facts: PersonFacts, asOf = '2025-06-01') => mergeClaims(facts, rule, asOf);

const named = (said: readonly (readonly [agency: Agency, name: string])[], since = 1) =>
  claimsOfList(
    'migrant-workers',
    said.map(([agency, name]) => ({ agency, validFrom: '2025-01-01', attributes: { name } })),
    since,
  );
const born = (said: readonly (readonly [agency: Agency, bornOn: string])[], since = 100) =>
  claimsOfList(
    'births',
    said.map(([agency, bornOn]) => ({ agency, validFrom: bornOn, attributes: { name: '甲', bornOn } })),
    since,
  );
const living = (
  said: readonly (readonly [householdNumber: string, validFrom: string, validTo: string | null])[],
  since = 200,
) =>
  claimsOfList(
    'residents',
    said.map(([householdNumber, validFrom, validTo]) => ({
      agency: 'public-security',
      validFrom,
      validTo,
      attributes: { name: '甲', householdNumber, registration: 'HUKOU' },
    })),
    since,
  );

describe('the name', () => {
  const cases: readonly (readonly [
    why: string,
    said: readonly (readonly [Agency, string])[],
    name: string,
    others: string[],
  ])[] = [
    ['the only one', [['town', '张三']], '张三', []],
    [
      'an office that the jurisdiction names goes before a newer one that it does not',
      [
        ['civil-affairs', '张三'],
        ['town', '张山'],
      ],
      '张三',
      ['张山'],
    ],
    [
      'offices go in the order named',
      [
        ['public-security', '张珊'],
        ['civil-affairs', '张三'],
        ['town', '张山'],
      ],
      '张珊',
      ['张三', '张山'],
    ],
    [
      'of equals the newest telling goes first',
      [
        ['town', '张山'],
        ['tax', '张三'],
      ],
      '张三',
      ['张山'],
    ],
    [
      'padding and full-width letters make no other name',
      [
        ['town', '张　三'],
        ['civil-affairs', '张三'],
      ],
      '张三',
      [],
    ],
  ];

  it.each(cases)('%s', (_why, said, name, others) => {
    const found = record(person(named(said))).name;
    expect(found?.value).toBe(name);
    expect(found?.others.map(({ value }) => value)).toEqual(others);
  });

  it('names every claim behind a value, the best first', () => {
    const [town, civil] = named([
      ['town', '张三'],
      ['civil-affairs', '张三'],
    ]);
    expect(record(person([town!, civil!])).name?.sources.map(({ claim }) => claim)).toEqual([civil!.id, town!.id]);
  });

  it('is unknown where nobody gives one', () => {
    expect(record(person([])).name).toBeNull();
  });
});

describe('the birth date', () => {
  it('is read from the id number where nobody else says it', () => {
    expect(record(person([])).birthDate).toEqual({ value: '1949-12-31', sources: [], others: [] });
  });

  it('is that of a trusted office before that of the number, which stays beside it', () => {
    const found = record(person(born([['health', '1950-01-01']]))).birthDate;
    expect(found).toMatchObject({ value: '1950-01-01', others: [{ value: '1949-12-31', sources: [] }] });
    expect(found?.sources).toHaveLength(1);
  });

  it('is that of the number before that of an office that is not trusted with it', () => {
    const found = record(person(born([['town', '1950-01-01']]))).birthDate;
    expect(found).toMatchObject({ value: '1949-12-31', others: [{ value: '1950-01-01' }] });
  });

  it('is that of the document which gave the person its id where documents disagree', () => {
    const found = record(person([], [MAN, WOMAN])).birthDate;
    expect(found).toMatchObject({ value: '1949-12-31', others: [{ value: '1880-01-01' }] });
    expect(record({ ...person([], [MAN, WOMAN]), id: SECOND }).birthDate?.value).toBe('1880-01-01');
  });

  it('takes any office’s word where the documents give none', () => {
    expect(record(person(born([['town', '2025-03-01']]), [CERTIFICATE])).birthDate?.value).toBe('2025-03-01');
    expect(record(person([], [CERTIFICATE])).birthDate).toBeNull();
  });
});

describe('the sex', () => {
  it('is read from the number, and open where documents disagree or tell nothing', () => {
    expect(record(person([], [WOMAN])).sex).toBe('FEMALE');
    expect(record(person([], [MAN])).sex).toBe('MALE');
    expect(record(person([], [WOMAN, MAN])).sex).toBeNull();
    expect(record(person([], [CERTIFICATE])).sex).toBeNull();
  });
});

describe('the household', () => {
  it('is the one lived in on the day; one left behind is no rival', () => {
    const facts = person(
      living([
        ['130628-2', '2025-03-01', null],
        ['130628-1', '2020-01-01', '2025-02-28'],
      ]),
    );
    expect(record(facts, '2025-06-01').householdNumber).toMatchObject({ value: '130628-2', others: [] });
    expect(record(facts, '2025-01-01').householdNumber).toMatchObject({ value: '130628-1', others: [] });
    expect(record(facts, '2019-01-01').householdNumber).toBeNull();
  });

  it('keeps the rival where two run at once, the newest telling first', () => {
    const facts = person(
      living([
        ['130628-1', '2020-01-01', null],
        ['130628-2', '2025-03-01', null],
      ]),
    );
    expect(record(facts).householdNumber).toMatchObject({ value: '130628-2', others: [{ value: '130628-1' }] });
  });
});

describe('a record', () => {
  it('does not depend on the order of claims or subjects', () => {
    const agency = fc.constantFrom<Agency>('public-security', 'civil-affairs', 'health', 'town');
    const day = fc.constantFrom('1949-12-31', '1950-01-01', '1950-02-01');
    // Claims of one instant: only the tie-breaks are left to order them.
    const atOnce = (claim: Claim): Claim => ({ ...claim, toldAt: new Date('2025-01-01T01:00:00Z') });
    const claims = fc
      .tuple(
        fc.array(fc.tuple(agency, fc.constantFrom('张三', '张　三', '张山')), { maxLength: 5 }),
        fc.array(fc.tuple(agency, day), { maxLength: 4 }),
        fc.array(fc.tuple(fc.constantFrom('1', '2'), fc.constant('2020-01-01'), fc.constant(null)), { maxLength: 3 }),
        fc.boolean(),
      )
      .map(([names, births, households, tied]) => {
        const all = [...named(names), ...born(births), ...living(households)];
        return tied ? all.map(atOnce) : all;
      });
    const shuffled = claims.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, turned]) => {
        expect(record(person(turned, [MAN, WOMAN]))).toEqual(record(person(all, [WOMAN, MAN])));
      }),
    );
  });
});
