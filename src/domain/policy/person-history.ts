import type { Claim, ClaimOf } from '../claims/claim.ts';
import { birthDateSaid, type DecidedSubject } from '../identity/subject.ts';
import { numberAt } from '../intake/id-number.ts';
import { ownNumbers } from '../person/own-numbers.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import { settledValuesOf } from '../person/settled-values.ts';
import { yearOf, type PlainDate } from '../time/plain-date.ts';
import { inOrder, NONE, withLast } from './none.ts';

/** A person's claims as a pack reads them: by list, only what had happened by the day asked about. */
export interface PersonHistory {
  readonly asOf: PlainDate;
  readonly birth: { readonly day: PlainDate; readonly claims: readonly Claim[] } | null;
  /**
   * May the person be born in the year or later? Only where it says so need the day be read: of most of a population the year in
   * the number tells that they are no newborns, whoever's number it is.
   */
  bornSince(year: number): boolean;
  /** Named by a foreign permanent resident's card. */
  readonly foreigner: boolean;
  readonly hardship: readonly ClaimOf<'hardship'>[];
  readonly disability: readonly ClaimOf<'disability'>[];
  /** In the order of payment. */
  readonly payments: readonly ClaimOf<'payments'>[];
  readonly registrations: readonly ClaimOf<'registrations'>[];
  readonly enrolments: readonly ClaimOf<'enrolments'>[];
  readonly students: readonly ClaimOf<'students'>[];
  readonly lifeEvents: readonly ClaimOf<'life-events'>[];
  readonly migrantWork: readonly ClaimOf<'migrant-workers'>[];
  readonly refundApplications: readonly ClaimOf<'refund-applications'>[];
  readonly deaths: readonly ClaimOf<'deaths'>[];
}

const byDay = (a: Claim, b: Claim): number => {
  const left = a.validFrom ?? '';
  const right = b.validFrom ?? '';
  if (left !== right) return left < right ? -1 : 1;
  return a.toldAt.getTime() - b.toldAt.getTime() || (a.id < b.id ? -1 : 1);
};

/**
 * Reads the claims that stood into what had happened by `asOf`; a claim whose first day lies later is left out. Enrolments stay
 * whole: an enrolment told in December for January is a fact about the coming year. One pass over the claims: this is done for
 * every person of a population.
 */
export function historyOf(facts: PersonFacts, asOf: PlainDate): PersonHistory {
  const history = new Gathered(facts, asOf);
  const { claims } = facts;
  for (let index = 0; index < claims.length; index += 1) {
    const claim = claims[index]!;
    if (claim.list === 'residents') continue;
    if (claim.list !== 'enrolments' && claim.validFrom !== null && claim.validFrom > asOf) continue;
    gather(history, claim);
  }
  return history;
}

/** Is the day of birth known, and within the days? An end that is not given is open. */
export function bornWithin(history: PersonHistory, from: PlainDate | undefined, to: PlainDate | undefined): boolean {
  if (from !== undefined && !history.bornSince(yearOf(from))) return false;
  if (!history.birth) return false;
  const { day } = history.birth;
  return day >= (from ?? day) && day <= (to ?? day);
}

class Gathered implements PersonHistory {
  readonly asOf: PlainDate;
  readonly foreigner: boolean;
  hardship: readonly ClaimOf<'hardship'>[] = NONE;
  disability: readonly ClaimOf<'disability'>[] = NONE;
  payments: readonly ClaimOf<'payments'>[] = NONE;
  registrations: readonly ClaimOf<'registrations'>[] = NONE;
  enrolments: readonly ClaimOf<'enrolments'>[] = NONE;
  students: readonly ClaimOf<'students'>[] = NONE;
  lifeEvents: readonly ClaimOf<'life-events'>[] = NONE;
  migrantWork: readonly ClaimOf<'migrant-workers'>[] = NONE;
  refundApplications: readonly ClaimOf<'refund-applications'>[] = NONE;
  deaths: readonly ClaimOf<'deaths'>[] = NONE;
  births: readonly ClaimOf<'births'>[] = NONE;
  private readonly facts: PersonFacts;
  private read: PersonHistory['birth'] | undefined = undefined;

  constructor(facts: PersonFacts, asOf: PlainDate) {
    this.asOf = asOf;
    this.facts = facts;
    this.foreigner = isForeigner(facts);
  }

  get birth(): PersonHistory['birth'] {
    if (this.read === undefined) this.read = birthOf(this.births, this.facts);
    return this.read;
  }

  bornSince(year: number): boolean {
    if (this.births.length > 0 || this.facts.settledValues) return true;
    for (const subject of this.facts.subjects) if (bornInOrAfter(subject, year)) return true;
    return false;
  }
}

/** May the number be of somebody born in the year or later? Of a number that was read, the digits where a year would stand tell enough. */
function bornInOrAfter(subject: DecidedSubject, year: number): boolean {
  if (!('birthDate' in subject)) return numberAt(subject.idNumber, 6, 10) >= year;
  return subject.birthDate !== null && yearOf(subject.birthDate) >= year;
}

function gather(history: Gathered, claim: Exclude<Claim, ClaimOf<'residents'>>): void {
  switch (claim.list) {
    case 'payments':
      history.payments = withClaim(history.payments, claim);
      return;
    case 'enrolments':
      history.enrolments = withClaim(history.enrolments, claim);
      return;
    case 'registrations':
      history.registrations = withClaim(history.registrations, claim);
      return;
    case 'students':
      history.students = withClaim(history.students, claim);
      return;
    case 'hardship':
      history.hardship = withClaim(history.hardship, claim);
      return;
    case 'disability':
      history.disability = withClaim(history.disability, claim);
      return;
    case 'migrant-workers':
      history.migrantWork = withClaim(history.migrantWork, claim);
      return;
    case 'life-events':
      history.lifeEvents = withClaim(history.lifeEvents, claim);
      return;
    case 'births':
      history.births = withClaim(history.births, claim);
      return;
    case 'deaths':
      history.deaths = withClaim(history.deaths, claim);
      return;
    case 'refund-applications':
      history.refundApplications = withClaim(history.refundApplications, claim);
      return;
  }
}

// Claims of one list are few: put in where it belongs, a claim needs no sorting afterwards.
const withClaim = <C extends Claim>(claims: readonly C[], claim: C): readonly C[] =>
  claims.length === 0 ? [claim] : inOrder(withLast(claims, claim), byDay);

function isForeigner(facts: PersonFacts): boolean {
  return anyForeignersCard(facts.subjects) && anyForeignersCard(ownNumbers(facts));
}

function anyForeignersCard(subjects: readonly DecidedSubject[]): boolean {
  for (const { idType } of subjects) if (idType === 'FOREIGN_PERMANENT_RESIDENT') return true;
  return false;
}

// What somebody settled goes before all lists. Of these the births list goes first: it is the source the policies name; the number
// only carries the day along, and one that is not the person's own carries another's.
function birthOf(births: readonly ClaimOf<'births'>[], facts: PersonFacts): PersonHistory['birth'] {
  const settled = facts.settledValues && settledValuesOf(facts, 'birthDate')[0];
  if (settled !== undefined) {
    return { day: settled, claims: births.filter(({ attributes }) => attributes.bornOn === settled) };
  }
  const told = births.at(-1);
  if (told) return { day: told.attributes.bornOn, claims: [told] };
  for (const subject of ownNumbers(facts)) {
    const day = birthDateSaid(subject);
    if (day !== undefined) return { day, claims: NONE };
  }
  return null;
}
