import type { IncomingMessage } from 'node:http';

/** What anybody may write into a request about where it came from, or as if it came from within. */
const HEARSAY =
  /^(?:x-hub-internal-.*|x-forwarded-(?:for|host|port|server|prefix)|x-real-ip|forwarded|x-client-cert|x-forwarded-client-cert)$/;

/** Forgets what a request says of itself that only the hub could know. Nothing of the hub reads it; no library shall either. */
export function dropHearsay(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (!HEARSAY.test(name)) continue;
    delete request.headers[name];
    // Made when it is first asked for, which costs as much again: only where there is something to be forgotten.
    delete request.headersDistinct[name];
  }
}
