import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bareName } from '../../../src/domain/identity/normalise-name.ts';
import { mergeClaims, type RecordRule } from '../../../src/domain/person/merge-claims.ts';
import { cardOf } from '../../../src/domain/person/person-card.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { claimsOfList } from '../../support/claims.ts';

const rule: RecordRule = {
  deaths: { sources: ['civil-affairs', 'health'], mustAgree: 1 },
  survivorship: { name: ['public-security', 'civil-affairs'], birthDate: ['health', 'public-security'] },
};
const TODAY = '2025-06-01';
const WOMAN = {
  key: '00000000-0000-8000-8000-000000000001',
  idType: 'RESIDENT_ID',
  idNumber: '11010519491231002X',
} as const;

/** Mostly what most people have, so that what is read without weighing anything is met as often as the rest. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const name = mostly('张三', '张　三', '张山', '');
const region = mostly<string | undefined>('130628100', undefined, '130628', '130628101');
const validFrom = mostly<string | null>('2020-01-01', null, TODAY, '2025-06-02');
const validTo = mostly<string | null>(null, '2024-12-31', TODAY, '2025-05-31');

const placed = (regionCode: string | undefined) => (regionCode === undefined ? {} : { regionCode });
const residents = fc.array(fc.tuple(name, mostly('1', '2'), region, validFrom, validTo), { maxLength: 3 });
const workers = fc.array(fc.tuple(name, region, validFrom, validTo), { maxLength: 3 });
const dead = mostly(false, true);

describe('the card of a person', () => {
  it('says what the record that counts says, whatever was told', () => {
    fc.assert(
      fc.property(residents, workers, dead, (living, working, died) => {
        const facts: PersonFacts = {
          id: WOMAN.key,
          subjects: [WOMAN],
          claims: [
            ...claimsOfList(
              'residents',
              living.map(([called, householdNumber, regionCode, from, to]) => ({
                validFrom: from,
                validTo: to,
                attributes: { name: called, householdNumber, registration: 'HUKOU', ...placed(regionCode) },
              })),
            ),
            ...claimsOfList(
              'migrant-workers',
              working.map(([called, regionCode, from, to]) => ({
                validFrom: from,
                validTo: to,
                attributes: { name: called, ...placed(regionCode) },
              })),
              100,
            ),
            ...claimsOfList('deaths', died ? [{ attributes: { name: '张三', diedOn: '2025-01-01' } }] : [], 200),
          ],
        };

        const record = mergeClaims(facts, rule, TODAY);
        expect(cardOf(facts, rule, TODAY)).toEqual({
          person: WOMAN.key,
          bareName: record.name && bareName(record.name.value),
          birthDate: '1949-12-31',
          regionCode: record.regionCode?.value ?? null,
          householdNumber: record.householdNumber?.value ?? null,
          deceased: record.death.status === 'CONFIRMED',
        });
      }),
      { numRuns: 500 },
    );
  });
});
