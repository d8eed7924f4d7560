import { deathStatus, type DeathRule } from '../person/death-status.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import { contains, overlaps, type Period } from '../time/period.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { decideCodes } from './decide.ts';
import { samePlace } from './employee-cover.ts';
import { historyOf, type PersonHistory } from './person-history.ts';
import type { PolicyPack } from './policy-pack.ts';

/**
 * How a member of a household stands to a plan year's insurance: enrolled, not enrolled, or why they need not be: dead, insured by
 * the employees' scheme or elsewhere, serving, in prison. `DEATH_UNCONFIRMED`: whether they are to be enrolled is open.
 */
export type MemberEnrolment =
  | 'ENROLLED'
  | 'NOT_ENROLLED'
  | 'DEAD'
  | 'DEATH_UNCONFIRMED'
  | 'EMPLOYEE_SCHEME'
  | 'INSURED_ELSEWHERE'
  | 'SERVING'
  | 'IMPRISONED';

/** Is everybody of a household enrolled who should be (整户参保, GY24-1.3.1c), some of them, or none? */
export type HouseholdStatus = 'COMPLETE' | 'PARTIAL' | 'NONE';

/**
 * Tells how a person stands to the insurance of a pack's plan year. It reads what was decided and changes nothing of it: that one
 * member is not enrolled never touches another's money, for the text sets a duty to win people over and no consequence.
 */
export function memberEnrolment(
  pack: PolicyPack,
  facts: PersonFacts,
  asOf: PlainDate,
  knownAt: Date,
  deathRule: DeathRule,
): MemberEnrolment {
  const history = historyOf(facts, asOf);
  const death = deathStatus(history.deaths, pack.deaths ?? deathRule).status;
  if (death === 'CONFIRMED') return 'DEAD';
  if (isEnrolledHere(pack, facts, history, { asOf, knownAt, deathRule })) return 'ENROLLED';
  const day = withinYear(asOf, pack.period);
  const elsewhere = insuredBeside(history, pack, day);
  if (elsewhere) return elsewhere;
  if (lastOf(history, 'ENLISTED', 'DISCHARGED', 'CONSCRIPT_RETURNED') === 'ENLISTED') return 'SERVING';
  if (lastOf(history, 'IMPRISONED', 'RELEASED', 'COMMUNITY_CORRECTION') === 'IMPRISONED') return 'IMPRISONED';
  return death === 'NOT_REPORTED' ? 'NOT_ENROLLED' : 'DEATH_UNCONFIRMED';
}

function isEnrolledHere(
  pack: PolicyPack,
  facts: PersonFacts,
  history: PersonHistory,
  question: Parameters<typeof decideCodes>[2],
): boolean {
  const { periods, paid, refund } = decideCodes(pack, facts, question);
  // What was paid and is given back insures nobody.
  if (periods.length > 0 || (paid > 0 && refund?.decision !== 'ALLOWED')) return true;
  return history.enrolments.some(
    (claim) =>
      claim.attributes.scheme === 'RESIDENT' &&
      samePlace(claim.attributes.region, pack.place.regionCode) &&
      isForYear(claim, pack.period),
  );
}

/** Residents insure themselves year by year: a relation of an earlier year that was merely never ended says nothing of this one. */
const isForYear = (claim: PersonHistory['enrolments'][number], year: PolicyPack['period']): boolean =>
  overlaps(daysOf(claim), year) && (claim.validTo !== null || (claim.validFrom ?? '') >= year.from);

function insuredBeside(
  { enrolments }: PersonHistory,
  { place }: PolicyPack,
  day: PlainDate,
): 'EMPLOYEE_SCHEME' | 'INSURED_ELSEWHERE' | undefined {
  const running = enrolments.filter((claim) => contains(daysOf(claim), day));
  if (running.some(({ attributes }) => attributes.scheme === 'EMPLOYEE')) return 'EMPLOYEE_SCHEME';
  return running.some(({ attributes }) => !samePlace(attributes.region, place.regionCode))
    ? 'INSURED_ELSEWHERE'
    : undefined;
}

const daysOf = ({
  validFrom,
  validTo,
}: {
  readonly validFrom: PlainDate | null;
  readonly validTo: PlainDate | null;
}): Period => ({ from: validFrom ?? '0001-01-01', to: validTo });

/** Before the plan year begins, its first day counts: cover that ends with the old year exempts nobody from the new one. */
const withinYear = (day: PlainDate, { from, to }: PolicyPack['period']): PlainDate =>
  day < from ? from : day > to ? to : day;

type Happening = PersonHistory['lifeEvents'][number]['attributes']['kind'];

/** Of these events, which came last? */
const lastOf = ({ lifeEvents }: PersonHistory, ...kinds: readonly Happening[]): Happening | undefined =>
  lifeEvents.findLast(({ attributes }) => kinds.includes(attributes.kind))?.attributes.kind;

/**
 * Is a household complete? Who need not be enrolled does not count. `null` where it turns on a death that is not confirmed:
 * a guess either way would send somebody to a house of mourning, or leave the living out; `null` too where nobody is there.
 */
export function householdStatus(members: readonly MemberEnrolment[]): HouseholdStatus | null {
  if (members.length === 0) return null;
  const [ifDead, ifAlive] = [statusOf(members), statusOf(members.map(alive))];
  return ifDead === ifAlive ? ifDead : null;
}

const alive = (enrolment: MemberEnrolment): MemberEnrolment =>
  enrolment === 'DEATH_UNCONFIRMED' ? 'NOT_ENROLLED' : enrolment;

function statusOf(members: readonly MemberEnrolment[]): HouseholdStatus {
  if (!members.includes('NOT_ENROLLED')) return 'COMPLETE';
  return members.includes('ENROLLED') ? 'PARTIAL' : 'NONE';
}
