import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import { bodyPace, type BodyPace } from './body-pace.ts';
import { faultForLog, RequestRefused, ToldRefusal } from './error-answer.ts';
import { dropHearsay } from './hearsay-headers.ts';
import { holdsNumber } from './number-in-address.ts';
import { requestIdOf } from './request-ids.ts';
import { routeTable, type Found, type RouteTable } from './route-table.ts';
import { SecureResponse } from './secure-response.ts';

/** Milliseconds that requests under way are given when the hub stops. */
const DRAIN_TIME = 25_000;
/** What is still coming of a refused request is heard out, so that the sender gets to read why: for so long, and so much of it. */
const LINGER_TIME = 5_000;
const MOST_HEARD_OUT = 256 * 1024;
/** Seconds after which to ask again, where a route does not know better. */
const RETRY_AFTER = 1;

/** One request being answered. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** What stands in the address in place of the `:names` of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** Is aborted when the hub stops, so that an answer that would go on and on ends. */
  readonly stopping: AbortSignal;
  /** Adds to the one line that the log gets of this request: words of the hub only, never the sender's. */
  note(fields: Readonly<Record<string, string | number | readonly string[]>>): void;
}

/** What answers at one address. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** See {@link routeTable}: `/lists/:list`. */
  readonly path: string;
  /** Its body may take as long as it takes: the route itself sees to senders that drip. */
  readonly longBody?: true;
  handle(exchange: Exchange): Promise<void>;
}

/** A listening server. It is alive at once, and answers 503 until it is given its routes. */
export interface HttpServer {
  readonly url: string;
  serve(routes: readonly Route[]): void;
  /** Takes no more connections, finishes the requests under way, closes. */
  stop(): Promise<void>;
}

/**
 * Starts listening. `patience` are the milliseconds for the headers of a request, and the span over which the pace of its body counts: a
 * client that drips gives up its place.
 */
export async function startHttpServer(host: string, port: number, log: Logger, patience: number): Promise<HttpServer> {
  let table = routeTable([alive]);
  let isReady = false;
  const stopping = new AbortController();
  // Without a limit for whole requests: how long a body may take is for each route to say.
  const server = createServer({
    IncomingMessage,
    ServerResponse: SecureResponse,
    keepAliveTimeout: 65_000,
    headersTimeout: patience,
    connectionsCheckingInterval: patience / 10,
    requestTimeout: 0,
  });
  // The last of each connection. A set that every request enters and leaves is copied all the time, and a copy that has grown old keeps
  // its answers, with all that hangs on them, until everything is collected. Of requests sent ahead of answers the last may be answered
  // before an earlier one: that one is not told to close, which would keep back the answer behind it, and the hub waits for the sender to
  // hang up, at most while it drains.
  const underWay = new Map<Socket, ServerResponse | null>();
  const pace = bodyPace(patience);
  server.on('connection', (socket) => {
    underWay.set(socket, null);
    socket.once('close', () => underWay.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    underWay.set(socket, response);
    if (stopping.signal.aborted) response.setHeader('connection', 'close');
    void answer(request, response, { table, isReady, log, pace, stopping: stopping.signal }).finally(() => {
      if (underWay.get(socket) === response) underWay.set(socket, null);
      pace.answered(request);
    });
  });
  await listen(server, host, port);

  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}`,
    serve: (routes) => {
      table = routeTable([alive, ...routes]);
      isReady = true;
    },
    stop: async () => {
      stopping.abort();
      // A connection that is kept open after its answer would keep the server open.
      for (const response of underWay.values()) {
        if (response && !response.headersSent) response.setHeader('connection', 'close');
      }
      await close(server);
      pace.stop();
    },
  };
}

/** Sends JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(text)),
  ]);
  response.end(text);
}

/** What the server answers with. */
interface Served {
  readonly table: RouteTable<Route>;
  /** Are all routes there, or only the one that tells whether the hub is alive? */
  readonly isReady: boolean;
  readonly log: Logger;
  readonly pace: BodyPace;
  readonly stopping: AbortSignal;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { table, isReady, log, pace, stopping }: Served,
): Promise<void> {
  const requestId = requestIdOf(request);
  const started = performance.now();
  const notes: Record<string, unknown> = { requestId };
  dropHearsay(request);
  try {
    const { route, params } = findRoute(request, table, notes, isReady);
    if (!route.longBody) pace.watch(request);
    const note = (fields: object): void => void Object.assign(notes, fields);
    await route.handle({ request, response, requestId, params, stopping, note });
  } catch (error) {
    sendError(error, request, response, requestId, log);
  }
  // Questions whether the hub is alive come every few seconds and say nothing.
  const level = notes['route'] === '/healthz' || notes['route'] === '/readyz' ? 'debug' : 'info';
  notes['status'] = response.statusCode;
  notes['ms'] = Math.round(performance.now() - started);
  log[level](notes, 'request');
}

const alive: Route = {
  method: 'GET',
  path: '/healthz',
  handle: async ({ response }) => sendJson(response, 200, { status: 'alive' }),
};

function findRoute(
  request: IncomingMessage,
  table: RouteTable<Route>,
  notes: Record<string, unknown>,
  isReady: boolean,
): Found<Route> {
  // Before anything is looked for: whoever writes numbers into addresses should hear of it wherever they knock.
  if (holdsNumber(request.url ?? '')) throw new RequestRefused('NUMBER_IN_ADDRESS');
  // There are no sockets of another protocol here, at whichever address.
  if (request.headers.upgrade?.toLowerCase() === 'websocket') throw new RequestRefused('NOT_FOUND');
  const here = table(request.url?.split('?', 1)[0] ?? '');
  if (here.length === 0) throw new RequestRefused(isReady ? 'NOT_FOUND' : 'NOT_READY');
  // Only a path of ours is logged: what stands in it, or in any other, is the sender's text.
  notes['route'] = here[0]!.route.path;
  const found = here.find(({ route }) => route.method === request.method);
  if (!found) throw new RequestRefused('METHOD_NOT_ALLOWED');
  return found;
}

function sendError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  log: Logger,
): void {
  const isTold = error instanceof RequestRefused || error instanceof ToldRefusal;
  const refused = isTold ? error : new RequestRefused('INTERNAL_SERVER_ERROR');
  // Whoever hangs up in the middle of a request makes no fault of the hub's.
  const hungUp = request.destroyed && !request.complete;
  if (refused !== error && !hungUp) log.error({ requestId, fault: faultForLog(error) }, 'fault');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!request.complete) hearOut(request);
  if (refused.status === 401) response.setHeader('www-authenticate', 'Bearer');
  const isForLater = refused.status === 429 || refused.status === 503;
  if (isForLater && !response.hasHeader('retry-after')) {
    const { retryAfter = RETRY_AFTER } = refused as Partial<RequestRefused>;
    response.setHeader('retry-after', retryAfter);
  }
  sendJson(response, refused.status, { errors: refused.answers(requestId) });
}

/**
 * Closing at once on a sender that is still sending would take the answer from it as well. One that sends more than it is heard out is
 * left waiting until its time is over, which costs nothing.
 */
function hearOut(request: IncomingMessage): void {
  let heard = 0;
  request.on('data', ({ length }: Buffer) => {
    heard += length;
    if (heard > MOST_HEARD_OUT) request.pause();
  });
  request.resume();
  const impatience = setTimeout(() => request.destroy(), LINGER_TIME);
  request.once('close', () => clearTimeout(impatience));
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), DRAIN_TIME);
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
  });
  clearTimeout(impatience);
}
