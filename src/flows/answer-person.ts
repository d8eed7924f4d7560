import type { Caller, Purpose } from '../domain/access/caller.ts';
import { decideRead, type ReadRight } from '../domain/access/decide-read.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { seenNumber, type SeenNumber } from '../domain/access/mask.ts';
import { SeenRecord } from '../domain/access/seen-record.ts';
import { coversList, mayKnowOf, visibleClaims, type VisibleRecord } from '../domain/access/withhold-fields.ts';
import type { Claim } from '../domain/claims/claim.ts';
import { readIdNumber } from '../domain/intake/id-number.ts';
import type { IdType } from '../domain/intake/words.ts';
import type { NumberedFacts } from '../domain/person/person-facts.ts';
import { dayInShanghai } from '../domain/time/plain-date.ts';
import { untilBeat } from './even-answers.ts';
import type { Clock, Jurisdictions, PersonStore, SubjectKeys } from './ports.ts';
import { beginInEmergency, goOnInEmergency, type EmergencyReadPorts } from './read-in-emergency.ts';

/** A document that names a person, as one caller may see it. */
export interface SeenDocument {
  readonly idType: IdType;
  readonly number: SeenNumber;
}

/** A person as one caller may see them. What the caller may not see is not in it. */
export interface PersonView {
  readonly id: string;
  readonly jurisdiction: string;
  readonly knownAt: Date;
  /** Why it was read; whatever else is read of the person in the same operation is read for the same purpose. */
  readonly purpose: Purpose;
  readonly record: VisibleRecord;
  /** The documents that name the person, in order; numbers whole only for those who may see them so. */
  readonly documents: readonly SeenDocument[];
  /** The claims of the lists that the caller is granted, in the order in which they were told, names and numbers masked likewise. */
  readonly claims: readonly Claim[];
  /** Are there any such claims? */
  readonly hasClaims: boolean;
  /** May the caller see names and numbers unmasked? */
  readonly mayReveal: boolean;
}

/** What it takes to answer about persons. */
export interface AnswerPersonPorts {
  readonly persons: PersonStore;
  readonly subjectKeys: SubjectKeys;
  readonly jurisdictions: Jurisdictions;
  readonly clock: Clock;
}

/** What it takes to find persons, in an emergency too. */
export type FindPersonPorts = AnswerPersonPorts & EmergencyReadPorts;

/** How many persons one call may ask for. */
export const MOST_PERSONS = 1_000;

const PERSON_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Everything that stood of the person behind a view, whatever its caller may see. For deciding, never for answering. */
export const factsOf = (view: PersonView): NumberedFacts => KnownPerson.factsOf(view);

/** What one reading of persons goes by, once it is allowed. */
export interface Reading {
  readonly right: ReadRight;
  readonly purpose: Purpose;
  readonly knownAt: Date;
}

function viewOf(facts: NumberedFacts | undefined, reading: Reading): PersonView | null {
  return facts && mayKnowOf(reading.right, facts.claims) ? viewOfKnown(facts, reading) : null;
}

/** The views of persons whom the flow has read, in the order given; null for those of whom the caller may not know. */
export const viewPersons = (found: readonly (NumberedFacts | undefined)[], reading: Reading): (PersonView | null)[] =>
  found.map((facts) => viewOf(facts, reading));

/** The view of a person of whom the caller may know. */
const viewOfKnown = (facts: NumberedFacts, reading: Reading): PersonView => new KnownPerson(facts, reading);

/** Makes what is asked for when it is first asked for: most operations ask for a small part. */
class KnownPerson implements PersonView {
  readonly id: string;
  readonly knownAt: Date;
  readonly purpose: Purpose;
  // A decision needs every claim, the caller may see a few: where no resolver can reach them.
  readonly #facts: NumberedFacts;
  readonly #right: ReadRight;
  #claims: readonly Claim[] | undefined;
  #documents: readonly SeenDocument[] | undefined;

  constructor(facts: NumberedFacts, { right, purpose, knownAt }: Reading) {
    this.id = facts.id;
    this.knownAt = knownAt;
    this.purpose = purpose;
    this.#facts = facts;
    this.#right = right;
  }

  /** See {@link factsOf}. */
  static factsOf(view: PersonView): NumberedFacts {
    if (view instanceof KnownPerson) return view.#facts;
    throw new Error('This view was not made by findPeople or findPeopleByIds');
  }

  get jurisdiction(): string {
    return this.#right.jurisdiction.id;
  }

  get mayReveal(): boolean {
    return this.#right.reveal;
  }

  get record(): VisibleRecord {
    return new SeenRecord(this.#facts, this.#right, dayInShanghai(this.knownAt));
  }

  get documents(): readonly SeenDocument[] {
    return (this.#documents ??= this.#facts.subjects.map(({ idType, idNumber }) => ({
      idType,
      number: seenNumber(idType, idNumber, this.#right.reveal),
    })));
  }

  get claims(): readonly Claim[] {
    return (this.#claims ??= visibleClaims(this.#facts.claims, this.#right));
  }

  get hasClaims(): boolean {
    return this.#facts.claims.some(({ list }) => coversList(this.#right, list));
  }
}

/** Decides whether the caller may read this many persons, and by which right. */
function startReading(
  count: number,
  purpose: Purpose | null,
  knownAt: Date | null,
  caller: Caller | null,
  ports: AnswerPersonPorts,
): Answer<Reading> {
  const right = decideRead(caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined, purpose);
  if (!right.ok) return right;
  if (purpose === null) throw new Error('reading persons was granted for no purpose');
  if (count > MOST_PERSONS) {
    return refused(
      'BAD_USER_INPUT',
      `一次最多查询 ${MOST_PERSONS} 人`,
      `At most ${MOST_PERSONS} persons can be asked for at once`,
    );
  }
  return granted({ right: right.value, purpose, knownAt: knownAt ?? ports.clock.now() });
}

/**
 * Finds persons by their documents, in the order asked; a document without a type is told by its number's shape. A number that cannot be one, a person never heard of and a person
 * whom the caller may not know of are all `null`, so that the answer tells them apart to nobody, by what it says or by when it comes.
 *
 * @param knownAt what was known at this instant; `null` for now
 */
export async function findPeople(
  documents: readonly { readonly idType: IdType | null; readonly idNumber: string }[],
  purpose: Purpose,
  knownAt: Date | null,
  caller: Caller | null,
  ports: FindPersonPorts,
): Promise<Answer<readonly (PersonView | null)[]>> {
  const begun = performance.now();
  const emergency =
    purpose === 'EMERGENCY' ? await beginInEmergency(documents.length, knownAt, caller, ports) : undefined;
  const reading = emergency ?? startReading(documents.length, purpose, knownAt, caller, ports);
  if (!reading.ok) return reading;

  const read = documents.map(({ idNumber, idType }) => readIdNumber(idNumber, idType));
  const asked = await ports.subjectKeys.find(() => read.flatMap((one) => (one.ok ? [one.document] : [])));
  const keys = read.map((one) => (one.ok ? asked.keyOf(one.document) : null));
  const found = await ports.persons.findBySubjects(
    reading.value.right.jurisdiction.id,
    [...new Set(keys.filter((key) => key !== null))],
    reading.value.knownAt,
  );
  const views = keys.map((key) => viewOf(key === null ? undefined : found.get(key), reading.value));
  if (emergency?.ok) {
    const opened = [...new Set(views.flatMap((view) => view?.id ?? []))];
    await ports.emergencies.keepOpened(emergency.value.right.jurisdiction.id, emergency.value.emergency, opened);
  }
  if (views.includes(null)) await untilBeat(begun, reading.value.right);
  return granted(views);
}

/**
 * Finds persons by person id, in the order asked, for references from other subgraphs, which carry on the purpose for which the person
 * was read first. `null` as in {@link findPeople}; a reference that names no purpose is refused.
 */
export async function findPeopleByIds(
  ids: readonly string[],
  purpose: Purpose | null,
  knownAt: Date | null,
  caller: Caller | null,
  ports: FindPersonPorts,
): Promise<Answer<readonly (PersonView | null)[]>> {
  const begun = performance.now();
  const emergency = purpose === 'EMERGENCY' ? await goOnInEmergency(knownAt, caller, ports) : undefined;
  const reading = emergency ?? startReading(ids.length, purpose, knownAt, caller, ports);
  if (!reading.ok) return reading;

  const found = await ports.persons.findByIds(
    reading.value.right.jurisdiction.id,
    [...new Set(ids.filter((id) => PERSON_ID.test(id) && (!emergency?.ok || emergency.value.open.has(id))))],
    reading.value.knownAt,
  );
  const views = ids.map((id) => viewOf(found.get(id), reading.value));
  if (views.includes(null)) await untilBeat(begun, reading.value.right);
  return granted(views);
}

/**
 * Reads persons that the caller has found once more, as known at another instant, in the order given: so that many decisions
 * about the past take one statement. A person of whom nothing was known by then is one of whom nothing is said.
 *
 * @param persons all read for one purpose, which goes on
 */
export async function findPeopleAgain(
  persons: readonly PersonView[],
  knownAt: Date,
  caller: Caller | null,
  ports: AnswerPersonPorts,
): Promise<Answer<readonly PersonView[]>> {
  const [first] = persons;
  if (!first) return granted([]);
  const reading = startReading(persons.length, first.purpose, knownAt, caller, ports);
  if (!reading.ok) return reading;

  // A newborn may have been known then by the certificate alone: whoever of their subjects was known tells who they were.
  const keys = new Set(persons.flatMap(keysOf));
  const found = await ports.persons.findByIds(reading.value.right.jurisdiction.id, [...keys], knownAt);
  return granted(
    persons.map((person) => {
      const known = keysOf(person)
        .map((key) => found.get(key))
        .find(Boolean);
      const { subjects } = factsOf(person);
      return viewOfKnown({ ...(known ?? { subjects, claims: [] }), id: person.id }, reading.value);
    }),
  );
}

const keysOf = (person: PersonView): string[] => [person.id, ...factsOf(person).subjects.map(({ key }) => key)];
