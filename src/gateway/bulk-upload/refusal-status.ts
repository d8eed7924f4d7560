import { ToldRefusal } from '../error-answer.ts';

/** HTTP status of the refusals that a flow tells. */
const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  TOO_MANY_ROWS: 413,
  IDEMPOTENCY_CONFLICT: 409,
  STALE_VERSION: 409,
  PUSH_UNDER_WAY: 409,
  NOT_JUDGED_YET: 409,
};

/** A flow's refusal as this door answers it. */
export function toldRefusal(refusal: ToldRefusal['refusal']): ToldRefusal {
  return new ToldRefusal(STATUS[refusal.code] ?? 400, refusal);
}
