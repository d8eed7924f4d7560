import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/domain/identity/subject.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { bornWithin, historyOf } from '../../../src/domain/policy/person-history.ts';
import { claimsOfList } from '../../support/claims.ts';
import { residentId } from '../../support/id-numbers.ts';

const AS_OF = '2026-03-01';
const grown: Subject = { key: 'mother', idType: 'RESIDENT_ID', idNumber: residentId(7, '1990-05-06') };
const knownBy = (claims: PersonFacts['claims']): PersonFacts => ({ id: grown.key, subjects: [grown], claims });

describe('the birth that a pack goes by', () => {
  it('is what somebody settled, before all lists and numbers', () => {
    const births = claimsOfList('births', [
      { subjectKey: grown.key, attributes: { name: '甲', bornOn: '2026-01-02' } },
    ]);
    const facts = knownBy(births);
    expect(historyOf(facts, AS_OF).birth).toEqual({ day: '2026-01-02', claims: births });
    const since = new Date('2026-02-01T00:00:00Z');
    const settledValues = [{ subjectKey: grown.key, attribute: 'birthDate' as const, value: '2026-01-03', since }];
    expect(historyOf({ ...facts, settledValues }, AS_OF).birth).toEqual({ day: '2026-01-03', claims: [] });
  });

  it('is not read from a number that is not their own', () => {
    const attributes = { name: '甲', policyYear: 2026, registeredOn: '2026-01-05' };
    const facts = (heldApart: boolean): PersonFacts =>
      knownBy(
        claimsOfList('registrations', [
          { subjectKey: grown.key, attributes: heldApart ? { ...attributes, heldApart: true } : attributes },
        ]),
      );
    expect(historyOf(facts(false), AS_OF).birth?.day).toBe('1990-05-06');
    expect(historyOf(facts(true), AS_OF).birth).toBeNull();
  });

  it('lies before a year only where nothing read or told says otherwise', () => {
    const [number, told, settled] = ['1990-05-06', '2025-03-01', '2026-01-03'];
    const births = claimsOfList('births', [{ subjectKey: grown.key, attributes: { name: '甲', bornOn: told } }]);
    const since = new Date('2026-02-01T00:00:00Z');
    const settledValues = [{ subjectKey: grown.key, attribute: 'birthDate' as const, value: settled, since }];
    const persons: readonly (readonly [day: string, facts: PersonFacts])[] = [
      [number, knownBy([])],
      [told, knownBy(births)],
      [settled, { ...knownBy([]), settledValues }],
    ];
    for (const [day, facts] of persons) {
      const history = historyOf(facts, AS_OF);
      expect(history.birth?.day).toBe(day);
      for (let year = 1880; year <= Number(day.slice(0, 4)); year += 1) expect(history.bornSince(year), day).toBe(true);
    }
    expect(historyOf(knownBy([]), AS_OF).bornSince(1991)).toBe(false);
  });

  it('is within days that include both ends, and an end that is not given is open', () => {
    const history = historyOf(knownBy([]), AS_OF);
    const cases: ReadonlyArray<[from: string | undefined, to: string | undefined, within: boolean]> = [
      ['1990-05-06', '1990-05-06', true],
      ['1990-01-01', '1990-05-05', false],
      ['1990-05-07', '1990-12-31', false],
      ['1991-01-01', '1991-12-31', false],
      [undefined, '1990-05-06', true],
      [undefined, '1990-05-05', false],
      ['1990-05-06', undefined, true],
      ['1990-05-07', undefined, false],
    ];
    for (const [from, to, within] of cases) expect(bornWithin(history, from, to), `${from}..${to}`).toBe(within);
    const unknown = historyOf({ id: grown.key, subjects: [], claims: [] }, AS_OF);
    expect(bornWithin(unknown, undefined, undefined)).toBe(false);
  });
});
