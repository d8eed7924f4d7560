import { ISSUER_PATHS, type BuiltInIssuer } from './issuer.ts';
import type { Route } from './http-server.ts';

/** The only addresses of the built-in issuer that exist: asking for a token, and what the issuer tells of itself. */
export function issuerRoutes(issuer: BuiltInIssuer): Route[] {
  const route = (method: Route['method'], path: string): Route => ({
    method,
    path,
    handle: async ({ request, response }) => {
      await issuer.handle(request, response);
    },
  });
  return [route('POST', ISSUER_PATHS.token), route('GET', ISSUER_PATHS.keys), route('GET', ISSUER_PATHS.metadata)];
}
