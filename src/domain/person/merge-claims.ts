import type { Claim, ClaimOf } from '../claims/claim.ts';
import { bareName } from '../identity/normalise-name.ts';
import type { Subject } from '../identity/subject.ts';
import { birthDateOf, sexOf } from '../intake/id-number.ts';
import type { ListName } from '../intake/words.ts';
import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { deathStatus, type DeathRule } from './death-status.ts';
import { identityDays } from './identity-days.ts';
import type { PersonFacts } from './person-facts.ts';
import type { PersonRecord, Sourced } from './person-record.ts';
import {
  bestFirst,
  compareText,
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

/** The subjects in an order that loading cannot change: the one that gave the person its id first. */
function inOrder(facts: PersonFacts): Subject[] {
  const [first, others] = [
    facts.subjects.filter(({ key }) => key === facts.id),
    facts.subjects.filter(({ key }) => key !== facts.id),
  ];
  return [...first, ...others.sort((a, b) => compareText(a.key, b.key))];
}

function mergeName(claims: readonly Claim[], rule: WrittenRule): Sourced<string> | null {
  const named = claims.filter(({ attributes }) => bareName(attributes.name) !== '').sort(bestFirst(rule));
  return surviving(
    named.map((claim) => ({ value: claim.attributes.name, claim })),
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
  const readFromNumbers = inOrder(facts)
    .map(({ idNumber }) => birthDateOf(idNumber))
    .filter((day) => day !== undefined)
    .map((value): Statement<PlainDate> => ({ value, claim: null }));
  return surviving([
    ...births.filter(isTrusted).map(said),
    ...readFromNumbers,
    ...births.filter((claim) => !isTrusted(claim)).map(said),
  ]);
}

/** Numbers that disagree (two documents joined to one person) leave the sex open. */
function mergeSex(subjects: readonly Subject[]): PersonRecord['sex'] {
  const [sex, ...others] = new Set(
    subjects.map(({ idNumber }) => sexOf(idNumber)).filter((read) => read !== undefined),
  );
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

const runsOn = ({ validFrom, validTo }: Claim, day: PlainDate): boolean =>
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
    levelOf,
  );
}

const isWithin = (place: string, wider: string): boolean => levelOf(place).startsWith(levelOf(wider));

/** A code down to the level that it names: six digits for a county, three more for a town, three more for a village. */
const levelOf = (code: string): string => code.replace(/(?<=^\d{6}(?:\d{3})*?)(?:000)+$/, '');

/**
 * Makes the one record of a person from all that stood: each value with the claims that say so and, beside it, the values
 * that others give. The jurisdiction's order of offices decides first, then the newest telling; the order in which claims
 * and subjects were loaded never does.
 *
 * @param asOf the day whose household, place and identities are meant
 */
export function mergeClaims(facts: PersonFacts, rule: RecordRule, asOf: PlainDate): PersonRecord {
  const { claims } = facts;
  const table = rule.survivorship;
  return {
    name: mergeName(claims, table.name),
    birthDate: mergeBirthDate(facts, table.birthDate),
    sex: mergeSex(facts.subjects),
    death: deathStatus(claims, rule.deaths),
    householdNumber: mergeHousehold(claims, table.householdNumber, asOf),
    regionCode: mergeRegion(claims, table.regionCode, asOf),
    ...identityDays(claims, table, asOf),
  };
}
