import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/domain/policy/decide.ts';
import type { BenefitDecision } from '../../../src/domain/policy/decision.ts';
import { listingsOf, tierOf } from '../../../src/domain/policy/listings.ts';
import { historyOf } from '../../../src/domain/policy/person-history.ts';
import { startFor } from '../../../src/domain/policy/payer-groups.ts';
import type { PolicyPack } from '../../../src/domain/policy/policy-pack.ts';
import { CATEGORIES, type Category } from '../../../src/domain/intake/words.ts';
import { addDays, endOfDayInShanghai, type PlainDate } from '../../../src/domain/time/plain-date.ts';
import type { PersonFacts } from '../../../src/domain/person/person-facts.ts';
import { readPacks } from '../../../src/storage/pack-files.ts';
import { takeIn, type StoryPush } from '../../support/story-facts.ts';

const deathRule = { sources: ['civil-affairs', 'public-security', 'health', 'town'], mustAgree: 2 } as const;

const WORDS: Partial<Record<Category, string>> = {
  ...CATEGORIES,
  LIFTED_FROM_POVERTY: '稳定脱贫人口',
  VILLAGE_OFFICER: '村两委干部',
};

/** An adult's number for any place; the birth date is what the start tables read. */
function numberBorn(day: PlainDate): string {
  const head = `130628${day.replaceAll('-', '')}001`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(head[at]), 0);
  return `${head}${'10X98765432'[sum % 11]}`;
}

const hardship = (category: Category, flags: object, from: PlainDate, on: PlainDate): StoryPush =>
  category === 'SEVERE_DISABILITY' || category === 'MODERATE_DISABILITY'
    ? {
        on,
        agency: 'disabled-federation',
        list: 'disability',
        rows: [{ type: 'LIMB', level: category === 'SEVERE_DISABILITY' ? 1 : 4, from }],
      }
    : { on, agency: 'civil-affairs', list: 'hardship', rows: [{ category: WORDS[category], from, ...flags }] };

const FLAGS = [undefined, true, false].flatMap((liftedHousehold) =>
  [undefined, true, false].flatMap((riskEliminated) =>
    [undefined, true, false].map((ruralHukou) => ({ liftedHousehold, riskEliminated, ruralHukou })),
  ),
);

/** Lives that the start tables tell apart, as pushes made before anything is paid. */
function lives(pack: PolicyPack): readonly (readonly [name: string, born: PlainDate, pushes: StoryPush[]])[] {
  const year = pack.policyYear;
  const early = `${year - 1}-06-01`;
  const employee = (to: PlainDate, endedBecause?: string): StoryPush => ({
    on: addDays(to, 1),
    agency: 'medical-insurance',
    list: 'enrolments',
    rows: [{ scheme: 'EMPLOYEE', region: pack.place.regionCode, from: `${year - 4}-01-01`, to, endedBecause }],
  });
  const event = (kind: string, happenedOn: PlainDate): StoryPush => ({
    on: happenedOn,
    agency: 'veterans',
    list: 'life-events',
    rows: [{ kind, happenedOn }],
  });
  const insured: StoryPush = {
    on: early,
    agency: 'medical-insurance',
    list: 'enrolments',
    rows: [{ scheme: 'RESIDENT', region: pack.place.regionCode, from: `${year - 1}-01-01`, to: `${year - 1}-12-31` }],
  };
  const adult = '1980-05-15';
  return [
    ['lapsed', adult, []],
    ['insured last year', adult, [insured]],
    ['born in spring of the year', `${year}-03-02`, []],
    ['born at the end of the year before', `${year - 1}-11-20`, []],
    ['left employment in autumn', adult, [employee(`${year - 1}-11-30`, 'EMPLOYMENT_ENDED')]],
    ['left employment in spring', adult, [insured, employee(`${year}-02-28`, 'EMPLOYMENT_ENDED')]],
    ['stopped employee cover by choice', adult, [insured, employee(`${year}-01-31`, 'VOLUNTARY')]],
    ['discharged in spring', adult, [insured, event('DISCHARGED', `${year}-03-20`)]],
    ['came to a children’s home', `${year - 8}-03-20`, [event('ADMITTED_TO_CHILDRENS_HOME', `${year}-02-10`)]],
    [
      'new student',
      `${year - 19}-03-20`,
      [
        {
          on: `${year - 1}-09-10`,
          agency: 'education',
          list: 'students',
          rows: [{ stage: 'COLLEGE', enteredOn: `${year - 1}-09-01`, newStudent: true }],
        },
      ],
    ],
    ['migrant worker', adult, [{ on: early, agency: 'town', list: 'migrant-workers', rows: [{ from: early }] }]],
    ['listed before the window', adult, [hardship('SUBSISTENCE_ALLOWANCE', {}, early, early)]],
    ['listed in spring', adult, [hardship('SUBSISTENCE_ALLOWANCE', {}, `${year}-03-05`, `${year}-03-05`)]],
  ];
}

/** Every day on which a payment can matter. */
function daysOf(pack: PolicyPack): PlainDate[] {
  const days: PlainDate[] = [];
  for (let day = `${pack.policyYear - 1}-08-15`; day <= pack.period.to; day = addDays(day, 1)) days.push(day);
  return days;
}

const paying = (pack: PolicyPack, day: PlainDate): StoryPush => ({
  on: day,
  agency: 'tax',
  list: 'payments',
  rows: [{ policyYear: pack.policyYear, amount: '100.00', paidOn: day, creditedOn: day, channel: 'ONLINE' }],
});

/** What of a decision does not hold together; a matcher for each of a million facts would take longer than the decisions. */
function brokenIn(pack: PolicyPack, decision: BenefitDecision): string[] {
  const { standard, fiscal } = pack.premium;
  const { subsidy, payable, outcome, review, category, refund, paid, periods, steps, notices } = decision;
  const holds: readonly (readonly [what: string, holds: boolean])[] = [
    [`subsidy ${subsidy}`, subsidy <= standard],
    [`subsidy ${subsidy} with ${payable} payable`, [0, standard, standard + fiscal].includes(subsidy + payable)],
    [`${outcome} with ${review.length} to review`, (outcome === 'REVIEW') === review.length > 0],
    [`${category} with subsidy ${subsidy}`, (category === null) === (subsidy === 0)],
    [`refund ${refund?.amount} of ${paid}`, (refund?.amount ?? 0) <= paid],
    [`refund ${refund?.amount} refused`, !(refund?.decision === 'REFUSED' && refund.amount > 0)],
    ...periods.flatMap(({ from, to }, index): [string, boolean][] => {
      const before = periods[index - 1]?.to ?? '';
      return [
        [`${from}..${to}`, from <= to && to <= pack.period.to],
        [`${before} then ${from}`, before < from],
      ];
    }),
    ...[...steps, ...review, ...notices].map(
      ({ rule }) => [`no rule ${rule}`, pack.rules[rule] !== undefined] as const,
    ),
  ];
  return holds.flatMap(([what, good]) => (good ? [] : [what]));
}

const holdsTogether = (pack: PolicyPack, decision: BenefitDecision, why: string): void =>
  expect(brokenIn(pack, decision), why).toEqual([]);

const decideOn = (pack: PolicyPack, facts: PersonFacts, day: PlainDate): BenefitDecision =>
  decide(pack, facts, { asOf: day, knownAt: endOfDayInShanghai(day), deathRule });

describe.each(readPacks('packs').map((pack) => [pack.id, pack] as const))('%s, swept', (_, pack) => {
  test('every life paid for on every day falls on exactly one line, and its decision holds together', () => {
    for (const [name, born, pushes] of lives(pack)) {
      const person = { name: '测试', idNumber: numberBorn(born) };
      const broken: string[] = [];
      for (const day of daysOf(pack)) {
        if (day < born) continue;
        const before = pushes.filter((push) => push.on <= day);
        const facts = takeIn(person, [...before, paying(pack, day)])(day);
        const history = historyOf(facts, day);
        const start = startFor(pack, history, listingsOf(history, pack.standing), {
          paid: day,
          credited: day,
          registered: null,
        });
        const lines = start.group.rows.filter((row) => row === start.row).length;
        const found = [
          ...(lines === 1 ? [] : [`${lines} lines`]),
          ...(start.row.start === null ? ['no start'] : []),
          ...brokenIn(pack, decideOn(pack, facts, day)),
        ];
        broken.push(...found.map((what) => `${name} paid ${day}: ${what}`));
      }
      expect(broken).toEqual([]);
    }
  });

  test('every identity, pair of identities and open fact: the highest tier wins, once, and is never more than the premium', () => {
    const day = pack.window.to;
    const from = addDays(pack.window.to, -20);
    const person = { name: '测试', idNumber: numberBorn('1980-05-15') };
    const singles = (Object.keys(CATEGORIES) as Category[]).flatMap((category) =>
      FLAGS.map((flags) => ({ category, flags })),
    );
    const listed = singles.map((one) => ({ ...one, push: hardship(one.category, one.flags, from, from) }));
    const tierAlone = new Map(
      listed.map((one) => {
        const history = historyOf(takeIn(person, [one.push])(day), day);
        const [listing] = listingsOf(history, pack.standing);
        return [one, (listing && tierOf(pack, listing, day)?.row.subsidy) ?? 0] as const;
      }),
    );
    for (const one of listed) {
      const alone = decideOn(pack, takeIn(person, [one.push])(day), day);
      holdsTogether(pack, alone, JSON.stringify([one.category, one.flags]));
      expect(alone.subsidy).toBe(tierAlone.get(one));
    }
    const plain = listed.filter((one) => one.flags === FLAGS.at(-1));
    for (const first of plain) {
      for (const second of plain) {
        if (first.category >= second.category) continue;
        // The federation's later word on one disability takes the earlier one's place: these are never two identities.
        if (first.category.endsWith('_DISABILITY') && second.category.endsWith('_DISABILITY')) continue;
        const both = decideOn(pack, takeIn(person, [first.push, second.push])(day), day);
        const why = `${first.category} and ${second.category}`;
        holdsTogether(pack, both, why);
        expect(both.subsidy, why).toBe(Math.max(tierAlone.get(first) ?? 0, tierAlone.get(second) ?? 0));
        expect(both.candidates.filter((candidate) => candidate.standing === 'WON').length, why).toBeLessThanOrEqual(1);
        const reversed = decideOn(pack, takeIn(person, [second.push, first.push])(day), day);
        expect(reversed.category, why).toBe(both.category);
        expect(reversed.fundedBy, why).toBe(both.fundedBy);
      }
    }
  });

  test('the order in which claims are given changes nothing', () => {
    const day = `${pack.policyYear}-04-01`;
    for (const [name, born, pushes] of lives(pack)) {
      if (born > day) continue;
      const facts = takeIn({ name: '测试', idNumber: numberBorn(born) }, [
        ...pushes.filter((push) => push.on <= day),
        paying(pack, day),
      ])(day);
      const backwards = { ...facts, claims: [...facts.claims].reverse() };
      expect(decideOn(pack, backwards, day), name).toEqual(decideOn(pack, facts, day));
    }
  });
});
