import { describe, expect, it } from 'vitest';
import type { KeptTerms } from '../../../src/domain/policy/decision-adjustment.ts';
import { differenceBetween, movesMoney, type DecidedPersons } from '../../../src/domain/review/difference.ts';

const PLAIN: KeptTerms = {
  ...{ outcome: 'DECIDED', category: null, fundedBy: null, subsidy: 0, payable: 40_000, paid: 0 },
  ...{ refund: null, periods: [], review: [] },
};
const PAID: KeptTerms = { ...PLAIN, paid: 40_000, periods: [{ from: '2026-01-01', to: '2026-12-31' }] };
const HELPED: KeptTerms = { ...PLAIN, category: 'ORPHAN', fundedBy: 'MEDICAL_ASSISTANCE', subsidy: 40_000, payable: 0 };
const IN_REVIEW: KeptTerms = { ...PLAIN, outcome: 'REVIEW', review: ['DEATH_UNCONFIRMED'] };

/** Persons with their terms and subjects: `{ a: [PLAIN, 'a', 'b'] }`; without terms nothing stands of them. */
const decided = (persons: Readonly<Record<string, readonly [KeptTerms | null, ...string[]]>>): DecidedPersons => ({
  terms: new Map(
    Object.entries(persons).flatMap(([id, [terms]]) =>
      terms ? [[id, new Map([['gaoyang-2026', terms]])] as const] : [],
    ),
  ),
  personOf: new Map(Object.entries(persons).flatMap(([id, [, ...keys]]) => keys.map((key) => [key, id] as const))),
});

describe('a settlement moves money', () => {
  const CASES: readonly (readonly [why: string, before: DecidedPersons, after: DecidedPersons, moves: boolean])[] = [
    [
      'not where two of whom nothing was paid become one',
      decided({ a: [PLAIN, 'a'], b: [PLAIN, 'b'] }),
      decided({ a: [PLAIN, 'a', 'b'] }),
      false,
    ],
    [
      'where the one who stays had paid, since the other is now covered',
      decided({ a: [PAID, 'a'], b: [PLAIN, 'b'] }),
      decided({ a: [PAID, 'a', 'b'] }),
      true,
    ],
    [
      'where the one who goes had paid',
      decided({ a: [PLAIN, 'a'], b: [PAID, 'b'] }),
      decided({ a: [PAID, 'a', 'b'] }),
      true,
    ],
    [
      'where both were subsidised alike: a fund bears less',
      decided({ a: [HELPED, 'a'], b: [HELPED, 'b'] }),
      decided({ a: [HELPED, 'a', 'b'] }),
      true,
    ],
    ['where somebody is subsidised by it', decided({ a: [PLAIN, 'a'] }), decided({ a: [HELPED, 'a'] }), true],
    [
      'where somebody is told apart who is subsidised',
      decided({ a: [HELPED, 'a'] }),
      decided({ a: [PLAIN, 'a'], d: [HELPED, 'd'] }),
      true,
    ],
    [
      'not where somebody is told apart of whom nothing was paid',
      decided({ a: [PAID, 'a'] }),
      decided({ a: [PAID, 'a'], d: [PLAIN, 'd'] }),
      false,
    ],
    [
      'not where only a matter is left to a person',
      decided({ a: [PLAIN, 'a'] }),
      decided({ a: [IN_REVIEW, 'a'] }),
      false,
    ],
    [
      'not where a document of which nothing stands finds its person',
      decided({ a: [PAID, 'a'], b: [null, 'b'] }),
      decided({ a: [PAID, 'a', 'b'] }),
      false,
    ],
  ];
  it.each(CASES)('%s', (_, before, after, moves) => {
    expect(movesMoney(differenceBetween(before, after), before, after)).toBe(moves);
  });
});

it('tells whom it changes, also those who cease to be or begin to be, and nobody else', () => {
  const before = decided({ a: [PLAIN, 'a'], b: [PAID, 'b'], c: [HELPED, 'c'] });
  const after = decided({ a: [PAID, 'a', 'b'], c: [HELPED, 'c'], d: [PLAIN, 'd'] });
  expect(differenceBetween(before, after).map(({ person, before: from, after: to }) => [person, from, to])).toEqual([
    ['a', PLAIN, PAID],
    ['b', PAID, null],
    ['d', null, PLAIN],
  ]);
});
