import type { Caller } from '../domain/access/caller.ts';
import type { HubContext } from '../subgraphs/context.ts';
import type { Authenticate } from './authenticate.ts';
import { RequestRefused } from './error-answer.ts';
import { sendJson, type Route } from './http-server.ts';
import { readJsonBody } from './read-body.ts';
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
): Route {
  return {
    method: 'POST',
    path: '/graphql',
    handle: async ({ request, response, requestId, note }) => {
      const caller = await authenticate(request);
      if (!caller) throw new RequestRefused('UNAUTHENTICATED');
      // One request keeps one name through all processes.
      const given = String(request.headers['x-request-id'] ?? '');
      const name = REQUEST_ID.test(given) ? given : requestId;
      note({ client: caller.client, requestId: name });
      const { status, body } = await server.answer(await readJsonBody(request), contextFor(caller, name));
      sendJson(response, status, body);
    },
  };
}
