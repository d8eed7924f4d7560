import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, decideCodes, type DecisionQuestion } from '../../../src/domain/policy/decide.ts';
import type { DecisionCodes } from '../../../src/domain/policy/decision-codes.ts';
import { decisionInWords } from '../../../src/domain/policy/decision-in-words.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { daysAround, histories } from '../../support/random-histories.ts';

const deathRule = { sources: ['civil-affairs', 'public-security', 'health', 'town'], mustAgree: 2 } as const;
const question = (asOf: string): DecisionQuestion => ({ asOf, knownAt: new Date('2027-01-01T00:00:00Z'), deathRule });
const packs = readPacks('packs');

// Kept over all runs: parts are shared between decisions, and none may change once it is made.
const kept: { readonly codes: DecisionCodes; readonly text: string }[] = [];

describe.each(packs.map((pack) => [pack.id, pack] as const))('%s, decided in codes', (_, pack) => {
  test('codes kept as text say the same decision as decide(), with the rows it came from', () => {
    fc.assert(
      fc.property(histories(pack), daysAround(pack), (facts, asOf) => {
        const codes = decideCodes(pack, facts, question(asOf));
        const text = JSON.stringify(codes);
        kept.push({ codes, text });
        const decision = decide(pack, facts, question(asOf));
        expect(decisionInWords(JSON.parse(text) as DecisionCodes, facts, question(asOf).knownAt)).toEqual(decision);
        expect(text).not.toMatch(/[\u4e00-\u9fff]/);
        for (const [at, step] of decision.steps.entries()) {
          expect(step.claims.map(({ claim }) => claim)).toEqual(codes.steps[at]!.claims);
          expect(step.outcome.zh + step.outcome.en).not.toMatch(/[{}]|undefined/);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are the same bytes whatever the order of the claims and whoever is decided in between', () => {
    fc.assert(
      fc.property(histories(pack), histories(pack), daysAround(pack), (facts, another, asOf) => {
        const text = JSON.stringify(decideCodes(pack, facts, question(asOf)));
        for (const other of packs) decideCodes(other, another, question(asOf));
        const backwards = { ...facts, claims: facts.claims.toReversed() };
        expect(JSON.stringify(decideCodes(pack, backwards, question(asOf)))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

test('a decision never changes once it is made', () => {
  for (const { codes, text } of kept) expect(JSON.stringify(codes)).toBe(text);
});
