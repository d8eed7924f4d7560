import type { Jurisdiction } from '../domain/access/caller.ts';
import type { IdentityMatter } from '../domain/identity/identity-matter.ts';
import {
  conflictMatters,
  foundMatters,
  namedWithOthers,
  nameMatter,
  type NamesDiffer,
} from '../domain/person/identity-matters.ts';
import { namesakeMatters } from '../domain/person/namesake-matters.ts';
import { cardOf, type PersonCard } from '../domain/person/person-card.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import { dayInShanghai, type PlainDate } from '../domain/time/plain-date.ts';
import { dueFrom } from './due-day.ts';
import type { Clock } from './ports.ts';
import type { PeopleStore, PeopleTransaction } from './ports-people.ts';
import type { WorkingDays } from './ports-review.ts';
import type { CardStore } from './ports-search.ts';
import type { TouchedPersons } from './ports-work.ts';

/** What it takes to keep cards of people and tasks about who they are. */
export interface KeepPeoplePorts {
  readonly cards: Pick<CardStore, 'wantMissing'>;
  readonly people: PeopleStore;
  readonly workingDays: WorkingDays;
  readonly clock: Clock;
}

/** Persons whose cards and tasks are written at once. */
const PERSONS_AT_ONCE = 4_000;

/**
 * Keeps, of the persons that are added, the cards by which they are found and the tasks that only a person can settle: both follow
 * from what stands, so that every way in comes to the same, in any order. Some are written while more are added.
 */
export class PeopleKeeper {
  readonly #jurisdiction: Jurisdiction;
  readonly #ports: KeepPeoplePorts;
  readonly #today: PlainDate;
  #waiting = new Seen();
  #writing: Promise<void> = Promise.resolve();

  constructor(jurisdiction: Jurisdiction, ports: KeepPeoplePorts) {
    this.#jurisdiction = jurisdiction;
    this.#ports = ports;
    this.#today = dayInShanghai(ports.clock.now());
  }

  async add({ persons, facts }: TouchedPersons): Promise<void> {
    for (const person of persons) {
      this.#waiting.persons.push(person);
      this.#waiting.subjects.push(person);
    }
    for (const person of facts) this.#waiting.add(person, this.#jurisdiction, this.#today);
    if (this.#waiting.persons.length >= PERSONS_AT_ONCE) await this.#writeWaiting();
  }

  /** Resolves when everything that was added is written, or nothing more will be. */
  async end(): Promise<void> {
    if (this.#waiting.persons.length > 0) await this.#writeWaiting();
    await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    await this.#writing;
    const seen = this.#waiting;
    this.#writing = this.#ports.people.inTransaction(this.#jurisdiction.id, (tx) =>
      keep(seen, this.#jurisdiction.id, tx, this.#ports),
    );
    // Awaited only with the next; an error in between must not count as nobody's.
    this.#writing.catch(() => undefined);
    this.#waiting = new Seen();
  }
}

/** What is known of some persons. */
class Seen {
  readonly persons: string[] = [];
  /** Also the ids of the persons, each of which is a subject's key. */
  readonly subjects: string[] = [];
  readonly cards: PersonCard[] = [];
  readonly matters: IdentityMatter[] = [];
  /** Names that differ, by their keys. */
  readonly differing: (NamesDiffer & { readonly toldOf: readonly string[] })[] = [];
  /** Subjects whom rows name together with somebody else's document. */
  readonly named: string[] = [];

  add(facts: PersonFacts, rule: Jurisdiction, today: PlainDate): void {
    this.cards.push(cardOf(facts, rule, today));
    for (const { key } of facts.subjects) if (key !== facts.id) this.subjects.push(key);
    const { names, others } = foundMatters(facts);
    if (others.length > 0) this.matters.push(...others);
    if (names.length > 0) {
      const toldOf = [...facts.subjects.map(({ key }) => key), ...facts.claims.map(({ subjectKey }) => subjectKey)];
      for (const one of names) this.differing.push({ ...one, toldOf });
    }
    const named = namedWithOthers(facts);
    if (named.length > 0) this.named.push(...named);
  }
}

async function keep(
  seen: Seen,
  jurisdiction: string,
  tx: PeopleTransaction,
  { clock, workingDays }: KeepPeoplePorts,
): Promise<void> {
  const { persons, subjects, cards, matters, named } = seen;
  const namesakes = await tx.cards.replace(jurisdiction, persons, subjects, cards);
  const conflicts = await tx.matters.conflictsAround(jurisdiction, named, subjects);
  const { settlements, personOf } =
    namesakes.length === 0
      ? NOTHING_SETTLED
      : await tx.matters.settlementsOf(jurisdiction, [...new Set(namesakes.flatMap((group) => group.persons))]);
  const all = [
    ...matters,
    ...(await nameMatters(seen.differing, jurisdiction, tx)),
    ...conflictMatters(conflicts),
    ...namesakeMatters(namesakes, settlements, (subject) => personOf.get(subject) ?? subject),
  ];
  const at = clock.now();
  const dueOn = dueFrom(at, workingDays);
  await tx.keepMatters(jurisdiction, subjects, all, { at, dueOn });
}

/** Only the names themselves tell whether they may be one person's: they are opened, of those few. */
async function nameMatters(
  differing: Seen['differing'],
  jurisdiction: string,
  tx: PeopleTransaction,
): Promise<readonly IdentityMatter[]> {
  if (differing.length === 0) return [];
  const toldOf = [...new Set(differing.flatMap((one) => one.toldOf))];
  const nameOf = await tx.matters.bareNamesOf(jurisdiction, toldOf);
  return differing.map((one) => nameMatter(one, one.names.map(nameOf)));
}

const NOTHING_SETTLED = { settlements: [], personOf: new Map<string, string>() };
