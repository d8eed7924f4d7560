import { parse } from 'graphql';
import { parse as parseYaml } from 'yaml';
import type { Subgraph } from '../subgraphs/federated-schema.ts';
import { typesWithFields } from './access-faults.ts';

/** Every field of the graph (`Person.name`) with the subgraphs that own it, both in order. */
export type FieldOwners = ReadonlyMap<string, readonly string[]>;

/** Who owns what, as the subgraphs have it now. */
export function fieldOwners(subgraphs: readonly Pick<Subgraph, 'name' | 'sdl'>[]): FieldOwners {
  const owners = new Map<string, Set<string>>();
  for (const { name, sdl } of subgraphs) {
    for (const type of typesWithFields(parse(sdl))) {
      for (const field of type.fields ?? []) {
        const place = `${type.name.value}.${field.name.value}`;
        owners.set(place, (owners.get(place) ?? new Set<string>()).add(name));
      }
    }
  }
  return new Map(
    [...owners]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([place, names]) => [place, [...names].toSorted()]),
  );
}

const HEAD = `# Who owns every field of the graph. npm run schema adds a new field of one subgraph, and drops one that is gone.
# A field that gets another owner, or several at once, stops it: whoever means that writes the owners here, and
# somebody else reads it. From then on a second subgraph answers for the field.
`;

/** What `schema/owners.yaml` says. */
export const writeOwners = (owners: FieldOwners): string =>
  HEAD + [...owners].map(([place, names]) => `${place}: ${names.join(' ')}\n`).join('');

/** Reads `schema/owners.yaml`. */
export function readOwners(text: string): FieldOwners {
  const read = (parseYaml(text) ?? {}) as Readonly<Record<string, unknown>>;
  return new Map(Object.entries(read).map(([place, names]) => [place, String(names).split(' ')]));
}

/** What must be looked at before it is composed: owners of fields whom nobody has written down. */
export function unreviewedOwners(owners: FieldOwners, reviewed: FieldOwners): string[] {
  return [...owners].flatMap(([place, names]) => {
    const known = reviewed.get(place) ?? (names.length === 1 ? names : []);
    const added = names.filter((name) => !known.includes(name));
    return added.length === 0 ? [] : [`${place}: ${added.join(', ')} would answer for it too`];
  });
}
