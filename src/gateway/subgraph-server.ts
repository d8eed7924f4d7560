import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { unwrapResolverError } from '@apollo/server/errors';
import {
  print,
  subscribe,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import type { HubContext } from '../subgraphs/context.ts';
import type { Subgraph } from '../subgraphs/federated-schema.ts';
import { mapEvents } from './event-stream.ts';
import { isRefusal, maskedError } from './error-answer.ts';

/** A GraphQL request to one subgraph, already parsed by the gateway. */
export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/** One subgraph as an Apollo Server, the same whether it is reached in this process or over HTTP. */
export interface SubgraphServer {
  readonly name: string;
  execute(request: SubgraphRequest, context: HubContext): Promise<FormattedExecutionResult>;
  /** Follows a subscription; only errors where there is nothing to follow. */
  follow(
    request: SubgraphRequest,
    context: HubContext,
  ): Promise<AsyncIterableIterator<FormattedExecutionResult> | FormattedExecutionResult>;
  /** Answers a request that came over HTTP: the body as JSON text, and the status. */
  answer(body: unknown, context: HubContext): Promise<{ readonly status: number; readonly body: string }>;
  stop(): Promise<void>;
}

/** Starts the Apollo Server of a subgraph. `onFault` hears of every error that no resolver meant to tell. */
export async function subgraphServer(subgraph: Subgraph, onFault: (error: unknown) => void): Promise<SubgraphServer> {
  const formatError = (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (!isRefusal(formatted)) onFault(unwrapResolverError(error));
    return maskedError(formatted);
  };
  const shown = ({ data, errors }: ExecutionResult): FormattedExecutionResult => ({
    ...(errors ? { errors: errors.map((error) => formatError(error.toJSON(), error)) } : {}),
    data: data ?? null,
  });
  const server = new ApolloServer<HubContext>({
    schema: subgraph.schema,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await server.start();

  return {
    name: subgraph.name,
    execute: async ({ document, variables, operationName }, context) => {
      const query = printed(document);
      const { body } = await server.executeOperation(
        { query, ...(variables ? { variables } : {}), ...(operationName ? { operationName } : {}) },
        { contextValue: context },
      );
      if (body.kind !== 'single') throw new Error('a subgraph answers at once');
      return body.singleResult;
    },
    // Apollo Server answers at once or not at all; the executor below it follows.
    follow: async ({ document, variables, operationName }, contextValue) => {
      const { schema } = subgraph;
      const problems = validate(schema, document);
      if (problems.length > 0) return shown({ errors: problems });
      const events = await subscribe({ schema, document, variableValues: variables, operationName, contextValue });
      return 'next' in events ? mapEvents(events, shown) : shown(events);
    },
    answer: async (body, context) => {
      const { status, body: answered } = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([['content-type', 'application/json']]),
          search: '',
          body,
        },
        context: async () => context,
      });
      if (answered.kind !== 'complete') throw new Error('a subgraph answers at once');
      return { status: status ?? 200, body: answered.string };
    },
    stop: () => server.stop(),
  };
}

const texts = new WeakMap<DocumentNode, string>();

/** Planned documents come again and again; their text is made once. */
function printed(document: DocumentNode): string {
  const text = texts.get(document) ?? print(document);
  texts.set(document, text);
  return text;
}
