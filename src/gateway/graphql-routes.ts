import type { Caller } from '../domain/access/caller.ts';
import type { Authenticate } from './authenticate.ts';
import { eventStreams, wantsEvents } from './event-stream.ts';
import type { GraphQLEndpoint } from './graphql-endpoint.ts';
import { sendJson, type Route } from './http-server.ts';
import { PUSH_BODY, QUESTION_BODY, readJsonBody } from './read-body.ts';
import { RequestRefused, statusOfAnswer } from './error-answer.ts';
import { askingIn, recorded, recordedEvents, type RequestRecords } from './request-records.ts';
import { withRevealReason } from './reveal-reason.ts';

/** What the door to the graph is made of. */
export interface GraphQLRouteParts {
  readonly authenticate: Authenticate;
  readonly endpoint: GraphQLEndpoint;
  /** May anything be asked without a token? Otherwise a body without one is not even read. */
  readonly openIntrospection: boolean;
  readonly records: RequestRecords;
}

/** `POST /graphql`: who asks is settled before the body is read. A client that takes events is answered event by event. */
export function graphqlRoute({ authenticate, endpoint, openIntrospection, records }: GraphQLRouteParts): Route {
  const streams = eventStreams();
  return {
    method: 'POST',
    path: '/graphql',
    handle: async (exchange) => {
      const { request, response, requestId, note } = exchange;
      const known = await authenticate(request);
      const asker = known && askingIn(known, requestId);
      if (asker) note({ client: asker.client });
      else if (!openIntrospection) throw new RequestRefused('UNAUTHENTICATED');

      const answer = await recorded(asker, records, async () => {
        const caller = asker && withRevealReason(asker, request);
        const body = await readJsonBody(request, mayPush(caller) ? PUSH_BODY : QUESTION_BODY);
        const asked = { body, caller, requestId };
        if (!wantsEvents(request.headers.accept)) return endpoint.answer(asked);
        await streams.send(exchange, caller, async () => {
          const { events, operation, path, cost } = await endpoint.follow(asked);
          note({ operation, path, cost });
          return {
            events: recordedEvents(events, caller, records),
            mayListen: async () => !caller || (await authenticate(request)) !== null,
          };
        });
        return null;
      });
      if (!answer) return;
      const { result, operation, path, cost } = answer;
      note({
        operation,
        path,
        cost,
        ...(result.errors ? { codes: result.errors.map(({ extensions }) => extensions.code) } : {}),
      });
      sendJson(response, statusOfAnswer(result), result);
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
