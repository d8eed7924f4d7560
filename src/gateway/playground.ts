import { gzipSync } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { Clients, HubClient } from './clients.ts';
import { RequestRefused } from './error-answer.ts';
import { sendJson, type Exchange, type Route } from './http-server.ts';
import type { TokenAnswer } from './issuer.ts';
import { PLAYGROUND_BAR_SCRIPT, PLAYGROUND_BAR_STYLE } from './playground-bar.ts';
import type { PublishedOperation } from './published-operations.ts';
import { readJsonBody } from './read-body.ts';

/** What the page is made of. */
export interface PlaygroundParts {
  readonly operations: readonly PublishedOperation[];
  /** Development only: whom a visitor may sign in as, and how. */
  readonly signIn?: {
    readonly clients: Clients;
    obtainToken(client: string): Promise<TokenAnswer>;
  };
}

/** Everything the page needs lies in the page: no address but its own is ever asked. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Bytes of a sign-in: a client's name. */
const LARGEST_SIGN_IN = 1024;

/** `GET /graphql`, and in development `POST /dev/sign-in`. */
export function playgroundRoutes(parts: PlaygroundParts): Route[] {
  const page: Route = { method: 'GET', path: '/graphql', handle: (exchange) => sendPage(exchange, parts) };
  const { signIn } = parts;
  if (!signIn) return [page];
  const signInRoute: Route = {
    method: 'POST',
    path: '/dev/sign-in',
    handle: async ({ request, response, note }) => {
      assertFromHere(request);
      const body = (await readJsonBody(request, LARGEST_SIGN_IN)) as { readonly client?: unknown } | null;
      const client = typeof body?.client === 'string' ? signIn.clients.find(body.client) : undefined;
      if (!client) throw new RequestRefused('NOT_FOUND');
      note({ client: client.id });
      sendJson(response, 200, await signIn.obtainToken(client.id));
    },
  };
  return [page, signInRoute];
}

/** Compressed pages, by the agency they are made for: the page is nine megabytes of text. */
const pages = new WeakMap<PlaygroundParts, Map<string, Buffer>>();

async function sendPage({ request, response }: Exchange, parts: PlaygroundParts): Promise<void> {
  const as = new URL(request.url ?? '/', 'http://hub.internal').searchParams.get('as') ?? '';
  const client = parts.signIn?.clients.find(as);
  const known = pages.get(parts) ?? new Map<string, Buffer>();
  pages.set(parts, known);
  // One page is kept: they are large, and one visitor looks at one at a time.
  const page = known.get(client?.id ?? '') ?? gzipSync(pageFor(parts, client), { level: 1 });
  known.clear();
  known.set(client?.id ?? '', page);
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'gzip',
    'content-length': page.length,
    'content-security-policy': PAGE_POLICY,
  });
  response.end(page);
}

function pageFor({ operations, signIn }: PlaygroundParts, client: HubClient | undefined): string {
  const usable = operations.filter(({ needs }) => !client || needs.every((scope) => client.scopes.includes(scope)));
  // What an agency sends comes before what it asks.
  const tabs = usable.toSorted((a, b) => rankOf(a) - rankOf(b));
  const page = renderGraphiQL({
    title: '一档 Yidang',
    endpoint: '/graphql',
    schemaDescription: true,
    shouldPersistHeaders: false,
    defaultTabs: tabs.map(({ text, example }) => ({
      query: text,
      variables: example === undefined ? undefined : JSON.stringify(example, null, 2),
    })),
  });
  const state = {
    agency: client?.id ?? null,
    jurisdictions: Array.from(
      Map.groupBy(signIn?.clients.all() ?? [], ({ jurisdiction }) => jurisdiction),
      ([{ id, name }, agencies]) => ({
        id,
        name,
        agencies: agencies.map((one) => ({ client: one.id, name: one.grant.name })),
      }),
    ),
  };
  // Before anything else of the page: the bar takes over fetch, and clears the tabs of another agency.
  const bar = `<style>${PLAYGROUND_BAR_STYLE}</style><script>${PLAYGROUND_BAR_SCRIPT}(${inScript(state)});</script>`;
  return page.replace('<div id="root"></div>', () => `${signIn ? bar : ''}<div id="root"></div>`);
}

const rankOf = ({ operation }: PublishedOperation): number => (operation.operation === 'mutation' ? 0 : 1);

/** JSON that cannot end the script it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** Only a page of this very machine may sign in; another site's page reaches a local hub under a name of its own. */
function assertFromHere(request: Exchange['request']): void {
  const host = request.headers.host ?? '';
  const { origin } = request.headers;
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
  if (!isLocal || (origin !== undefined && origin !== `http://${host}`)) throw new RequestRefused('NOT_FOUND');
}
