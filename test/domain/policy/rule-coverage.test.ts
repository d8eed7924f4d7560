import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decide } from '../../../src/domain/policy/decide.ts';
import { endOfDayInShanghai } from '../../../src/domain/time/plain-date.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { takeIn, type StoryPerson, type StoryPush } from '../../support/story-facts.ts';

interface Story {
  readonly person: StoryPerson;
  readonly pushes: readonly StoryPush[];
  readonly asks: readonly { readonly on: string }[];
}

const deathRule = { sources: ['civil-affairs', 'public-security', 'health', 'town'], mustAgree: 2 } as const;

// A rule without a story of its pack is a rule that nobody has seen decide anything.
describe.each(readPacks('packs').map((pack) => [pack.id, pack] as const))('%s', (id, pack) => {
  test('every rule of the pack decides something in one of its stories', () => {
    const { cases } = parse(readFileSync(`packs/${id}/cases.yaml`, 'utf8')) as { cases: Story[] };
    const used = new Set(
      cases
        .flatMap(({ person, pushes, asks }) =>
          asks.flatMap(({ on }) => {
            const facts = takeIn(person, pushes)(on);
            const decision = decide(pack, facts, { asOf: on, knownAt: endOfDayInShanghai(on), deathRule });
            const { steps, review, notices, candidates, periods, targetGroups, refund } = decision;
            return [
              ...steps,
              ...review,
              ...notices,
              ...candidates,
              ...periods,
              ...targetGroups,
              ...(refund ? [refund] : []),
            ];
          }),
        )
        .map(({ rule }) => rule),
    );
    expect(Object.keys(pack.rules).filter((rule) => !used.has(rule))).toEqual([]);
  });
});
