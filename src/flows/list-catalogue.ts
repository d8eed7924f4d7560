import { decideByRule, type Granted } from '../domain/access/access-rules.ts';
import type { Caller } from '../domain/access/caller.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import type { ListDefinition } from '../domain/claims/list-reading.ts';
import type { Column } from '../domain/intake/list-definition.ts';
import { LISTS, type Category, type ListName } from '../domain/intake/words.ts';
import { categoryUsages } from '../lists/category-words.ts';
import { allLists } from '../lists/registry.ts';
import type { Jurisdictions } from './ports.ts';

/** One list as an agency's program needs to know it. */
export interface CataloguedList {
  readonly name: ListName;
  /** Its name in Chinese. */
  readonly zh: string;
  readonly columns: readonly Column[];
  /** Sets of columns of which a row that removes must fill one, besides the id number. */
  readonly neededToRemove: readonly (readonly string[])[];
  /** The owners' words for identities and what each stands for; empty but for the hardship list. */
  readonly categoryWords: readonly { readonly word: string; readonly category: Category }[];
  /** May the caller push it: granted to the agency, and in its token's scopes? */
  readonly mayPush: boolean;
  /** The categories of it that the agency may push; null where the grant names none. */
  readonly categories: readonly Category[] | null;
}

/** What it takes to show the catalogue. */
export interface ListCataloguePorts {
  readonly jurisdictions: Jurisdictions;
}

/** Every list with its columns and words, and what of it the caller may push. Lists are public to every agency signed in. */
export function listCatalogue(caller: Caller | null, ports: ListCataloguePorts): Answer<readonly CataloguedList[]> {
  const letIn = decideByRule('ANY_TOKEN', caller, caller ? ports.jurisdictions.find(caller.jurisdiction) : undefined);
  if (!letIn.ok) return letIn;
  return granted(allLists().map((list) => cataloguedList(list, letIn.value)));
}

function cataloguedList(list: ListDefinition, { grant, caller, jurisdiction }: Granted): CataloguedList {
  const { name, columns, neededToRemove } = list;
  const pushes = grant.pushes[name];
  return {
    name,
    columns,
    neededToRemove,
    zh: LISTS[name],
    categoryWords: name === 'hardship' ? categoryUsages() : [],
    mayPush: decideByRule('PUSH_LIST', caller, jurisdiction, { list: name }).ok,
    categories: pushes?.categories ?? null,
  };
}
