import {
  execute,
  OperationTypeNode,
  subscribe,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Caller } from '../domain/access/caller.ts';
import type { HubContext } from '../subgraphs/context.ts';
import type { RunOperation } from './compile-operation.ts';
import { checkVariables } from './check-variables.ts';
import { costsUnderWay } from './costs-under-way.ts';
import { mapEvents } from './event-stream.ts';
import { isRefusal, maskedError, refuseSpent, RequestRefused, type ErrorAnswer } from './error-answer.ts';
import { documentPreparer, type DocumentChoice, type PreparedDocument } from './prepare-document.ts';
import type { PublishedOperations } from './published-operations.ts';
import type { RequestRecords } from './request-records.ts';
import type { costCounter } from './query-cost.ts';
import type { PlannedRequest, Planner } from './planner.ts';
import { assertAllAllowed } from './whole-mutations.ts';

/** What the endpoint executes with. */
export interface GraphQLEndpointParts {
  /** The public graph joined by hand; it also tells about itself. */
  readonly joined: GraphQLSchema;
  readonly published: PublishedOperations;
  /** The published operations ready to run, by name. */
  readonly runs: ReadonlyMap<string, RunOperation>;
  /** Answers where a subgraph is a process of its own; `null` while all are in this one, so that the joined graph can. */
  readonly planner: Planner | null;
  readonly costOf: ReturnType<typeof costCounter>;
  /** May the schema be asked for without a token? In development only. */
  readonly openIntrospection: boolean;
  /** May the client send documents of its own, and with them questions about the schema? Otherwise it asks published operations. */
  mayAskFreely(client: string): boolean;
  /** Makes what all resolvers of one operation share. */
  contextFor(caller: Caller | null, requestId: string): HubContext;
  /** Hears of every error that no resolver meant to tell. */
  onFault(error: unknown, requestId: string): void;
  readonly records: RequestRecords;
}

/** One GraphQL request, its body read as JSON. */
export interface GraphQLRequest {
  readonly body: unknown;
  readonly caller: Caller | null;
  readonly requestId: string;
}

/** What is answered, and what the log may know of it. */
export interface GraphQLAnswer {
  readonly result: { readonly errors?: readonly ErrorAnswer[]; readonly data?: unknown };
  /** The name of a published operation; other names are the sender's words and are not logged. */
  readonly operation: string;
  readonly path: 'joined' | 'planned' | 'schema';
  readonly cost: number;
}

/** What is answered event by event: one event for a question, as many as come for a subscription. */
export interface GraphQLEvents extends Pick<GraphQLAnswer, 'operation' | 'path' | 'cost'> {
  /** Whoever listens no more calls `return`, also while nothing comes. */
  readonly events: AsyncIterator<GraphQLAnswer['result'], unknown>;
}

/** The one way for GraphQL requests, with its two kinds of answer. */
export interface GraphQLEndpoint {
  /** Answers at once; refuses a subscription. */
  answer(request: GraphQLRequest): Promise<GraphQLAnswer>;
  /** Answers event by event. */
  follow(request: GraphQLRequest): Promise<GraphQLEvents>;
}

/** A request whose document is chosen and whose variables fit. */
interface ReadyRequest {
  readonly prepared: PreparedDocument;
  readonly variables: Variables;
  readonly cost: number;
  readonly context: HubContext;
}

/** Makes the one way for GraphQL requests: choose the document, tell its cost, check the variables, execute, mask errors. */
export function graphqlEndpoint(parts: GraphQLEndpointParts): GraphQLEndpoint {
  const { joined: schema, published, runs, costOf } = parts;
  const documents = documentPreparer({ schema, published, costOf });
  const whileItCosts = costsUnderWay();

  const ready = (request: GraphQLRequest): ReadyRequest => {
    // Without a token nothing is looked at, except in development a question about the schema.
    if (!request.caller && !parts.openIntrospection) throw new RequestRefused('UNAUTHENTICATED');
    const { variables, ...choice } = readBody(request);
    const prepared = documents.prepare(choice, request.caller ? parts.mayAskFreely(request.caller.client) : true);
    if (!request.caller && prepared.introspection !== 'only') throw new RequestRefused('UNAUTHENTICATED');
    if (request.caller?.request) request.caller.request.operation = nameOf(prepared);
    if (prepared.introspection === 'mixed') throw new RequestRefused('DOCUMENT_TOO_COMPLEX');
    const cost = prepared.costOf(variables);
    checkVariables(parts.joined, prepared.operation, variables);
    const context = parts.contextFor(request.caller, request.requestId);
    assertAllAllowed(parts.joined, prepared, variables, context);
    documents.remember(prepared);
    return { prepared, variables, cost, context };
  };

  const answer = async (request: GraphQLRequest, { prepared, variables, cost, context }: ReadyRequest) => {
    const { planner } = parts;
    const path = pathOf(prepared, planner);
    const { data, errors } = await whileItCosts(request.caller?.client ?? '', cost, () => {
      if (planner && path === 'planned') return planner.execute(plannedRequest(prepared, variables, context));
      const run = runs.get(prepared.published?.name ?? '') ?? uncompiled(schema, prepared);
      return runHere(run, variables, context, parts.onFault);
    });
    noteDenied(errors, context, parts);
    return { path, cost, operation: nameOf(prepared), result: resultOf(data, errors, context) };
  };

  return {
    answer: async (request) => {
      const asked = ready(request);
      if (isSubscription(asked.prepared)) throw new RequestRefused('STREAM_NEEDED');
      return answer(request, asked);
    },
    follow: async (request) => {
      const asked = ready(request);
      if (isSubscription(asked.prepared)) return follow(parts, asked);
      const { result, ...rest } = await answer(request, asked);
      return { ...rest, events: mapEvents([result].values(), (only) => only) };
    },
  };
}

const isSubscription = ({ operation }: PreparedDocument): boolean =>
  operation.operation === OperationTypeNode.SUBSCRIPTION;

/** Questions about the schema are answered here in any case. */
const pathOf = ({ introspection }: PreparedDocument, planner: Planner | null): GraphQLAnswer['path'] =>
  introspection === 'only' ? 'schema' : planner ? 'planned' : 'joined';

const nameOf = ({ published }: PreparedDocument): string => published?.name ?? 'unpublished';

/** Follows a subscription, in the way in which questions are answered. */
async function follow(
  parts: GraphQLEndpointParts,
  { prepared, variables, cost, context }: ReadyRequest,
): Promise<GraphQLEvents> {
  const { joined: schema, planner, onFault } = parts;
  const { document, operation } = prepared;
  const events = planner
    ? await planner.follow(plannedRequest(prepared, variables, context))
    : await subscribe({
        schema,
        document,
        operationName: operation.name?.value,
        variableValues: variables,
        contextValue: context,
      });
  const shown = ({ data, errors }: ExecutionResult | FormattedExecutionResult): GraphQLAnswer['result'] => {
    if (!planner) tellFaults(errors, context, onFault);
    noteDenied(errors, context, parts);
    return resultOf(data, errors, context);
  };
  return {
    path: planner ? 'planned' : 'joined',
    cost,
    operation: nameOf(prepared),
    // Without a source of events there is only the reason why.
    events: 'next' in events ? mapEvents(events, shown) : mapEvents([events].values(), shown),
  };
}

type Variables = Readonly<Record<string, unknown>>;

/** Runs what this process can answer alone. */
async function runHere(
  run: RunOperation,
  variables: Variables,
  context: HubContext,
  onFault: GraphQLEndpointParts['onFault'],
): Promise<FormattedExecutionResult> {
  const { data, errors } = await run(variables, context);
  tellFaults(errors, context, onFault);
  return { data, errors };
}

function tellFaults(
  errors: readonly GraphQLFormattedError[] | undefined,
  { requestId }: HubContext,
  onFault: GraphQLEndpointParts['onFault'],
): void {
  for (const error of errors ?? []) {
    if (!isRefusal(error)) onFault((error as { readonly originalError?: unknown }).originalError ?? error, requestId);
  }
}

/** A refusal that no flow told, such as of a page too large. Subgraphs in processes of their own note what they refuse. */
function noteDenied(
  errors: readonly GraphQLFormattedError[] | undefined,
  { caller }: HubContext,
  { planner, records }: GraphQLEndpointParts,
): void {
  const refusal = !planner && caller ? errors?.find(isRefusal) : undefined;
  if (refusal) records.denied(caller!, String(refusal.extensions?.['code']));
}

/** Executes a document as the specification says. What nobody has published is not compiled: that costs more than most of it is asked for. */
function uncompiled(schema: GraphQLSchema, { document, operation }: PreparedDocument): RunOperation {
  const operationName = operation.name?.value;
  return (variableValues, contextValue) => execute({ schema, document, operationName, variableValues, contextValue });
}

const plannedRequest = (
  { document, operation }: PreparedDocument,
  variables: Variables,
  context: HubContext,
): PlannedRequest => ({ document, variables, operationName: operation.name?.value, context });

function resultOf(
  data: unknown,
  errors: readonly GraphQLFormattedError[] | undefined,
  { requestId }: HubContext,
): GraphQLAnswer['result'] {
  if (!errors || errors.length === 0) return { data };
  refuseSpent(errors);
  const answers = errors.map(maskedError).map((error) => ({
    ...error,
    extensions: { ...error.extensions, requestId },
  }));
  return { errors: answers, data: data ?? null };
}

function readBody({ body }: GraphQLRequest): DocumentChoice & { readonly variables: Variables } {
  if (!isRecord(body)) throw new RequestRefused('BAD_USER_INPUT');
  const [query, documentId, operationName] = ['query', 'documentId', 'operationName'].map((name) => textIn(body, name));
  const sha256 = hashIn(body['extensions']);
  const variables = body['variables'] ?? {};
  if ((query ?? documentId ?? sha256) === undefined || !isRecord(variables)) throw new RequestRefused('BAD_USER_INPUT');
  // GraphiQL and curl users send an empty name for "the only one".
  return { query, documentId, sha256, operationName: operationName === '' ? undefined : operationName, variables };
}

function textIn(body: Variables, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new RequestRefused('BAD_USER_INPUT');
}

/** The hash by which clients of persisted queries name a document (`extensions.persistedQuery`, version 1). */
function hashIn(extensions: unknown): string | undefined {
  const asked = isRecord(extensions) ? (extensions['persistedQuery'] ?? undefined) : undefined;
  if (asked === undefined) return undefined;
  const sha256 = isRecord(asked) && asked['version'] === 1 ? asked['sha256Hash'] : undefined;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw new RequestRefused('BAD_USER_INPUT');
  return sha256;
}

const isRecord = (value: unknown): value is Variables =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
