import type { Caller } from '../domain/access/caller.ts';
import type { HubContext } from '../subgraphs/context.ts';
import type { Authenticate } from './authenticate.ts';
import { RequestRefused } from './error-answer.ts';
import { eventStreams, mapEvents, wantsEvents } from './event-stream.ts';
import { sendJson, type Route } from './http-server.ts';
import { parseWithinLimits } from './query-limits.ts';
import { readJsonBody } from './read-body.ts';
import { askingIn, recorded, recordedEvents, type RequestRecords } from './request-records.ts';
import type { SubgraphServer } from './subgraph-server.ts';

const REQUEST_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * `POST /graphql` of a subgraph in a process of its own. It is meant for the gateway, but believes nobody: the token that the
 * gateway sends on is checked again, and without one even the schema is not told.
 */
export function subgraphRoute(
  server: SubgraphServer,
  authenticate: Authenticate,
  contextFor: (caller: Caller, requestId: string) => HubContext,
  records: RequestRecords,
): Route {
  const streams = eventStreams();
  return {
    method: 'POST',
    path: '/graphql',
    handle: async (exchange) => {
      const { request, response, requestId, note } = exchange;
      const known = await authenticate(request);
      if (!known) throw new RequestRefused('UNAUTHENTICATED');
      // One request keeps one name through all processes.
      const given = String(request.headers['x-request-id'] ?? '');
      const name = REQUEST_ID.test(given) ? given : requestId;
      const caller = askingIn(known, name, server.name);
      note({ client: caller.client, requestId: name });
      const context = contextFor(caller, name);
      const answer = await recorded(caller, records, async () => {
        const asked = await readJsonBody(request);
        if (wantsEvents(request.headers.accept) && isSubscription(asked)) {
          await streams.send(exchange, caller, async () => ({
            events: recordedEvents(await eventsOf(server, asked, context), caller, records),
            mayListen: async () => (await authenticate(request)) !== null,
          }));
          return null;
        }
        return server.answer(asked, context);
      });
      if (answer) sendJson(response, answer.status, answer.body);
    },
  };
}

/** A subscription as a gateway sends it. */
interface SubscriptionBody {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

/** Gateways take events for answers to questions as well; only a subscription is followed. */
function isSubscription(body: unknown): body is SubscriptionBody {
  const { query } = (body ?? {}) as Readonly<Record<string, unknown>>;
  return typeof query === 'string' && /^\s*subscription\b/.test(query);
}

async function eventsOf(
  server: SubgraphServer,
  { query, variables, operationName }: SubscriptionBody,
  context: HubContext,
): Promise<AsyncIterator<unknown, unknown>> {
  const document = parseWithinLimits(query);
  const followed = await server.follow(
    { document, ...(variables ? { variables } : {}), ...(operationName ? { operationName } : {}) },
    context,
  );
  return 'next' in followed ? followed : mapEvents([followed].values(), (only) => only);
}
