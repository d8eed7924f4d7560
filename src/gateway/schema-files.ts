import { hubSubgraphs } from '../subgraphs/all.ts';
import { fieldOwners, readOwners, unreviewedOwners, writeOwners } from './field-owners.ts';
import { composeSupergraph } from './supergraph.ts';

/**
 * What `schema/` holds: the SDL of every subgraph and of the supergraph they make, and the owners of all fields, by file name. Throws
 * where the subgraphs do not compose, or where a field has owners that are not among the reviewed (the text of `owners.yaml`).
 */
export async function schemaFiles(reviewed: string): Promise<ReadonlyMap<string, string>> {
  const subgraphs = await hubSubgraphs();
  const owners = fieldOwners(subgraphs);
  const unreviewed = unreviewedOwners(owners, readOwners(reviewed));
  if (unreviewed.length > 0) {
    throw new Error(`owners that schema/owners.yaml does not name:\n${unreviewed.join('\n')}`);
  }
  return new Map([
    ...subgraphs.map(({ name, sdl }): [string, string] => [`${name}.graphql`, sdl]),
    ['supergraph.graphql', `${composeSupergraph(subgraphs).sdl.trimEnd()}\n`],
    ['owners.yaml', writeOwners(owners)],
  ]);
}
