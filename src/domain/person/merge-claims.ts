import type { Claim, ClaimOf } from '../claims/claim.ts';
import { bareName } from '../identity/normalise-name.ts';
import { birthDateSaid, sexSaid, type DecidedSubject } from '../identity/subject.ts';
import { wideRegion } from '../intake/region-code.ts';
import type { ListName } from '../intake/words.ts';
import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { deathStatus, type DeathRule } from './death-status.ts';
import { identityDays } from './identity-days.ts';
import { ownNumbers } from './own-numbers.ts';
import type { PersonFacts } from './person-facts.ts';
import type { PersonRecord, Sourced } from './person-record.ts';
import { inOrder, settledValuesOf } from './settled-values.ts';
import {
  bestFirst,
  ruleOf,
  surviving,
  type Statement,
  type SurvivorshipTable,
  type WrittenRule,
} from './survivorship.ts';

/** What a jurisdiction lays down for its person records: whose reports count for a death, whose word goes first on a value. */
export interface RecordRule {
  readonly deaths: DeathRule;
  readonly survivorship: SurvivorshipTable;
}

const ofList =
  <L extends ListName>(list: L) =>
  (claim: Claim): claim is Extract<Claim, ClaimOf<L>> =>
    claim.list === list;

/** What a person settled, with the rows that say the same joined to it later. */
const settled = <T>(values: readonly T[]): Statement<T>[] => values.map((value) => ({ value, claim: null }));

function mergeName(facts: PersonFacts, rule: WrittenRule): Sourced<string> | null {
  const named = facts.claims.filter(({ attributes }) => bareName(attributes.name) !== '').sort(bestFirst(rule));
  return surviving(
    [
      ...settled(settledValuesOf(facts, 'name')),
      ...named.map((claim): Statement<string> => ({ value: claim.attributes.name, claim })),
    ],
    bareName,
  );
}

/**
 * The trusted offices' births claims first, then what the id number says, then births claims of anybody else; where the newest
 * telling goes first, every births claim before the number.
 */
function mergeBirthDate(facts: PersonFacts, rule: WrittenRule): Sourced<PlainDate> | null {
  const births = facts.claims.filter(ofList('births')).sort(bestFirst(rule));
  const { prefer, order } = ruleOf(rule);
  const isTrusted = ({ agency }: Claim): boolean => prefer === 'NEWEST' || order.includes(agency);
  const said = (claim: (typeof births)[number]): Statement<PlainDate> => ({ value: claim.attributes.bornOn, claim });
  const readFromNumbers = inOrder(facts.id, ownNumbers(facts))
    .map(birthDateSaid)
    .filter((day) => day !== undefined)
    .map((value): Statement<PlainDate> => ({ value, claim: null }));
  return surviving([
    ...settled(settledValuesOf(facts, 'birthDate')),
    ...births.filter(isTrusted).map(said),
    ...readFromNumbers,
    ...births.filter((claim) => !isTrusted(claim)).map(said),
  ]);
}

/** Numbers that disagree (two documents joined to one person) leave the sex open. */
function mergeSex(subjects: readonly DecidedSubject[]): PersonRecord['sex'] {
  const [sex, ...others] = new Set(subjects.map(sexSaid).filter((read) => read !== undefined));
  return sex !== undefined && others.length === 0 ? sex : null;
}

/** Only registrations that run on the day compete: a household left behind is history, not another opinion. */
function mergeHousehold(claims: readonly Claim[], rule: WrittenRule, asOf: PlainDate): Sourced<string> | null {
  const current = claims
    .filter(ofList('residents'))
    .filter((claim) => runsOn(claim, asOf))
    .sort(bestFirst(rule));
  return surviving(current.map((claim) => ({ value: claim.attributes.householdNumber, claim })));
}

/** Does what a claim says of its days hold on the day? */
export const runsOn = ({ validFrom, validTo }: Pick<Claim, 'validFrom' | 'validTo'>, day: PlainDate): boolean =>
  contains({ from: validFrom ?? day, to: validTo }, day);

/**
 * What runs on the day tells where somebody is; only where nothing does, what happened before it. A county does not contradict one
 * of its villages: it says the same less exactly, and the most exact place counts that agrees with whose word goes first.
 */
function mergeRegion(claims: readonly Claim[], rule: WrittenRule, asOf: PlainDate): Sourced<string> | null {
  const placed = claims.filter(
    ({ attributes, validFrom }) => attributes.regionCode !== undefined && (validFrom ?? asOf) <= asOf,
  );
  if (placed.length === 0) return null;
  const running = placed.filter((claim) => runsOn(claim, asOf));
  const telling = (running.length > 0 ? running : placed).sort(bestFirst(rule));
  const codes = telling.map(({ attributes }) => attributes.regionCode!);
  const exact = codes.reduce((known, code) => (isWithin(code, known) ? code : known));
  const said = (code: string): string => (isWithin(exact, code) ? exact : code);
  return surviving(
    telling.map((claim, index) => ({ value: said(codes[index]!), claim })),
    wideRegion,
  );
}

const isWithin = (place: string, wider: string): boolean => wideRegion(place).startsWith(wideRegion(wider));

/** The values by which people are found, as {@link mergeClaims} gives them. */
export function mergeForCard(
  facts: PersonFacts,
  rule: RecordRule,
  asOf: PlainDate,
): Pick<PersonRecord, 'name' | 'birthDate' | 'death' | 'householdNumber' | 'regionCode'> {
  return {
    name: mergedValue('name', facts, rule, asOf),
    birthDate: mergedValue('birthDate', facts, rule, asOf),
    death: mergedValue('death', facts, rule, asOf),
    householdNumber: mergedValue('householdNumber', facts, rule, asOf),
    regionCode: mergedValue('regionCode', facts, rule, asOf),
  };
}

/** How each value of a record is made, by its name. */
const MERGES: {
  readonly [Value in keyof PersonRecord]: (
    facts: PersonFacts,
    rule: RecordRule,
    asOf: PlainDate,
  ) => PersonRecord[Value];
} = {
  name: (facts, { survivorship }) => mergeName(facts, survivorship.name),
  birthDate: (facts, { survivorship }) => mergeBirthDate(facts, survivorship.birthDate),
  sex: (facts) => mergeSex(ownNumbers(facts)),
  death: ({ claims }, { deaths }) => deathStatus(claims, deaths),
  householdNumber: ({ claims }, { survivorship }, asOf) => mergeHousehold(claims, survivorship.householdNumber, asOf),
  regionCode: ({ claims }, { survivorship }, asOf) => mergeRegion(claims, survivorship.regionCode, asOf),
  hardship: ({ claims }, { survivorship }, asOf) => identityDays(claims, survivorship, asOf).hardship,
  disability: ({ claims }, { survivorship }, asOf) => identityDays(claims, survivorship, asOf).disability,
};

/** One value of a person's record, as {@link mergeClaims} gives it: whoever asks for one need not wait for the others. */
export const mergedValue = <Value extends keyof PersonRecord>(
  value: Value,
  facts: PersonFacts,
  rule: RecordRule,
  asOf: PlainDate,
): PersonRecord[Value] => MERGES[value](facts, rule, asOf);

/**
 * Makes the one record of a person from all that stood: each value with the claims that say so and, beside it, the values
 * that others give. What a person settled goes first; then the jurisdiction's rule decides. The order in which claims and subjects
 * were loaded never does.
 *
 * @param asOf the day whose household, place and identities are meant
 */
export function mergeClaims(facts: PersonFacts, rule: RecordRule, asOf: PlainDate): PersonRecord {
  return {
    ...mergeForCard(facts, rule, asOf),
    sex: mergedValue('sex', facts, rule, asOf),
    ...identityDays(facts.claims, rule.survivorship, asOf),
  };
}
