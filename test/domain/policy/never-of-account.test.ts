import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../src/domain/claims/claim.ts';
import { mergeClaims } from '../../../src/domain/person/merge-claims.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { decideCodes } from '../../../src/domain/policy/decide.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { daysAround, histories } from '../../support/random-histories.ts';

const deathRule = { sources: ['civil-affairs', 'public-security', 'health', 'town'], mustAgree: 2 } as const;
const decided = (pack: Parameters<typeof decideCodes>[0], facts: PersonFacts, asOf: string): string =>
  JSON.stringify(decideCodes(pack, facts, { asOf, knownAt: new Date('2027-01-01T00:00:00Z'), deathRule }));

const office = fc.constantFrom('public-security', 'town', 'village', 'civil-affairs');
const day = fc.constantFrom(null, '2000-01-01', '2021-10-15', '2024-02-29', '2025-12-31', '2026-06-01');

/** Registrations in households of all kinds: running at once, ended before they began, told last or first. */
const residences = fc.array(
  fc.record({
    agency: office,
    validFrom: day,
    validTo: day,
    householdNumber: fc.constantFrom('1', '2', '户'),
    registration: fc.constantFrom('HUKOU', 'RESIDENCE_PERMIT'),
    regionCode: fc.constantFrom('130628101203', '140405', '430602001001'),
    told: fc.integer({ min: 0, max: 2_000 }),
  }),
  { minLength: 1, maxLength: 5 },
);

type Residence = typeof residences extends fc.Arbitrary<infer All> ? All : never;

function residing(facts: PersonFacts, said: Residence): Claim[] {
  return said.map(
    ({ agency, validFrom, validTo, told, ...attributes }, index) =>
      ({
        id: `ffffffff-0000-7000-8000-${String(index).padStart(12, '0')}`,
        jurisdiction: 'any',
        subjectKey: facts.id,
        agency,
        list: 'residents',
        key: `${index}`,
        attributes: { name: '甲', ...attributes },
        validFrom,
        validTo,
        toldAt: new Date(Date.UTC(2021, 0, 1 + told)),
        firstToldAt: new Date(Date.UTC(2021, 0, 1 + told)),
        endedAt: null,
        submission: facts.id,
        row: 1,
      }) as Claim,
  );
}

describe.each(readPacks('packs').map((pack) => [pack.id, pack] as const))('by %s nobody’s money changes', (_, pack) => {
  test('whatever household they live in, or several at once (GY24-1.3.1c, QX22-11.3d)', () => {
    fc.assert(
      fc.property(histories(pack), residences, daysAround(pack), (facts, said, asOf) => {
        const without = { ...facts, claims: facts.claims.filter(({ list }) => list !== 'residents') };
        const mixed = [...residing(facts, said), ...facts.claims];
        expect(decided(pack, { ...facts, claims: mixed }, asOf)).toBe(decided(pack, without, asOf));
      }),
      { numRuns: 300 },
    );
  });

  test('whatever names and places their rows give, and however these contradict each other', () => {
    const names = fc.array(fc.constantFrom('张三', '张山', '李四', '阿卜杜拉·买买提', ''), {
      minLength: 9,
      maxLength: 9,
    });
    let conflicts = 0;
    fc.assert(
      fc.property(histories(pack), names, daysAround(pack), (facts, written, asOf) => {
        const claims = facts.claims.map(
          (claim, index) =>
            ({
              ...claim,
              attributes: { ...claim.attributes, name: written[index % 9], regionCode: `13062810${index}203` },
            }) as Claim,
        );
        const renamed = { ...facts, claims };
        const { name } = mergeClaims(renamed, { deaths: deathRule, survivorship: {} }, asOf);
        if (name && name.others.length > 0) conflicts += 1;
        expect(decided(pack, renamed, asOf)).toBe(decided(pack, facts, asOf));
      }),
      { numRuns: 300 },
    );
    // Else this would say nothing of conflicts.
    expect(conflicts).toBeGreaterThan(50);
  });
});
