import { buildSubgraphs } from '../subgraphs/all.ts';
import { composeSupergraph } from './supergraph.ts';

/** What `schema/` holds: the SDL of every subgraph and of the supergraph they make, by file name. */
export async function schemaFiles(): Promise<ReadonlyMap<string, string>> {
  const subgraphs = await buildSubgraphs();
  return new Map([
    ...subgraphs.map(({ name, sdl }): [string, string] => [`${name}.graphql`, sdl]),
    ['supergraph.graphql', `${composeSupergraph(subgraphs).sdl.trimEnd()}\n`],
  ]);
}
