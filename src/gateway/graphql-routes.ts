import type { Caller } from '../domain/access/caller.ts';
import type { Authenticate } from './authenticate.ts';
import { eventStreams, wantsEvents } from './event-stream.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { sendJson, type Route } from './http-server.ts';
import { LARGEST_BODY, LARGEST_QUESTION, readJsonBody } from './read-body.ts';
import { RequestRefused } from './error-answer.ts';
import { withRevealReason } from './reveal-reason.ts';

/** What the door to the graph is made of. */
export interface GraphQLRouteParts {
  readonly authenticate: Authenticate;
  readonly endpoint: GraphQLEndpoint;
  /** May anything be asked without a token? Otherwise a body without one is not even read. */
  readonly openIntrospection: boolean;
}

/** `POST /graphql`: who asks is settled before the body is read. A client that takes events is answered event by event. */
export function graphqlRoute({ authenticate, endpoint, openIntrospection }: GraphQLRouteParts): Route {
  const streams = eventStreams();
  return {
    method: 'POST',
    path: '/graphql',
    handle: async (exchange) => {
      const { request, response, requestId, note } = exchange;
      const known = await authenticate(request);
      const caller = known && withRevealReason(known, request);
      if (caller) note({ client: caller.client });
      else if (!openIntrospection) throw new RequestRefused('UNAUTHENTICATED');

      const { authorization, accept } = request.headers;
      const body = await readJsonBody(request, mayPush(caller) ? LARGEST_BODY : LARGEST_QUESTION);
      const asked = { body, caller, authorization, requestId };
      if (wantsEvents(accept)) {
        return streams.send(exchange, caller, async () => {
          const { events, operation, path, cost } = await endpoint.follow(asked);
          note({ operation, path, cost });
          return { events, mayListen: async () => !caller || (await authenticate(request)) !== null };
        });
      }
      const { result, operation, path, cost } = await endpoint.answer(asked);
      note({
        operation,
        path,
        cost,
        ...(result.errors ? { codes: result.errors.map(({ extensions }) => extensions.code) } : {}),
      });
      sendJson(response, 200, result);
    },
  };
}

/** Only a list takes more than a question does: whoever can push none need not be heard for so long. */
const mayPush = (caller: Caller | null): boolean =>
  caller !== null && [...caller.scopes].some((scope) => /^list:.*:push$/.test(scope));

/** `GET /readyz`: 200 while the database answers. The graph needs no question: without it nothing is served. */
export function readinessRoute(database: { isReady(): Promise<boolean> }): Route {
  return {
    method: 'GET',
    path: '/readyz',
    handle: async ({ response }) => {
      if (!(await database.isReady())) throw new RequestRefused('NOT_READY');
      sendJson(response, 200, { status: 'ready' });
    },
  };
}
