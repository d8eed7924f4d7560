import type { Authenticate } from './authenticate.ts';
import type { GraphQLAnswer, GraphQLRequest } from './graphql-endpoint.ts';
import { sendJson, type Route } from './http-server.ts';
import { readJsonBody } from './read-body.ts';
import { RequestRefused } from './error-answer.ts';

/** What the door to the graph is made of. */
export interface GraphQLRouteParts {
  readonly authenticate: Authenticate;
  readonly answer: (request: GraphQLRequest) => Promise<GraphQLAnswer>;
  /** May anything be asked without a token? Otherwise a body without one is not even read. */
  readonly openIntrospection: boolean;
}

/** `POST /graphql`: who asks is settled before the body is read. */
export function graphqlRoute({ authenticate, answer, openIntrospection }: GraphQLRouteParts): Route {
  return {
    method: 'POST',
    path: '/graphql',
    handle: async ({ request, response, requestId, note }) => {
      const caller = await authenticate(request);
      if (caller) note({ client: caller.client });
      else if (!openIntrospection) throw new RequestRefused('UNAUTHENTICATED');

      const { authorization } = request.headers;
      const body = await readJsonBody(request);
      const { result, operation, path } = await answer({ body, caller, authorization, requestId });
      note({
        operation,
        path,
        ...(result.errors ? { codes: result.errors.map(({ extensions }) => extensions.code) } : {}),
      });
      sendJson(response, 200, result);
    },
  };
}

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
