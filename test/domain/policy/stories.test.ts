import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decide } from '../../../src/domain/policy/decide.ts';
import { endOfDayInShanghai } from '../../../src/domain/time/plain-date.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { takeIn, type StoryPerson, type StoryPush } from '../../support/story-facts.ts';

interface Story {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly person: StoryPerson;
  readonly pushes: readonly StoryPush[];
  readonly asks: readonly { on: string; policyYear: number; expect: Record<string, unknown> }[];
}

const packs = new Map(readPacks('packs').map((pack) => [pack.id, pack]));
const jurisdictionDeaths = { sources: ['civil-affairs', 'public-security', 'health', 'town'], mustAgree: 2 } as const;

const folders = ['packs'].flatMap((folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name, 'cases.yaml'))
    .filter((file) => existsSync(file)),
);
const shared = '../shared/cases';
const files = [
  ...folders,
  ...(existsSync(shared)
    ? readdirSync(shared)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(shared, name))
    : []),
];

for (const file of files) {
  const { pack: packId, cases } = parse(readFileSync(file, 'utf8')) as { pack: string; cases: Story[] };
  describe(file, () => {
    test.each(cases.map((story) => [`${story.id} ${story.title}`, story] as const))('%s', (_, story) => {
      const pack = packs.get(packId);
      if (!pack) throw new Error(`no pack ${packId}`);
      const factsOn = takeIn(story.person, story.pushes);
      for (const ask of story.asks) {
        const decision = decide(pack, factsOn(ask.on), {
          asOf: ask.on,
          knownAt: endOfDayInShanghai(ask.on),
          deathRule: jurisdictionDeaths,
        });
        for (const [key, expected] of Object.entries(ask.expect)) {
          expect.soft(answered(key, decision, expected), `${ask.on} ${key}`).toEqual(expected);
        }
      }
    });
  });
}

/** Writes a decision the way stories do; of codes and groups only whether the expected ones are among them. */
function answered(key: string, decision: ReturnType<typeof decide>, expected: unknown): unknown {
  const among = (have: readonly string[]): unknown => {
    const wanted = expected as string[];
    return wanted.length > 0 && wanted.every((code) => have.includes(code)) ? wanted : [...have];
  };
  switch (key) {
    case 'subsidy':
    case 'payable':
      return decision[key] / 100;
    case 'benefit':
      return decision.periods.map((period) => `${period.from}..${period.to}`);
    case 'refund':
      return decision.refund && { decision: decision.refund.decision, amount: decision.refund.amount / 100 };
    case 'review':
    case 'notices':
      return among(decision[key].map((mark) => mark.code));
    case 'targetGroups':
      return among(decision.targetGroups.map((target) => target.group));
    case 'category':
    case 'fundedBy':
    case 'assisted':
      return decision[key];
    default:
      throw new Error(`unknown expectation ${key}`);
  }
}
