import type { IncomingMessage } from 'node:http';
import type { Caller } from '../domain/access/caller.ts';
import { RequestRefused } from './error-answer.ts';

/** The header by which a request says why it asks for names and numbers unmasked: UTF-8, percent-encoded. */
const REVEAL_REASON = 'reveal-reason';

const LONGEST_REASON = 200;

/**
 * The caller with the reason that its request gives for seeing names and numbers unmasked; as it was where the request gives none. A
 * reason that cannot be read is refused, since the audit log is to keep it.
 */
export function withRevealReason(caller: Caller, request: IncomingMessage): Caller {
  // Looked for among the joined ones first, which are made already.
  const given = request.headers[REVEAL_REASON] === undefined ? undefined : request.headersDistinct[REVEAL_REASON];
  if (given === undefined) return caller;
  const reason = given.length === 1 ? decoded(given[0]!)?.trim() : undefined;
  if (!reason || [...reason].length > LONGEST_REASON || /\p{C}/u.test(reason)) {
    throw new RequestRefused('BAD_USER_INPUT', [
      {
        zh: `请求头 ${REVEAL_REASON} 应为 1 至 ${LONGEST_REASON} 个字，以 UTF-8 百分号编码`,
        en: `the header ${REVEAL_REASON} holds 1 to ${LONGEST_REASON} characters as percent-encoded UTF-8`,
      },
    ]);
  }
  return { ...caller, revealBecause: reason };
}

/** The headers by which a request gives a reason; none without one. */
export const revealReasonHeader = (because: string | undefined): Readonly<Record<string, string>> =>
  because === undefined ? {} : { [REVEAL_REASON]: encodeURIComponent(because) };

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
