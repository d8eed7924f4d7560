import { ServerResponse, type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders } from 'node:http';
import { requestIdOf } from './request-ids.ts';

/** Headers of every answer: nothing is kept by caches, framed, sniffed or told to other sites. */
const SECURITY_HEADERS = [
  'cache-control',
  'no-store',
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy',
  'same-origin',
  'referrer-policy',
  'no-referrer',
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
] as const;

const OURS: ReadonlySet<unknown> = new Set(['x-request-id', ...SECURITY_HEADERS.filter((_, at) => at % 2 === 0)]);
const isOurs = (header: unknown): boolean => OURS.has(header);

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * An answer of the hub. Whoever makes it, and however it ends, its head has the headers of every answer and the request's id; only a
 * route that says otherwise of one of them is heard. What Node writes on a socket where it could read no request is none.
 */
export class SecureResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Every head goes through here, also one that nobody has written. */
  override writeHead(status: number, reason?: string, headers?: Headers): this;
  override writeHead(status: number, headers?: Headers): this;
  override writeHead(status: number, ...told: unknown[]): this {
    const headers = told.at(-1);
    const own = ['x-request-id', requestIdOf(this.req), ...SECURITY_HEADERS];
    // A list that says nothing of ours, and none set before: nearly every answer, and then Node writes the head without looking at each twice.
    if (Array.isArray(headers) && this.getHeaderNames().length === 0 && !headers.some(isOurs)) {
      return super.writeHead(status, headers.concat(own));
    }
    for (let at = 0; at < own.length; at += 2) if (!this.hasHeader(own[at]!)) this.setHeader(own[at]!, own[at + 1]!);
    return super.writeHead(status, ...(told as [Headers?]));
  }
}
