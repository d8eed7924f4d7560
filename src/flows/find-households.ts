import type { Caller, Purpose } from '../domain/access/caller.ts';
import { decideHouseholdRead, decideUnenrolled, type ReadRight } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import { deathStatus } from '../domain/person/death-status.ts';
import { isThere, staysIn, type HouseholdStay, type ToldResidence } from '../domain/person/household.ts';
import { mergedValue } from '../domain/person/merge-claims.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import {
  householdStatus,
  memberEnrolment,
  type HouseholdStatus,
  type MemberEnrolment,
} from '../domain/policy/household-enrolment.ts';
import { dayInShanghai, parsePlainDate, yearOf, type PlainDate } from '../domain/time/plain-date.ts';
import { factsOf, viewPersons, type AnswerPersonPorts, type PersonView, type Reading } from './answer-person.ts';
import { untilBeat } from './even-answers.ts';
import { packForYear } from './pack-for-year.ts';
import type { PolicyPacks } from './ports.ts';
import type { SearchStore } from './ports-search.ts';

/** What it takes to answer about households. */
export interface FindHouseholdsPorts extends AnswerPersonPorts {
  readonly search: SearchStore;
  readonly packs: PolicyPacks;
}

/** What is asked of a household; `null` for what follows from the rest: now, the day of `knownAt`, the year of `asOf`. */
export interface HouseholdQuestion {
  readonly asOf: PlainDate | null;
  readonly knownAt: Date | null;
  readonly policyYear: number | null;
}

/** Somebody's stay in a household. */
export interface HouseholdMemberView extends HouseholdStay {
  readonly view: PersonView;
  /** Are they there on the day asked about? */
  readonly present: boolean;
  /** How they stand to the plan year's insurance; `null` for who is not there, or has a residence permit only. */
  readonly enrolment: Answer<MemberEnrolment | null>;
}

/** A household as one caller may see it. */
export interface HouseholdView {
  readonly number: string;
  readonly jurisdiction: string;
  readonly asOf: PlainDate;
  readonly knownAt: Date;
  readonly policyYear: number;
  /** Everybody who was ever registered in it and of whom the caller may know, a member once for each stay. */
  readonly members: readonly HouseholdMemberView[];
  readonly status: Answer<HouseholdStatus | null>;
  /** Members who should be enrolled for the plan year and are not. */
  readonly notEnrolled: Answer<readonly HouseholdMemberView[]>;
}

const MOST_RESIDENCES = 5_000;
const LONGEST_NUMBER = 50;
/** A key that nobody has. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Finds one household by its number, with its members over time. `null` where nobody of whom the caller may know was ever in it.
 * Who of it is not enrolled is told only to those who may ask what packs decide of everybody, as the unit that must act.
 */
export async function findHousehold(
  number: string,
  purpose: Purpose,
  question: HouseholdQuestion,
  caller: Caller | null,
  ports: FindHouseholdsPorts,
): Promise<Answer<HouseholdView | null>> {
  const begun = performance.now();
  const right = decideHouseholds(purpose, caller, ports);
  if (!right.ok) return right;
  const asked = checkQuestion(question, ports);
  if (!asked.ok) return asked;
  if (number.length < 1 || number.length > LONGEST_NUMBER || /\p{Cc}/u.test(number)) {
    return refused('BAD_USER_INPUT', '户号应为 1 至 50 个字', 'A household number holds 1 to 50 characters');
  }
  const found = await readHouseholds([number], purpose, right.value, asked.value, ports);
  if (!found.ok) return found;
  const household = found.value.get(number) ?? null;
  if (!household) await untilBeat(begun, right.value);
  return granted(household);
}

/**
 * Finds the households of persons that the caller has read, on a day and as known at the instant for which they were read, in the
 * order given; `null` for who is registered in none, and for everybody where the caller may not see the residents list.
 *
 * @param persons all read for one purpose and as known at one instant
 */
export async function findHouseholdsOf(
  persons: readonly PersonView[],
  question: Omit<HouseholdQuestion, 'knownAt'>,
  caller: Caller | null,
  ports: FindHouseholdsPorts,
): Promise<Answer<readonly (HouseholdView | null)[]>> {
  const [first] = persons;
  if (!first) return granted([]);
  const right = decideHouseholds(first.purpose, caller, ports);
  if (!right.ok) return right.refusal.code === 'FORBIDDEN' ? granted(persons.map(() => null)) : right;
  const asked = checkQuestion({ ...question, knownAt: first.knownAt }, ports);
  if (!asked.ok) return asked;
  const numbers = persons.map(
    (person) => mergedValue('householdNumber', factsOf(person), right.value.jurisdiction, asked.value.asOf)?.value,
  );
  const known = [...new Set(numbers.filter((number) => number !== undefined))];
  const found = await readHouseholds(known, first.purpose, right.value, asked.value, ports);
  return found.ok ? granted(numbers.map((number) => found.value.get(number ?? '') ?? null)) : found;
}

/** A question with nothing left open. */
interface Asked {
  readonly asOf: PlainDate;
  readonly knownAt: Date;
  readonly policyYear: number;
}

function checkQuestion(question: HouseholdQuestion, ports: FindHouseholdsPorts): Answer<Asked> {
  const knownAt = question.knownAt ?? ports.clock.now();
  const asOf = question.asOf ?? dayInShanghai(knownAt);
  if (parsePlainDate(asOf) === undefined) {
    return refused('BAD_USER_INPUT', 'asOf 不是日历上的日期', 'asOf is not a day of the calendar');
  }
  return granted({ asOf, knownAt, policyYear: question.policyYear ?? yearOf(asOf) });
}

const decideHouseholds = (purpose: Purpose, caller: Caller | null, ports: FindHouseholdsPorts): Answer<ReadRight> =>
  decideHouseholdRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined, purpose);

async function readHouseholds(
  numbers: readonly string[],
  purpose: Purpose,
  right: ReadRight,
  asked: Asked,
  ports: FindHouseholdsPorts,
): Promise<Answer<ReadonlyMap<string, HouseholdView>>> {
  const { id } = right.jurisdiction;
  const { residences, subjects } = await ports.search.residencesOf(id, numbers, asked.knownAt, MOST_RESIDENCES + 1);
  if (residences.length > MOST_RESIDENCES) {
    return refused(
      'BAD_USER_INPUT',
      '所查户的登记过多，请分批查询',
      'The households have too many registrations; ask for fewer',
    );
  }
  // As many statements for a household that is not there as for one that the caller may not know of.
  const looked = numbers.length > 0 && subjects.length === 0 ? [NOBODY] : subjects;
  const found = await ports.persons.findBySubjects(id, looked, asked.knownAt);
  const persons = [...new Map([...found.values()].map((facts) => [facts.id, facts])).values()];
  const views = viewPersons(persons, { right, purpose, knownAt: asked.knownAt } satisfies Reading).filter(
    (view) => view !== null,
  );
  const told = residencesByPerson(residences, found);
  const households = numbers.map((number) => {
    const members = views.flatMap((view) => membersOf(number, view, told.get(view.id) ?? [], asked, right, ports));
    return [number, householdOf(number, members.sort(inOrder), asked, right)] as const;
  });
  return granted(new Map(households.filter(([, { members }]) => members.length > 0)));
}

/** Whose each residence is: of the person of its subject, or of whom its name was settled to belong to. */
function residencesByPerson(
  residences: readonly ToldResidence[],
  persons: ReadonlyMap<string, PersonFacts>,
): Map<string, ToldResidence[]> {
  const splits = new Map(
    [...persons.values()]
      .flatMap((facts) => facts.splits ?? [])
      .map(({ subjectKey, name, toKey }) => [`${subjectKey} ${name}`, toKey]),
  );
  const byPerson = new Map<string, ToldResidence[]>();
  for (const one of residences) {
    const key = splits.get(`${one.subjectKey} ${bareName(one.name)}`) ?? one.subjectKey;
    const person = persons.get(key)?.id;
    if (person !== undefined) byPerson.set(person, [...(byPerson.get(person) ?? []), one]);
  }
  return byPerson;
}

function membersOf(
  number: string,
  view: PersonView,
  told: readonly ToldResidence[],
  asked: Asked,
  right: ReadRight,
  ports: FindHouseholdsPorts,
): HouseholdMemberView[] {
  const facts = factsOf(view);
  const { diedOn } = deathStatus(facts.claims, right.jurisdiction.deaths);
  return staysIn(number, told, diedOn).map((stay) => {
    const present = isThere(stay, asked.asOf);
    // The household book (户口簿) is what the rule speaks of: whoever has a residence permit is in the book of another place.
    const counts = present && stay.registration === 'HUKOU';
    return { ...stay, view, present, enrolment: counts ? enrolmentOf(facts, asked, right, ports) : granted(null) };
  });
}

function enrolmentOf(
  facts: PersonFacts,
  { asOf, knownAt, policyYear }: Asked,
  { caller, jurisdiction, knows }: ReadRight,
  ports: FindHouseholdsPorts,
): Answer<MemberEnrolment> {
  const right = decideUnenrolled(caller, jurisdiction);
  if (!right.ok) return right;
  // Whoever does not know every member would take the rest for all.
  if (knows !== 'EVERYBODY') {
    return refused('FORBIDDEN', '未获准查询全户参保情况', 'Asking whether a household is enrolled is not granted');
  }
  const pack = packForYear(policyYear, jurisdiction.packs, ports.packs);
  if (!pack) {
    return refused('NOT_FOUND', '本统筹区没有该年度的政策包', 'This jurisdiction has no policy pack for the plan year');
  }
  return granted(memberEnrolment(pack, facts, asOf, knownAt, jurisdiction.deaths));
}

function householdOf(
  number: string,
  members: readonly HouseholdMemberView[],
  asked: Asked,
  { jurisdiction }: ReadRight,
): HouseholdView {
  const unanswered = members.map(({ enrolment }) => enrolment).find(({ ok }) => !ok);
  const standing = members.flatMap(({ enrolment }) => (enrolment.ok && enrolment.value ? [enrolment.value] : []));
  const listed = members.filter(({ enrolment }) => enrolment.ok && enrolment.value === 'NOT_ENROLLED');
  const refusal = unanswered && !unanswered.ok ? unanswered : null;
  return {
    number,
    jurisdiction: jurisdiction.id,
    ...asked,
    members,
    status: refusal ?? granted(householdStatus(standing)),
    notEnrolled: refusal ?? granted(listed),
  };
}

const inOrder = (a: HouseholdMemberView, b: HouseholdMemberView): number =>
  (a.from ?? '').localeCompare(b.from ?? '', 'en') || (a.view.id < b.view.id ? -1 : 1);
