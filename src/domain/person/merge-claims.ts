import type { Claim, ClaimOf } from '../claims/claim.ts';
import { bareName } from '../identity/normalise-name.ts';
import type { Subject } from '../identity/subject.ts';
import { birthDateOf, sexOf } from '../intake/id-number.ts';
import type { Agency, ListName } from '../intake/words.ts';
import { contains } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { deathStatus, type DeathRule } from './death-status.ts';
import type { PersonFacts } from './person-facts.ts';
import type { PersonRecord, Sourced } from './person-record.ts';
import { bestFirst, compareText, newestFirst, surviving, type Statement } from './survivorship.ts';

/** What a jurisdiction lays down for its person records: whose reports count for a death, whose word goes first on a value. */
export interface RecordRule {
  readonly deaths: DeathRule;
  readonly survivorship: { readonly name: readonly Agency[]; readonly birthDate: readonly Agency[] };
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

function mergeName(claims: readonly Claim[], order: readonly Agency[]): Sourced<string> | null {
  const named = claims.filter(({ attributes }) => bareName(attributes.name) !== '').sort(bestFirst(order));
  return surviving(
    named.map((claim) => ({ value: claim.attributes.name, claim })),
    bareName,
  );
}

/** The trusted offices' births claims first, then what the id number says, then births claims of anybody else. */
function mergeBirthDate(facts: PersonFacts, trusted: readonly Agency[]): Sourced<PlainDate> | null {
  const births = facts.claims.filter(ofList('births')).sort(bestFirst(trusted));
  const said = (claim: (typeof births)[number]): Statement<PlainDate> => ({ value: claim.attributes.bornOn, claim });
  const readFromNumbers = inOrder(facts)
    .map(({ idNumber }) => birthDateOf(idNumber))
    .filter((day) => day !== undefined)
    .map((value): Statement<PlainDate> => ({ value, claim: null }));
  return surviving([
    ...births.filter(({ agency }) => trusted.includes(agency)).map(said),
    ...readFromNumbers,
    ...births.filter(({ agency }) => !trusted.includes(agency)).map(said),
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
function mergeHousehold(claims: readonly Claim[], asOf: PlainDate): Sourced<string> | null {
  const current = claims
    .filter(ofList('residents'))
    .filter(({ validFrom, validTo }) => contains({ from: validFrom ?? asOf, to: validTo }, asOf))
    .sort(newestFirst);
  return surviving(current.map((claim) => ({ value: claim.attributes.householdNumber, claim })));
}

/**
 * Makes the one record of a person from all that stood: each value with the claims that say so and, beside it, the values
 * that others give. The jurisdiction's order of offices decides first, then the newest telling; the order in which claims
 * and subjects were loaded never does.
 *
 * @param asOf the day whose household is meant
 */
export function mergeClaims(facts: PersonFacts, rule: RecordRule, asOf: PlainDate): PersonRecord {
  return {
    name: mergeName(facts.claims, rule.survivorship.name),
    birthDate: mergeBirthDate(facts, rule.survivorship.birthDate),
    sex: mergeSex(facts.subjects),
    death: deathStatus(facts.claims, rule.deaths),
    householdNumber: mergeHousehold(facts.claims, asOf),
  };
}
