import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import {
  buildASTSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  type DocumentNode,
  type FormattedExecutionResult,
} from 'graphql';
import type { HubContext } from '../subgraphs/context.ts';
import { mapEvents } from './event-stream.ts';
import type { InternalTokens } from './issuer-internal-token.ts';
import { literalLifter } from './lift-literals.ts';
import { remoteSubgraph, type RemoteSubgraphParts } from './remote-subgraph.ts';
import type { SubgraphRequest, SubgraphServer } from './subgraph-server.ts';
import type { Supergraph } from './supergraph.ts';

/** One operation on its way through the planner. */
export interface PlannedRequest {
  /** Validated against the public graph. */
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly context: HubContext;
}

/** Plans and executes any operation over all subgraphs. */
export interface Planner {
  execute(request: PlannedRequest): Promise<FormattedExecutionResult>;
  /** Follows a subscription; only errors where there is nothing to follow. */
  follow(request: PlannedRequest): Promise<AsyncIterator<FormattedExecutionResult> | FormattedExecutionResult>;
}

/** How the planner reaches subgraphs in processes of their own. */
export interface RemoteSubgraphs {
  /** Their addresses by name; they come from the settings, and from nowhere else. */
  readonly urls: Readonly<Record<string, string>>;
  /** Needed as soon as there is one. */
  readonly tokenFor: InternalTokens | undefined;
  readonly onInvalidAnswer: RemoteSubgraphParts['onInvalidAnswer'];
}

/** What answers for a subgraph, here or elsewhere. */
type Answering = Pick<SubgraphServer, 'execute' | 'follow'>;

/** Starts the planner over subgraph servers of this process; all others are reached over HTTP. */
export async function startPlanner(
  supergraph: Supergraph,
  local: readonly SubgraphServer[],
  remote: RemoteSubgraphs,
): Promise<Planner> {
  const answering = new Map<string, Answering>(local.map((server) => [server.name, server]));
  for (const [name, url] of Object.entries(remote.urls)) {
    const { tokenFor, onInvalidAnswer } = remote;
    if (!tokenFor) throw new Error(`the gateway has no key by which subgraph ${name} would know it`);
    answering.set(name, remoteSubgraph({ name, url, tokenFor, onInvalidAnswer }));
  }

  const unifiedGraph = buildASTSchema(parse(supergraph.sdl), { assumeValid: true, assumeValidSDL: true });
  const lift = literalLifter(unifiedGraph);
  const { executor } = await unifiedGraphHandler({
    unifiedGraph,
    getUnifiedGraphSDL: () => supergraph.sdl,
    onSubgraphExecute: ((name: string, { document, variables, operationName, context }: Execution) => {
      const subgraph = answering.get(name.toLowerCase());
      if (!subgraph) throw new Error(`there is no subgraph of the name ${name}`);
      const request: SubgraphRequest = {
        document,
        ...(variables ? { variables } : {}),
        ...(operationName ? { operationName } : {}),
      };
      return isSubscription(document) ? subgraph.follow(request, context) : subgraph.execute(request, context);
    }) as never,
  });
  if (!executor) throw new Error('the planner executes nothing');

  const run = async ({ document, variables, operationName, context }: PlannedRequest): Promise<unknown> => {
    const lifted = lift(document, operationName);
    return executor({
      document: lifted.document,
      variables: { ...variables, ...lifted.variables },
      operationName,
      context,
    });
  };
  return {
    execute: async (request) => (await run(request)) as FormattedExecutionResult,
    follow: async (request) => {
      const followed = (await run(request)) as AsyncIterable<FormattedExecutionResult> | FormattedExecutionResult;
      if (!(Symbol.asyncIterator in followed)) return followed;
      return mapEvents(followed[Symbol.asyncIterator](), (event) => event);
    },
  };
}

/** What the planner hands over of one fetch. */
interface Execution extends SubgraphRequest {
  readonly context: HubContext;
}

const isSubscription = (document: DocumentNode): boolean =>
  getOperationAST(document)?.operation === OperationTypeNode.SUBSCRIPTION;
