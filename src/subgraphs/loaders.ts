import DataLoader from 'dataloader';
import type { Caller, Purpose } from '../domain/access/caller.ts';
import type { PersonView } from '../flows/answer-person.ts';
import type { HouseholdView } from '../flows/find-households.ts';
import type { Flows } from '../flows/flows.ts';
import type { StoredSubmission } from '../flows/ports.ts';
import { unwrap } from './refusal-error.ts';

/** Loads persons for one request: references that one operation makes are answered by one call, each person once. */
export interface PersonLoader {
  /** The person, read for the purpose, as known at the instant, by default now; null where there is none for this caller. */
  byId(id: string, purpose: Purpose | null, knownAt?: Date | null): Promise<PersonView | null>;
  /** A person found before, as known at another instant. */
  again(person: PersonView, knownAt: Date): Promise<PersonView>;
  /** Puts persons found by document within reach of references to them that name the same purpose and instant. */
  remember(view: PersonView, knownAt?: Date | null): void;
}

interface Asked {
  readonly id: string;
  readonly purpose: Purpose | null;
  readonly knownAt: Date | null;
}

interface AskedAgain {
  readonly person: PersonView;
  readonly knownAt: Date;
}

/** A person within reach of references that name this instant. */
interface Remembered {
  readonly view: PersonView;
  readonly at: Date | null;
}

/** What persons are read for at one go: one purpose, and one instant. */
const readingOf = ({ purpose, knownAt }: Pick<Asked, 'purpose' | 'knownAt'>): string =>
  `${purpose}@${knownAt?.toISOString() ?? ''}`;

const keyOf = (asked: Asked): string => `${asked.id} ${readingOf(asked)}`;

/** Makes the person loader of one request. */
export function personLoader(flows: Flows, caller: Caller | null): PersonLoader {
  const remembered: Remembered[] = [];
  const loader = whenAsked(
    () =>
      new DataLoader<Asked, PersonView | null, string>((asked) => loadAll(asked, flows, caller), { cacheKeyFn: keyOf }),
  );
  const again = whenAsked(
    () =>
      new DataLoader<AskedAgain, PersonView, string>((asked) => loadAgain(asked, flows, caller), {
        cacheKeyFn: ({ person, knownAt }) => keyOf({ id: person.id, purpose: person.purpose, knownAt }),
      }),
  );
  return {
    again: (person, knownAt) => again().load({ person, knownAt }),
    byId: (id, purpose, knownAt = null) => {
      for (const { view, at } of remembered.splice(0)) {
        loader().prime({ id: view.id, purpose: view.purpose, knownAt: at }, view);
      }
      return loader().load({ id, purpose, knownAt });
    },
    // Kept for the first reference: an operation of one subgraph makes none.
    remember: (view, at = null) => void remembered.push({ view, at }),
  };
}

/** Makes something when it is first asked for: most operations need no loader, or one. */
function whenAsked<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Loads households for one request: those that one operation asks of many persons are answered by one call. */
export interface HouseholdLoader {
  /** The household of a person on a day, by default that of what is known of them; null where there is none for this caller. */
  of(person: PersonView, asOf: string | null, policyYear: number | null): Promise<HouseholdView | null>;
}

interface HouseholdAsked {
  readonly person: PersonView;
  readonly asOf: string | null;
  readonly policyYear: number | null;
}

/** Makes the household loader of one request. */
export function householdLoader(flows: Flows, caller: Caller | null): HouseholdLoader {
  const sameQuestion = ({ person, asOf, policyYear }: HouseholdAsked): string =>
    `${readingOf(person)} ${asOf} ${policyYear}`;
  const loader = whenAsked(
    () =>
      new DataLoader<HouseholdAsked, HouseholdView | null, string>(
        (asked) =>
          grouped(asked, sameQuestion, async (some) => {
            const { asOf, policyYear } = some[0]!;
            const persons = some.map(({ person }) => person);
            return unwrap(await flows.findHouseholdsOf(persons, { asOf, policyYear }, caller));
          }),
        { cacheKeyFn: (asked) => `${asked.person.id} ${sameQuestion(asked)}` },
      ),
  );
  return { of: (person, asOf, policyYear) => loader().load({ person, asOf, policyYear }) };
}

/** Loads what lies behind rows for one request: whom they are about, and the submissions that they belong to. */
export interface RowLoader {
  /** Whom a row of a submission is about; null for nobody that this caller may read for the purpose. */
  person(submission: string, row: number, purpose: Purpose): Promise<PersonView | null>;
  /** One of the agency's own submissions; null for any other. */
  submission(id: string): Promise<StoredSubmission | null>;
}

interface RowAsked {
  readonly submission: string;
  readonly row: number;
  readonly purpose: Purpose;
}

/** Makes the row loader of one request. */
export function rowLoader(flows: Flows, caller: Caller | null): RowLoader {
  const persons = whenAsked(
    () =>
      new DataLoader<RowAsked, PersonView | null, string>(
        (asked) =>
          grouped(
            asked,
            ({ submission, purpose }) => `${submission} ${purpose}`,
            async (some) => {
              const { submission, purpose } = some[0]!;
              const rows = some.map(({ row }) => row);
              return unwrap(await flows.personsOfRows(submission, rows, purpose, caller));
            },
          ),
        { cacheKeyFn: ({ submission, row, purpose }) => `${submission} ${row} ${purpose}` },
      ),
  );
  const submissions = whenAsked(
    () =>
      new DataLoader<string, StoredSubmission | null>(async (ids) => [
        ...unwrap(await flows.findSubmissions(ids, caller)),
      ]),
  );
  return {
    person: (submission, row, purpose) => persons().load({ submission, row, purpose }),
    submission: (id) => submissions().load(id),
  };
}

/** Asks once for each group of what is alike, and gives the answers in the order asked. */
async function grouped<Q, A>(
  asked: readonly Q[],
  likeness: (one: Q) => string,
  ask: (some: readonly Q[]) => Promise<readonly (A | null)[]>,
): Promise<(A | null)[]> {
  const found = new Map<Q, A | null>();
  for (const some of Map.groupBy(asked, likeness).values()) {
    const answers = await ask(some);
    some.forEach((one, index) => found.set(one, answers[index] ?? null));
  }
  return asked.map((one) => found.get(one) ?? null);
}

// One call a purpose and instant; nearly every operation names only one.
const loadAll = (asked: readonly Asked[], flows: Flows, caller: Caller | null): Promise<(PersonView | null)[]> =>
  grouped(asked, readingOf, async (some) => {
    const { purpose, knownAt } = some[0]!;
    const ids = some.map(({ id }) => id);
    return unwrap(await flows.findPeopleByIds(ids, purpose, knownAt, caller));
  });

async function loadAgain(asked: readonly AskedAgain[], flows: Flows, caller: Caller | null): Promise<PersonView[]> {
  const sameReading = ({ person, knownAt }: AskedAgain): string => readingOf({ purpose: person.purpose, knownAt });
  const views = await grouped(asked, sameReading, async (some) => {
    const persons = some.map(({ person }) => person);
    return unwrap(await flows.findPeopleAgain(persons, some[0]!.knownAt, caller));
  });
  return views.map((view) => view!);
}
