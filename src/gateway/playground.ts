import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Clients, HubClient } from './clients.ts';
import { RequestRefused } from './error-answer.ts';
import { exampleFor, isOfUse, type OwnExamples } from './example-variables.ts';
import { sendJson, type Exchange, type Route } from './http-server.ts';
import type { TokenAnswer } from './issuer.ts';
import { PLAYGROUND_BAR_SCRIPT, PLAYGROUND_BAR_STYLE, type PlaygroundBarState } from './playground-bar.ts';
import type { PublishedOperation } from './published-operations.ts';
import { readJsonBody, type BodyLimits } from './read-body.ts';

/** How a visitor of a development hub becomes an agency. */
interface SignIn {
  readonly clients: Clients;
  obtainToken(client: string): Promise<TokenAnswer>;
  /** The office in short: 民政局. */
  readonly officeName: (agency: HubClient['agency']) => string;
}

/** What the page is made of. */
export interface PlaygroundParts {
  /** Is there a page at all? Development only: it offers everything that can be asked, to whoever comes by. */
  readonly shown: boolean;
  readonly operations: readonly PublishedOperation[];
  readonly examples: OwnExamples;
  /** Development only. */
  readonly signIn?: SignIn;
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

/** The only tab of a page whose visitor has not signed in. */
const NOBODY_YET = `# 请先在上方选择统筹区和部门，一键登录；随后这里列出该部门的现成操作。
# Choose a jurisdiction and an agency above to sign in; its ready-made operations will be listed here.
`;

/** Headers of a tab where nobody is signed in with a click. */
const TOKEN_HERE = JSON.stringify({ authorization: 'Bearer ' }, null, 2);

/** Bytes of a sign-in: a client's name. */
const SIGN_IN_BODY: BodyLimits = { bytes: 1024, values: 10 };

/** What a question by address would be written with. */
const QUESTION = ['query', 'documentId', 'operationName', 'variables', 'extensions'];

/** `GET /graphql`, and in development `POST /dev/sign-in`. Nothing is asked by an address: it stays in logs and histories. */
export function playgroundRoutes(parts: PlaygroundParts): Route[] {
  const page: Route = {
    method: 'GET',
    path: '/graphql',
    handle: async (exchange) => {
      const asked = addressOf(exchange).searchParams;
      if (QUESTION.some((name) => asked.has(name))) throw new RequestRefused('BAD_USER_INPUT');
      if (!parts.shown) throw new RequestRefused('METHOD_NOT_ALLOWED');
      await sendPage(exchange, parts);
    },
  };
  const { signIn } = parts;
  if (!signIn) return [page];
  const signInRoute: Route = {
    method: 'POST',
    path: '/dev/sign-in',
    handle: async ({ request, response, note }) => {
      assertFromHere(request);
      const body = (await readJsonBody(request, SIGN_IN_BODY)) as { readonly client?: unknown } | null;
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

const addressOf = ({ request }: Exchange): URL => new URL(request.url ?? '/', 'http://hub.internal');

async function sendPage(exchange: Exchange, parts: PlaygroundParts): Promise<void> {
  const { response } = exchange;
  const as = addressOf(exchange).searchParams.get('as') ?? '';
  const client = parts.signIn?.clients.find(as);
  const known = pages.get(parts) ?? new Map<string, Buffer>();
  pages.set(parts, known);
  // One page is kept: they are large, and one visitor looks at one at a time.
  const page = known.get(client?.id ?? '') ?? gzipSync(await pageFor(parts, client), { level: 1 });
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

async function pageFor(parts: PlaygroundParts, client: HubClient | undefined): Promise<string> {
  // Loaded by the first who asks: its nine megabytes of text take forty of memory, and a hub at work shows nobody a page.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const operations = operationsFor(parts, client);
  const tabs = tabsFor(parts, client, operations);
  const page = renderGraphiQL({
    title: '一档 Yidang',
    endpoint: '/graphql',
    // Subscriptions too: by default they would go to another address, with their variables in it.
    method: 'POST',
    subscriptionsProtocol: 'SSE',
    schemaDescription: true,
    shouldPersistHeaders: false,
    headers: parts.signIn ? undefined : TOKEN_HERE,
    defaultTabs: tabs,
  });
  if (!parts.signIn) return page;
  const state: PlaygroundBarState = {
    agency: client?.id ?? null,
    edition: createHash('sha256').update(JSON.stringify(tabs)).digest('base64url'),
    firstVariables: tabs[0]?.variables ?? '',
    jurisdictions: jurisdictionsOf(parts.signIn),
    operations: operations.map(({ name, about }) => ({ name, about, label: inShort(about) })),
  };
  // After the page's own style, so that the bar's stands; before its script, so that the bar takes over fetch and storage.
  const bar = `<style>${PLAYGROUND_BAR_STYLE}</style><script>${PLAYGROUND_BAR_SCRIPT}(${inScript(state)});</script>`;
  return page.replace('<div id="root"></div>', () => `${bar}<div id="root"></div>`);
}

/**
 * What a client may use: reading people first, since the page opens with what can be tried at once; what anybody may ask last, for an
 * agency is here for its own lists and people.
 */
function operationsFor(
  { operations, examples }: PlaygroundParts,
  client: HubClient | undefined,
): readonly PublishedOperation[] {
  if (!client) return operations;
  return operations
    .filter(({ needs }) => needs.every((scope) => client.scopes.includes(scope)))
    .filter((operation) => isOfUse(operation, examples, client))
    .toSorted((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ needs }: PublishedOperation): number {
  if (needs.length === 0) return 2;
  return needs.every((scope) => scope === 'person:read' || scope === 'benefit:read') && needs.includes('person:read')
    ? 0
    : 1;
}

function tabsFor(
  { signIn, examples }: PlaygroundParts,
  client: HubClient | undefined,
  operations: readonly PublishedOperation[],
) {
  if (signIn && !client) return [{ query: NOBODY_YET, variables: undefined }];
  return operations.map((operation) => {
    const variables = client ? exampleFor(operation, examples, client) : operation.example;
    return {
      query: operation.text,
      variables: variables && JSON.stringify(variables, null, 2),
    };
  });
}

function jurisdictionsOf({ clients, officeName }: SignIn): PlaygroundBarState['jurisdictions'] {
  const byJurisdiction = Map.groupBy(clients.all(), ({ jurisdiction }) => jurisdiction);
  return Array.from(byJurisdiction, ([{ id, name }, agencies]) => ({
    id,
    name,
    agencies: agencies.map((one) => ({ client: one.id, label: inShort(officeName(one.agency)), name: one.grant.name })),
  }));
}

/** A Chinese text up to its first stop or bracket: 农业农村局（乡村振兴局） is 农业农村局. */
const inShort = (text: string): string => text.replace(/[：，（。\n].*$/s, '');

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
