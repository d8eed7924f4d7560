import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import http from '@graphql-mesh/transport-http';
import { composeServices } from '@theguild/federation-composition';
import { getOperationAST, OperationTypeNode, parse, type DocumentNode, type FormattedExecutionResult } from 'graphql';
import type { HubContext } from '../subgraphs/context.ts';
import type { Subgraph } from '../subgraphs/federated-schema.ts';
import { receivedEvents } from './event-stream.ts';
import { revealReasonHeader } from './reveal-reason.ts';
import type { SubgraphServer } from './subgraph-server.ts';

/** Milliseconds after which a subgraph in a process of its own counts as gone. */
const SUBGRAPH_TIMEOUT = 30_000;

/** The subgraphs put together. */
export interface Supergraph {
  /** For the planner: the whole graph with the notes of who owns what. */
  readonly sdl: string;
  /** For clients: the graph without any of these notes. */
  readonly publicSdl: string;
  readonly publicGraph: DocumentNode;
}

/** Composes subgraphs; throws an error with the composer's own text where they do not fit together. */
export function composeSupergraph(
  subgraphs: readonly Pick<Subgraph, 'name' | 'sdl'>[],
  urls: Readonly<Record<string, string>> = {},
): Supergraph {
  const composed = composeServices(
    subgraphs.map(({ name, sdl }) => ({
      name,
      typeDefs: parse(sdl),
      // Never called for those of this process; the composer wants one all the same.
      url: urls[name] ?? `http://${name}.subgraph.internal/graphql`,
    })),
  );
  if (composed.errors) {
    throw new Error(`the subgraphs do not compose:\n${composed.errors.map(({ message }) => message).join('\n')}`);
  }
  return { sdl: composed.supergraphSdl, publicSdl: composed.publicSdl, publicGraph: composed.publicDocumentNode };
}

/** One operation on its way through the planner. */
export interface PlannedRequest {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly context: HubContext;
  /** Sent on to subgraphs in processes of their own, which check it again. */
  readonly authorization: string | undefined;
}

/** Plans and executes any operation over all subgraphs. */
export interface Planner {
  execute(request: PlannedRequest): Promise<FormattedExecutionResult>;
  /** Follows a subscription; only errors where there is nothing to follow. */
  follow(request: PlannedRequest): Promise<AsyncIterator<FormattedExecutionResult> | FormattedExecutionResult>;
  stop(): Promise<void>;
}

interface PlannerContext {
  readonly hub: HubContext;
  readonly authorization: string | undefined;
}

/** Starts the planner over subgraph servers of this process; all others are reached over HTTP at the supergraph's addresses. */
export function startPlanner(supergraph: Supergraph, local: readonly SubgraphServer[]): Planner {
  const servers = new Map(local.map((server) => [server.name.toUpperCase(), server]));
  const runtime = createGatewayRuntime<PlannerContext>({
    supergraph: supergraph.sdl,
    unifiedGraphHandler,
    logging: false,
    // The gateway masks errors itself, for both of its paths alike.
    maskedErrors: false,
    landingPage: false,
    graphiql: false,
    requestId: false,
    // A subscription goes on for as long as its token holds.
    upstreamTimeout: ({ executionRequest }) =>
      executionRequest && isSubscription(executionRequest.document) ? undefined : SUBGRAPH_TIMEOUT,
    propagateHeaders: { fromClientToSubgraphs: ({ context }) => headersFor(context as unknown as PlannerContext) },
    transports: {
      http: {
        getSubgraphExecutor: (options) => {
          const server = servers.get(options.subgraphName.toUpperCase());
          if (!server) return http.getSubgraphExecutor(byPost(options));
          return ({ document, variables, operationName, context }) => {
            const request = { document, variables, operationName };
            const { hub } = context as unknown as PlannerContext;
            return (isSubscription(document) ? server.follow(request, hub) : server.execute(request, hub)) as never;
          };
        },
      },
    },
  });

  const ask = async (
    { text, variables, operationName, context, authorization }: PlannedRequest,
    accept: string,
  ): Promise<Response> =>
    runtime.fetch(
      'http://gateway.internal/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: text, variables, operationName }),
      },
      { hub: context, authorization } satisfies PlannerContext,
    );
  return {
    execute: async (request) => (await (await ask(request, 'application/json')).json()) as FormattedExecutionResult,
    follow: async (request) => {
      const response = await ask(request, 'text/event-stream');
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      if (!isStream) return (await response.json()) as FormattedExecutionResult;
      return receivedEvents(response) as AsyncIterator<FormattedExecutionResult>;
    },
    stop: async () => {
      await runtime[Symbol.asyncDispose]();
    },
  };
}

type ExecutorOptions = Parameters<typeof http.getSubgraphExecutor>[0];

/** Subscriptions would go by GET, with their variables in an address that any log may keep. */
const byPost = (options: ExecutorOptions): ExecutorOptions => ({
  ...options,
  transportEntry: { ...options.transportEntry, options: { ...options.transportEntry.options, method: 'POST' } },
});

const isSubscription = (document: DocumentNode): boolean =>
  getOperationAST(document)?.operation === OperationTypeNode.SUBSCRIPTION;

function headersFor({ authorization, hub }: PlannerContext): Record<string, string> {
  return {
    ...(authorization ? { authorization } : {}),
    'x-request-id': hub.requestId,
    ...revealReasonHeader(hub.caller?.revealBecause),
  };
}
