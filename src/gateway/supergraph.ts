import { composeServices } from '@theguild/federation-composition';
import { parse, type DocumentNode } from 'graphql';
import type { Subgraph } from '../subgraphs/federated-schema.ts';
import { accessFaults } from './access-faults.ts';

/** The subgraphs put together. */
export interface Supergraph {
  /** For the planner: the whole graph with the notes of who owns what. */
  readonly sdl: string;
  /** For clients: the graph without any of these notes. */
  readonly publicSdl: string;
  readonly publicGraph: DocumentNode;
}

/**
 * Composes subgraphs; throws where they do not fit together, with the composer's own text, or where a rule of access could be walked
 * around.
 */
export function composeSupergraph(subgraphs: readonly Pick<Subgraph, 'name' | 'sdl'>[]): Supergraph {
  const parsed = subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl) }));
  const faults = accessFaults(parsed);
  if (faults.length > 0) throw new Error(`the subgraphs do not compose:\n${faults.join('\n')}`);
  // The planner asks by name; where a subgraph is reached stands in the settings alone.
  const composed = composeServices(
    parsed.map((one) => ({ ...one, url: `http://${one.name}.subgraph.internal/graphql` })),
  );
  if (composed.errors) {
    throw new Error(`the subgraphs do not compose:\n${composed.errors.map(({ message }) => message).join('\n')}`);
  }
  return { sdl: composed.supergraphSdl, publicSdl: composed.publicSdl, publicGraph: composed.publicDocumentNode };
}
