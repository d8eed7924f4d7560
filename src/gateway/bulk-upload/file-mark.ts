import type { Caller } from '../../domain/access/caller.ts';

/**
 * The mark that a file carries in each of its rows: who fetched it, in whose name, when, and the request under which the audit log has
 * its entries. Whoever finds a row somewhere can tell from whose file it came.
 */
export const fileMark = ({ client, operator, request }: Caller, at: Date): string =>
  [client, operator, at.toISOString(), request?.id].filter((part) => part !== undefined).join(' ');
