import DataLoader from 'dataloader';
import type { Caller } from '../domain/access/caller.ts';
import type { PersonView } from '../flows/answer-person.ts';
import type { Flows } from '../flows/flows.ts';
import { unwrap } from './refusal-error.ts';

/** Loads persons for one request: references that one operation makes are answered by one call, each person once. */
export interface PersonLoader {
  byId(id: string): Promise<PersonView | null>;
  /** Puts persons found by document within reach of references to them. */
  remember(view: PersonView): void;
}

/** Makes the person loader of one request. */
export function personLoader(flows: Flows, caller: Caller | null): PersonLoader {
  const loader = new DataLoader<string, PersonView | null>(async (ids) =>
    unwrap(await flows.findPeopleByIds(ids, null, caller)),
  );
  return {
    byId: (id) => loader.load(id),
    remember: (view) => {
      loader.prime(view.id, view);
    },
  };
}
