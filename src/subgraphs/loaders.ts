import DataLoader from 'dataloader';
import type { Caller } from '../domain/access/caller.ts';
import type { PersonView } from '../flows/answer-person.ts';
import type { Flows } from '../flows/flows.ts';
import { unwrap } from './refusal-error.ts';

/** Loads persons for one request: references that one operation makes are answered by one call, each person once. */
export interface PersonLoader {
  /** The person as known at the instant, by default now; null where there is none for this caller. */
  byId(id: string, knownAt?: Date | null): Promise<PersonView | null>;
  /** A person found before, as known at another instant. */
  again(person: PersonView, knownAt: Date): Promise<PersonView>;
  /** Puts persons found by document within reach of references to them that name the same instant. */
  remember(view: PersonView, knownAt?: Date | null): void;
}

interface Asked {
  readonly id: string;
  readonly knownAt: Date | null;
}

interface AskedAgain {
  readonly person: PersonView;
  readonly knownAt: Date;
}

const keyOf = ({ id, knownAt }: Asked): string => `${id}@${knownAt?.toISOString() ?? ''}`;

/** Makes the person loader of one request. */
export function personLoader(flows: Flows, caller: Caller | null): PersonLoader {
  const loader = new DataLoader<Asked, PersonView | null, string>((asked) => loadAll(asked, flows, caller), {
    cacheKeyFn: keyOf,
  });
  const again = new DataLoader<AskedAgain, PersonView, string>((asked) => loadAgain(asked, flows, caller), {
    cacheKeyFn: ({ person, knownAt }) => keyOf({ id: person.id, knownAt }),
  });
  return {
    again: (person, knownAt) => again.load({ person, knownAt }),
    byId: (id, knownAt = null) => loader.load({ id, knownAt }),
    remember: (view, knownAt = null) => {
      loader.prime({ id: view.id, knownAt }, view);
    },
  };
}

// One call an instant; nearly every operation names only one.
async function loadAll(asked: readonly Asked[], flows: Flows, caller: Caller | null): Promise<(PersonView | null)[]> {
  const found = new Map<string, PersonView | null>();
  const instants = new Map(asked.map(({ knownAt }) => [knownAt?.getTime(), knownAt]));
  for (const knownAt of instants.values()) {
    const ids = asked.filter((one) => one.knownAt?.getTime() === knownAt?.getTime()).map(({ id }) => id);
    const views = unwrap(await flows.findPeopleByIds(ids, knownAt, caller));
    ids.forEach((id, index) => found.set(keyOf({ id, knownAt }), views[index] ?? null));
  }
  return asked.map((one) => found.get(keyOf(one)) ?? null);
}

async function loadAgain(asked: readonly AskedAgain[], flows: Flows, caller: Caller | null): Promise<PersonView[]> {
  const found = new Map<string, PersonView>();
  const instants = new Map(asked.map(({ knownAt }) => [knownAt.getTime(), knownAt]));
  for (const knownAt of instants.values()) {
    const persons = asked.filter((one) => one.knownAt.getTime() === knownAt.getTime()).map(({ person }) => person);
    for (const view of unwrap(await flows.findPeopleAgain(persons, knownAt, caller))) {
      found.set(keyOf({ id: view.id, knownAt }), view);
    }
  }
  return asked.map(({ person, knownAt }) => found.get(keyOf({ id: person.id, knownAt }))!);
}
