/** Why the hub does not do what it was asked. The codes are stable; clients may act on them. */
export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'IDEMPOTENCY_CONFLICT'
  /** The agency must sign what it pushes, and has not. */
  | 'SIGNATURE_REQUIRED'
  /** The agency's signature was not made for this push by a key of its own. */
  | 'SIGNATURE_INVALID'
  | 'TOO_MANY_ROWS'
  /** A snapshot of an earlier period than one received before; a task or request that is not any more as it was seen. */
  | 'STALE_VERSION'
  /** A task or request does not stand where this can be done with it. */
  | 'WRONG_STATE'
  /** Another push under the same idempotency key is still arriving. */
  | 'PUSH_UNDER_WAY'
  /** The rows have no verdicts yet. */
  | 'NOT_JUDGED_YET'
  /** The work did not break off, so there is nothing to drive again. */
  | 'SUBMISSION_NOT_FAILED'
  /** The submission is being worked on at this moment. */
  | 'SUBMISSION_IN_WORK'
  /** The submission is not held, so that there is nothing to release. */
  | 'SUBMISSION_NOT_HELD'
  /** A policy pack is not sound; the words say where and why. */
  | 'PACK_INVALID';

/** An expected refusal, told in both languages and never repeating what was sent. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly zh: string;
  readonly en: string;
}

/** Either the value asked for, or why there is none. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Wraps a value as a granted answer. */
export const granted = <T>(value: T): Answer<T> => ({ ok: true, value });

/** Wraps a reason as a refused answer. */
export const refused = (code: RefusalCode, zh: string, en: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code, zh, en },
});
