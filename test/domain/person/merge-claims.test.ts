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

describe('the place', () => {
  const placed = (said: readonly (readonly [agency: Agency, regionCode: string, to?: string])[]) =>
    claimsOfList(
      'migrant-workers',
      said.map(([agency, regionCode, validTo]) => ({
        agency,
        validFrom: '2025-01-01',
        validTo: validTo ?? null,
        attributes: { name: '甲', regionCode },
      })),
      300,
    );
  const byOffice = (facts: PersonFacts) =>
    mergeClaims(facts, { ...rule, survivorship: { regionCode: ['public-security', 'town'] } }, '2025-06-01').regionCode;

  it.each<[why: string, said: Parameters<typeof placed>[0], value: string, others: string[]]>([
    [
      'the most exact that agrees',
      [
        ['public-security', '130628'],
        ['town', '130628101203'],
      ],
      '130628101203',
      [],
    ],
    [
      'zeros name no place',
      [
        ['public-security', '130628101000'],
        ['town', '130628101203'],
      ],
      '130628101203',
      [],
    ],
    [
      'the first office’s where places differ',
      [
        ['public-security', '130628102001'],
        ['village', '130628'],
        ['town', '130628101203'],
      ],
      '130628102001',
      ['130628101203'],
    ],
    [
      'a place left behind is no rival',
      [
        ['public-security', '130628102001', '2025-02-01'],
        ['town', '130628101203'],
      ],
      '130628101203',
      [],
    ],
    ['the last known where nothing runs', [['town', '130628101203', '2025-02-01']], '130628101203', []],
  ])('is %s', (_why, said, value, others) => {
    const found = byOffice(person(placed(said)));
    expect(found?.value).toBe(value);
    expect(found?.others.map((other) => other.value)).toEqual(others);
    expect([found, ...(found?.others ?? [])].flatMap((one) => one?.sources ?? []).length).toBeGreaterThan(0);
  });

  it('is unknown before anybody names it', () => {
    expect(byOffice(person(named([['town', '张三']])))).toBeNull();
    expect(mergeClaims(person(placed([['town', '130628']])), rule, '2024-12-31').regionCode).toBeNull();
  });
});

describe('the days of an identity', () => {
  const listed = (
    said: readonly (readonly [agency: Agency, from: string, to: string | null])[],
    category: 'SUBSISTENCE_ALLOWANCE' | 'SEVERE_DISABILITY' = 'SUBSISTENCE_ALLOWANCE',
  ) =>
    claimsOfList(
      'hardship',
      said.map(([agency, validFrom, validTo]) => ({
        agency,
        validFrom,
        validTo,
        attributes: { name: '甲', category, word: '低保户' },
      })),
      400,
    );
  const byOwner = (claims: readonly Claim[]) =>
    mergeClaims(
      person(claims),
      { ...rule, survivorship: { hardship: ['civil-affairs'], disability: ['disabled-federation'] } },
      '2025-06-01',
    );

  it('are those of its owner, and what others say stays beside them', () => {
    const { hardship, disability } = byOwner(
      listed([
        ['civil-affairs', '2025-03-01', null],
        ['rural-affairs', '2025-01-01', '2025-12-31'],
      ]),
    );
    expect(hardship).toMatchObject([
      {
        category: 'SUBSISTENCE_ALLOWANCE',
        value: '2025-03-01/..',
        sources: [{ agency: 'civil-affairs', validFrom: '2025-03-01', validTo: null }],
        others: [{ value: '2025-01-01/2025-12-31', sources: [{ agency: 'rural-affairs' }] }],
      },
    ]);
    expect(disability).toEqual([]);
  });

  it('say so where one office has ended what another goes on listing', () => {
    const { hardship } = byOwner(
      listed([
        ['civil-affairs', '2025-01-01', '2025-05-31'],
        ['rural-affairs', '2025-01-01', null],
      ]),
    );
    expect(hardship).toMatchObject([{ value: '2025-01-01/..', others: [{ value: '2025-01-01/2025-05-31' }] }]);
  });

  it('of another time are no rival, and none of an identity that holds no more', () => {
    const before = listed([['civil-affairs', '2023-01-01', '2023-12-31']]);
    expect(byOwner(before).hardship).toEqual([]);
    const { hardship } = byOwner([...before, ...listed([['civil-affairs', '2025-01-01', null]])]);
    expect(hardship).toMatchObject([{ value: '2025-01-01/..', others: [] }]);
  });

  it('of a disability are the same on either list that tells it', () => {
    const card = claimsOfList(
      'disability',
      [{ agency: 'disabled-federation', validFrom: '2024-02-01', attributes: { name: '甲', type: 'LIMB', level: 2 } }],
      500,
    );
    const { disability } = byOwner([...listed([['health', '2024-01-01', null]], 'SEVERE_DISABILITY'), ...card]);
    expect(disability).toMatchObject([
      {
        category: 'SEVERE_DISABILITY',
        value: '2024-02-01/..',
        sources: [{ list: 'disability' }],
        others: [{ value: '2024-01-01/..', sources: [{ list: 'hardship' }] }],
      },
    ]);
  });
});

describe('a rule', () => {
  const said = named([
    ['public-security', '张三'],
    ['town', '张山'],
    ['tax', '张珊'],
  ]);
  const nameBy = (survivorship: RecordRule['survivorship'], claims = said) =>
    mergeClaims(person(claims), { ...rule, survivorship }, '2025-06-01').name?.value;

  it('prefers whom it trusts, or the newest telling; without one the newest goes first', () => {
    expect(nameBy({ name: ['town'] })).toBe('张山');
    expect(nameBy({ name: { prefer: 'TRUSTED', order: ['town'] } })).toBe('张山');
    expect(nameBy({ name: { prefer: 'NEWEST', order: ['town'] } })).toBe('张珊');
    expect(nameBy({})).toBe('张珊');
  });

  it('of the newest telling goes by agency where several were told at once', () => {
    const atOnce = said.map((claim) => ({ ...claim, toldAt: new Date('2025-01-01T01:00:00Z') }));
    expect(nameBy({ name: { prefer: 'NEWEST', order: ['town'] } }, atOnce)).toBe('张山');
  });

  it('of the newest telling puts any births list before the number', () => {
    const births = person(born([['town', '1950-01-01']]));
    const newest = mergeClaims(
      births,
      { ...rule, survivorship: { birthDate: { prefer: 'NEWEST', order: [] } } },
      '2025-06-01',
    );
    expect(newest.birthDate).toMatchObject({ value: '1950-01-01', others: [{ value: '1949-12-31', sources: [] }] });
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
