import type { AgencyGrant, Caller, Jurisdiction } from './caller.ts';
import { granted, refused, type Answer } from './refusal.ts';

/** What a caller may do about tasks of its jurisdiction. */
export interface ReviewRight {
  readonly caller: Caller;
  readonly jurisdiction: Jurisdiction;
  /** All tasks, or only those about persons of whom its agency has said something that stands. */
  readonly sees: 'ALL' | 'OWN';
}

/**
 * May the caller see tasks? Denied unless the jurisdiction grants the agency reviews AND the token carries `review:read`.
 *
 * @param own the caller's jurisdiction as it stands now; `undefined` where the hub does not serve it
 */
export function decideReviewRead(caller: Caller | null, own: Jurisdiction | undefined): Answer<ReviewRight> {
  if (!caller) return unauthenticated();
  const grant = grantOf(caller, own)?.reviews;
  if (!own || !grant || !caller.scopes.has('review:read')) return forbidden();
  return granted({ caller, jurisdiction: own, sees: grant.sees });
}

/** May the caller settle tasks that it sees? Needs the grant and the scope `review:settle`, and a named operator. */
export function decideSettle(
  caller: Caller | null,
  own: Jurisdiction | undefined,
): Answer<ReviewRight & { readonly operator: string }> {
  const right = decideReviewRead(caller, own);
  if (!right.ok) return right;
  if (!grantOf(right.value.caller, own)?.reviews?.settles || !right.value.caller.scopes.has('review:settle')) {
    return forbidden();
  }
  const { operator } = right.value.caller;
  if (operator === undefined) {
    return refused(
      'FORBIDDEN',
      '认定须指明经办人：申请令牌时请带 operator 参数',
      'A settlement needs a named person: ask for the token with the parameter operator',
    );
  }
  return granted({ ...right.value, operator });
}

const grantOf = (caller: Caller, own: Jurisdiction | undefined): AgencyGrant | undefined =>
  own?.id === caller.jurisdiction ? own.agencies[caller.agency] : undefined;

const unauthenticated = () => refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');

const forbidden = () => refused('FORBIDDEN', '未获准办理身份核查', 'Handling reviews is not granted');
