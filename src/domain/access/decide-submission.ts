import type { ListName } from '../intake/words.ts';
import { ACCESS_RULES, decideByRule } from './access-rules.ts';
import type { Caller, Jurisdiction } from './caller.ts';
import { granted, refused, type Answer } from './refusal.ts';

/** What must be known of a submission to decide who may release it. */
export interface HeldPush {
  readonly list: ListName;
  /** Who pushed it; `null` where the token named nobody. */
  readonly operator: string | null;
}

/**
 * May the caller name a submission of its own at all, to take it back or drive it again? Needs a grant and a scope to push
 * some list; `decidePush` then says whether it is the list of that submission.
 *
 * @param own the caller's jurisdiction as it stands now; `undefined` where the hub does not serve it
 */
export function decideTakeBack(caller: Caller | null, own: Jurisdiction | undefined): Answer<Caller> {
  const letIn = decideByRule('TAKE_BACK', caller, own);
  return letIn.ok ? granted(letIn.value.caller) : letIn;
}

/** May the caller release held submissions at all? Needs a grant to push some list and the scope `submission:release`. */
export function decideRelease(caller: Caller | null, own: Jurisdiction | undefined): Answer<Caller> {
  const letIn = decideByRule('RELEASE', caller, own);
  return letIn.ok ? granted(letIn.value.caller) : letIn;
}

/**
 * May the caller release this one? Its agency must still be granted the list, and two persons must stand behind it: a list
 * that looks wrong is not to be waved through by whoever sent it. A push that named nobody is released by anybody named.
 */
export function decideReleaseOf(push: HeldPush, caller: Caller, own: Jurisdiction | undefined): Answer<string> {
  const grant = own?.id === caller.jurisdiction ? own.agencies[caller.agency] : undefined;
  if (!grant?.pushes[push.list]) return refused('FORBIDDEN', ...ACCESS_RULES.RELEASE.refusal);
  const { operator } = caller;
  if (operator === undefined) {
    return refused(
      'FORBIDDEN',
      '放行须指明经办人：申请令牌时请带 operator 参数',
      'A release needs a named person: ask for the token with the parameter operator',
    );
  }
  if (operator === push.operator) {
    return refused(
      'FORBIDDEN',
      '放行须由报送经办人以外的另一人办理',
      'A release takes a second person: not the one who pushed it',
    );
  }
  return granted(operator);
}
