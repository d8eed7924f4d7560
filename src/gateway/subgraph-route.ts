import { parse, type DocumentNode } from 'graphql';
import type { Caller } from '../domain/access/caller.ts';
import type { HubContext } from '../subgraphs/context.ts';
import type { AuthenticateInternal } from './authenticate-internal.ts';
import { RequestRefused } from './error-answer.ts';
import { eventStreams, mapEvents, wantsEvents } from './event-stream.ts';
import { sendJson, type Route } from './http-server.ts';
import { readJsonBody } from './read-body.ts';
import { recorded, recordedEvents, type RequestRecords } from './request-records.ts';
import type { SubgraphRequest, SubgraphServer } from './subgraph-server.ts';

/** Words and signs of a document: several times what the gateway lets its clients ask, since a plan writes fragments out. */
const MOST_TOKENS = 8_000;

/**
 * `POST /graphql` of a subgraph in a process of its own. Only the gateway may ask, by a token that it signs for this subgraph alone and
 * that names the caller: with any other token, and without one, not even the schema is told.
 */
export function subgraphRoute(
  server: SubgraphServer,
  authenticate: AuthenticateInternal,
  contextFor: (caller: Caller, requestId: string) => HubContext,
  records: RequestRecords,
): Route {
  const streams = eventStreams();
  return {
    method: 'POST',
    path: '/graphql',
    handle: async (exchange) => {
      const { request, response, note } = exchange;
      const call = await authenticate(request);
      if (!call) throw new RequestRefused('UNAUTHENTICATED');
      const { caller, requestId, stillHolds } = call;
      note({ client: caller.client, requestId });
      const context = contextFor(caller, requestId);
      const answer = await recorded(caller, records, async () => {
        const asked = readAsked(await readJsonBody(request));
        // Gateways take events for answers to questions as well; only a subscription is followed.
        if (wantsEvents(request.headers.accept) && /^\s*subscription\b/.test(asked.query)) {
          await streams.send(exchange, caller, async () => ({
            events: recordedEvents(await eventsOf(server, asked, context), caller, records),
            mayListen: stillHolds,
          }));
          return null;
        }
        readWithinReason(asked.query);
        return server.answer(asked, context);
      });
      if (answer) sendJson(response, answer.status, answer.body);
    },
  };
}

/** A request as the gateway sends it. */
interface Asked extends Omit<SubgraphRequest, 'document'> {
  readonly query: string;
}

/** Only what the gateway sends is handed on: no `extensions` that anybody could act upon. */
function readAsked(body: unknown): Asked {
  const { query, variables, operationName } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const isObject = typeof variables === 'object' && variables !== null && !Array.isArray(variables);
  if (typeof query !== 'string' || (variables !== undefined && variables !== null && !isObject)) {
    throw new RequestRefused('BAD_USER_INPUT');
  }
  return {
    query,
    ...(isObject ? { variables: variables as Record<string, unknown> } : {}),
    ...(typeof operationName === 'string' ? { operationName } : {}),
  };
}

/** The gateway has measured what its clients ask; whatever else came this far is at least no endless text. */
function readWithinReason(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MOST_TOKENS, noLocation: true });
  } catch {
    throw new RequestRefused('GRAPHQL_PARSE_FAILED');
  }
}

async function eventsOf(
  server: SubgraphServer,
  { query, ...rest }: Asked,
  context: HubContext,
): Promise<AsyncIterator<unknown, unknown>> {
  const followed = await server.follow({ document: readWithinReason(query), ...rest }, context);
  return 'next' in followed ? followed : mapEvents([followed].values(), (only) => only);
}
