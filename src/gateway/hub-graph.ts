import { resolve } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { hubSubgraphs } from '../subgraphs/all.ts';
import type { Subgraph } from '../subgraphs/federated-schema.ts';
import { madeOnce } from '../subgraphs/made-once.ts';
import { compileOperation, type RunOperation } from './compile-operation.ts';
import { readOwnExamples, type OwnExamples } from './example-variables.ts';
import { joinSubgraphs } from './joined-schema.ts';
import { loadPublishedOperations, type PublishedOperations } from './published-operations.ts';
import { costCounter } from './query-cost.ts';
import { composeSupergraph, type Supergraph } from './supergraph.ts';

/** `src/gateway` and `dist/gateway` both lie two folders below the root of the package. */
const OPERATIONS_DIR = resolve(import.meta.dirname, '../../operations');

/** All of a hub's graph that is the same whatever its settings. */
export interface HubGraph {
  readonly subgraphs: readonly Subgraph[];
  readonly supergraph: Supergraph;
  /** The public graph joined by hand; see {@link joinSubgraphs}. */
  readonly joined: GraphQLSchema;
  readonly published: PublishedOperations;
  /** The published operations ready to run, by name. */
  readonly runs: ReadonlyMap<string, RunOperation>;
  /** What to try them with. */
  readonly examples: OwnExamples;
  readonly costOf: ReturnType<typeof costCounter>;
}

/**
 * The graph of the hub, put together once a process: that takes longer than all else of a start, and a process may start several hubs, as
 * stories and tests do. Rejects where subgraphs do not fit together, or a published operation does not fit them.
 */
export const hubGraph = madeOnce(makeGraph);

async function makeGraph(): Promise<HubGraph> {
  const subgraphs = await hubSubgraphs();
  const supergraph = composeSupergraph(subgraphs);
  const joined = joinSubgraphs(supergraph.publicGraph, subgraphs);
  const published = loadPublishedOperations(OPERATIONS_DIR, joined);
  return {
    subgraphs,
    supergraph,
    joined,
    published,
    runs: new Map(published.all.map((one) => [one.name, compileOperation(joined, one)])),
    examples: readOwnExamples(OPERATIONS_DIR, published.all),
    costOf: costCounter(joined, subgraphs),
  };
}
