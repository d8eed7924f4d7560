import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { Purpose } from '../domain/access/caller.ts';
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

  // A reference by id alone would lose the purpose on its way to another subgraph, and the instant: an answer about yesterday would mix
  // with today, and nobody could say why the rest was read.
  @Directive('@inaccessible')
  @Field(() => ID, {
    description:
      'How subgraphs refer to the person within one operation: the id, after a `~` the purpose for which the person is read, and after an `@` the instant when an earlier one was asked for (knownAt).',
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

/** The id, the purpose, the instant; see `PersonKey.asKnown`. */
const REFERENCE = /^([^~@]+)(?:~([A-Z_]+))?(?:@(.+))?$/;

/** Makes the root of a `Person` from what the flow answered; null stays null. */
export function personRoot(view: PersonView | null, knownAt: Date | null): PersonRoot | null {
  if (!view) return null;
  const asKnown = `${view.id}~${view.purpose}${knownAt ? `@${knownAt.toISOString()}` : ''}`;
  return { id: view.id, asKnown, view, knownAt };
}

/**
 * Resolves a reference to a person: by `asKnown`, which says for what they are read; one by `id` alone says not, and the flow behind the
 * loader refuses it.
 */
export async function personReference(
  reference: Readonly<Record<string, unknown>>,
  context: HubContext,
): Promise<PersonRoot | null> {
  const [, id, purpose, instant] = REFERENCE.exec(String(reference['asKnown'] ?? reference['id'])) ?? [];
  const knownAt = instant === undefined ? null : new Date(instant);
  if (!id || (knownAt && Number.isNaN(knownAt.getTime()))) return null;
  // What is no purpose at all is granted to nobody.
  return personRoot(await context.persons.byId(id, (purpose as Purpose | undefined) ?? null, knownAt), knownAt);
}

/** The claims of one list that the caller may see, in the order in which the hub was told. */
export function claimsOf<L extends ListName>(person: PersonRoot, list: L): ClaimOf<L>[] {
  return person.view.claims.filter((claim: Claim): claim is ClaimOf<L> & Claim => claim.list === list);
}
