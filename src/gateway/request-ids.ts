import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const ID = Symbol('request id');

/** The name of a request in logs, errors and the audit log: made when it is first asked for, the same ever after. */
export function requestIdOf(request: IncomingMessage & { [ID]?: string }): string {
  return (request[ID] ??= randomUUID());
}
