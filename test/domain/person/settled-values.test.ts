import { describe, expect, it } from 'vitest';
import type { SettledValue } from '../../../src/domain/identity/settled.ts';
import { mergeClaims } from '../../../src/domain/person/merge-claims.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { claimsOfList } from '../../support/claims.ts';
import { residentId } from '../../support/id-numbers.ts';

const A = '00000000-0000-8000-8000-000000000001';
const B = '00000000-0000-8000-8000-000000000002';
const rule = { deaths: { sources: [], mustAgree: 1 }, survivorship: { name: [], birthDate: [] } } as const;
const settled = (said: object): SettledValue => ({ subjectKey: A, since: new Date(0), ...said }) as SettledValue;

const claims = [
  ...claimsOfList('births', [
    { subjectKey: A, agency: 'health', attributes: { name: '王芳', bornOn: '1980-05-15' } },
    { subjectKey: A, agency: 'town', key: 'x', attributes: { name: '王方', bornOn: '1980-05-16' } },
  ]),
];
const person = (more: Partial<PersonFacts>): PersonFacts => ({
  id: A,
  subjects: [{ key: A, idType: 'RESIDENT_ID', idNumber: residentId(1, '1980-05-15') }],
  claims,
  ...more,
});
const recordOf = (more: Partial<PersonFacts>) => mergeClaims(person(more), rule, '2026-01-01');
const saidBy = (sources: readonly { readonly agency: string }[]): string[] => sources.map(({ agency }) => agency);

describe('a value that a person settled', () => {
  it.each([
    ['name', '王芳', 'health', '王方'],
    ['name', '王方', 'town', '王芳'],
    ['birthDate', '1980-05-16', 'town', '1980-05-15'],
    ['birthDate', '1980-05-15', 'health', '1980-05-16'],
  ] as const)('%s %s goes first with whoever says so, the others beside it', (attribute, value, source, other) => {
    const record = recordOf({ settledValues: [settled({ attribute, value })] })[attribute]!;
    expect([record.value, saidBy(record.sources), record.others.map((one) => one.value)]).toEqual([
      value,
      [source],
      [other],
    ]);
  });

  it('goes first even where no row says so', () => {
    const { name } = recordOf({ settledValues: [settled({ attribute: 'name', value: '汪芳' })] });
    expect(name).toMatchObject({ value: '汪芳', sources: [] });
    expect(name!.others.map(({ value }) => value).sort()).toEqual(['王方', '王芳']);
  });

  it('of another subject of the person comes after that of the first', () => {
    const subjects = [
      { key: B, idType: 'BIRTH_CERTIFICATE', idNumber: 'P130000001' } as const,
      { key: A, idType: 'RESIDENT_ID', idNumber: residentId(1, '1980-05-15') } as const,
    ];
    const [ofB, ofA] = [
      settled({ subjectKey: B, attribute: 'name', value: '乙' }),
      settled({ attribute: 'name', value: '甲' }),
    ];
    expect(recordOf({ subjects, settledValues: [ofB, ofA] }).name!.value).toBe('甲');
    expect(recordOf({ subjects, settledValues: [ofB] }).name!.value).toBe('乙');
  });
});

describe('a number that is not their own', () => {
  const apart = claimsOfList('migrant-workers', [{ subjectKey: A, attributes: { name: '甲', heldApart: true } }]);

  it('tells neither birthday nor sex', () => {
    expect(recordOf({ claims: apart })).toMatchObject({ birthDate: null, sex: null });
    expect(
      recordOf({ claims: apart.map((claim) => ({ ...claim, attributes: { name: '甲' } })) as never }),
    ).toMatchObject({
      birthDate: { value: '1980-05-15' },
      sex: expect.any(String) as string,
    });
  });

  it('nor does one from which somebody was told apart', () => {
    const splits = [{ subjectKey: B, name: '甲', toKey: A }];
    expect(recordOf({ claims: [], splits })).toMatchObject({ birthDate: null, sex: null });
    expect(recordOf({ claims: [], splits: [{ subjectKey: A, name: '甲', toKey: B }] }).sex).not.toBeNull();
  });
});
