import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { Claim, ClaimOf } from '../domain/claims/claim.ts';
import type { ListName } from '../domain/intake/words.ts';
import type { PersonView } from '../flows/answer-person.ts';
import type { HubContext } from './context.ts';

/** What every subgraph's `Person` stands on: the person as this caller may see them, and the instant asked for, if any. */
export interface PersonRoot {
  readonly id: string;
  /** See `PersonKey.asKnown`. */
  readonly asKnown: string;
  readonly view: PersonView;
  /** The earlier instant for which the person was asked; null for now. */
  readonly knownAt: Date | null;
}

/** The fields by which subgraphs speak of the same person. Each subgraph has a `Person` class of its own on top. */
@ObjectType({ simpleResolvers: true })
export class PersonKey {
  @Field(() => ID, {
    description: '人员标识：The hub’s own stable id of the person. It says nothing about them and is no id number.',
  })
  id: string;

  // A reference by id alone would lose the instant on its way to another subgraph, and an answer about yesterday would mix with today.
  @Directive('@inaccessible')
  @Field(() => ID, {
    description:
      'How subgraphs refer to the person within one operation: the id, and after an `@` the instant when an earlier one was asked for (knownAt).',
  })
  asKnown: string;
}

type PersonClass = new () => PersonKey;

let personOfSubgraph: PersonClass | undefined;

/**
 * Does work during which {@link personType} is a subgraph's own `Person`. Types that all subgraphs share point to persons, each
 * subgraph's to its own, and type-graphql keeps one description of a shared type for all of them.
 */
export function withPersonType<T>(person: PersonClass, work: () => T): T {
  personOfSubgraph = person;
  try {
    return work();
  } finally {
    personOfSubgraph = undefined;
  }
}

/** The `Person` of the subgraph that is being built. */
export function personType(): PersonClass {
  if (!personOfSubgraph) throw new Error('no subgraph is being built');
  return personOfSubgraph;
}

/** Makes the root of a `Person` from what the flow answered; null stays null. */
export function personRoot(view: PersonView | null, knownAt: Date | null): PersonRoot | null {
  if (!view) return null;
  const asKnown = knownAt ? `${view.id}@${knownAt.toISOString()}` : view.id;
  return { id: view.id, asKnown, view, knownAt };
}

/** Resolves a reference to a person: by `asKnown`, or by `id` for now. Access is decided by the flow behind the loader. */
export async function personReference(
  reference: Readonly<Record<string, unknown>>,
  context: HubContext,
): Promise<PersonRoot | null> {
  const [id, instant] = String(reference['asKnown'] ?? reference['id']).split('@');
  const knownAt = instant === undefined ? null : new Date(instant);
  if (!id || (knownAt && Number.isNaN(knownAt.getTime()))) return null;
  return personRoot(await context.persons.byId(id, knownAt), knownAt);
}

/** The claims of one list that the caller may see, in the order in which the hub was told. */
export function claimsOf<L extends ListName>(person: PersonRoot, list: L): ClaimOf<L>[] {
  return person.view.claims.filter((claim: Claim): claim is ClaimOf<L> & Claim => claim.list === list);
}
