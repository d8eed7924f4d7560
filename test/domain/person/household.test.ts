import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staysIn, type ToldResidence } from '../../../src/domain/person/household.ts';

let told = 0;
/** A registration told after all before it, by a push of its own. */
function residence(
  householdNumber: string,
  validFrom: string | null,
  said: Partial<ToldResidence> = {},
): ToldResidence {
  told += 1;
  return {
    claim: `claim-${told}`,
    subjectKey: 'subject-1',
    agency: 'public-security',
    name: '张三',
    householdNumber,
    registration: 'HUKOU',
    validFrom,
    validTo: null,
    toldAt: new Date(Date.UTC(2025, 0, 1, 0, told)),
    submission: `push-${told}`,
    stands: true,
    endedBy: null,
    ...said,
  };
}

/** Registrations of which each replaced the one before it, as an office tells of one move after the other. */
function moves(...said: readonly (readonly [householdNumber: string, from: string])[]): ToldResidence[] {
  const all = said.map(([number, from]) => residence(number, from));
  return all.map((one, index) => {
    const next = all[index + 1];
    return next ? { ...one, stands: false, endedBy: next.submission } : one;
  });
}

const days = (number: string, all: readonly ToldResidence[], diedOn: string | null = null): string[] =>
  staysIn(number, all, diedOn).map(({ from, to }) => `${from ?? ''}/${to ?? ''}`);

describe('a stay in a household', () => {
  it('holds for the days that are told', () => {
    expect(days('1', [residence('1', '2000-01-01', { validTo: '2020-12-31' })])).toEqual(['2000-01-01/2020-12-31']);
    expect(days('1', [residence('1', null)])).toEqual(['/']);
    expect(days('2', [residence('1', null)])).toEqual([]);
  });

  it('ends on the day before the registration that replaced it', () => {
    const all = moves(['1', '2000-01-01'], ['2', '2010-05-01'], ['1', '2020-03-01']);
    expect(days('1', all)).toEqual(['2000-01-01/2010-04-30', '2020-03-01/']);
    expect(days('2', all)).toEqual(['2010-05-01/2020-02-29']);
  });

  it('was never there where the one in its place begins no later: that corrects it', () => {
    const all = moves(['1', '2000-01-01'], ['2', '2000-01-01']);
    expect(days('1', all)).toEqual([]);
    expect(days('2', all)).toEqual(['2000-01-01/']);
  });

  it('was never there where its push was taken back', () => {
    const back = residence('1', '2000-01-01');
    expect(days('1', [{ ...back, stands: false, endedBy: back.submission }, residence('2', '2010-01-01')])).toEqual([]);
  });

  it('goes on where the one that replaced it was taken back: it was told again', () => {
    const [first, second] = moves(['1', '2000-01-01'], ['2', '2010-01-01']);
    const again = residence('1', '2000-01-01');
    const all = [first!, { ...second!, stands: false, endedBy: second!.submission }, again];
    expect(days('1', all)).toEqual(['2000-01-01/']);
    expect(days('2', all)).toEqual([]);
  });

  it('ends with a death, and does not begin after it', () => {
    const all = [residence('1', '2000-01-01'), residence('1', '2024-01-01', { registration: 'RESIDENCE_PERMIT' })];
    expect(days('1', all, '2023-06-30')).toEqual(['2000-01-01/2023-06-30']);
    expect(days('1', [residence('1', '2000-01-01', { validTo: '2001-01-01' })], '2023-06-30')).toEqual([
      '2000-01-01/2001-01-01',
    ]);
  });

  it('is one where several tell of the same days, and two where the kind differs', () => {
    const town = { agency: 'town', subjectKey: 'subject-2' } as const;
    const touching = [residence('1', '2000-01-01', { validTo: '2009-12-31' }), residence('1', '2010-01-01', town)];
    expect(days('1', touching)).toEqual(['2000-01-01/']);
    expect(
      days('1', [residence('1', '2000-01-01'), residence('1', '2001-01-01', { registration: 'RESIDENCE_PERMIT' })]),
    ).toHaveLength(2);
  });

  it('runs beside one in another household where two offices say otherwise', () => {
    const all = [residence('1', '2000-01-01'), residence('2', '2010-01-01', { agency: 'town' })];
    expect([days('1', all), days('2', all)]).toEqual([['2000-01-01/'], ['2010-01-01/']]);
  });

  it('leaves nobody in two places by one office, and does not depend on the order of loading', () => {
    const day = fc.constantFrom('2000-01-01', '2005-01-01', '2010-01-01', '2020-01-01');
    const chain = fc
      .array(fc.tuple(fc.constantFrom('1', '2', '3'), day), { minLength: 1, maxLength: 6 })
      .map((said) => moves(...said));
    const shuffled = chain.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, turned]) => {
        const stays = ['1', '2', '3'].map((number) => staysIn(number, all, null));
        expect(['1', '2', '3'].map((number) => staysIn(number, turned, null))).toEqual(stays);
        for (const on of ['2000-01-01', '2007-01-01', '2010-01-01', '2024-01-01']) {
          const there = stays.flat().filter(({ from, to }) => from! <= on && (to === null || on <= to));
          expect(there.length).toBeLessThanOrEqual(1);
        }
        // The last word is where they are now.
        const last = all.at(-1)!;
        expect(staysIn(last.householdNumber, all, null).some(({ to }) => to === null)).toBe(true);
      }),
    );
  });
});
