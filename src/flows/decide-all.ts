import { decideByRule, type RuleName, type RuleUse } from '../domain/access/access-rules.ts';
import type { Caller } from '../domain/access/caller.ts';
import { decidePush } from '../domain/access/decide-push.ts';
import { granted, type Answer } from '../domain/access/refusal.ts';
import type { Jurisdictions } from './ports.ts';

/** One thing of several that are asked for at once. */
export interface Wanted extends Pick<RuleUse, 'list'> {
  readonly rule: RuleName;
  /** The jurisdiction that a push means; `null` for the token's own. */
  readonly jurisdiction: string | null;
}

/**
 * May the caller do all of these? The first that it may not refuses them all, before any is begun. Each is decided once more, with what it is
 * about, when its turn comes.
 */
export function decideAll(
  wanted: readonly Wanted[],
  caller: Caller | null,
  { jurisdictions }: { readonly jurisdictions: Jurisdictions },
): Answer<true> {
  const own = caller ? jurisdictions.find(caller.jurisdiction) : undefined;
  for (const { rule, list, jurisdiction } of wanted) {
    const letIn =
      list === undefined ? decideByRule(rule, caller, own) : decidePush({ list, jurisdiction }, caller, own);
    if (!letIn.ok) return letIn;
  }
  return granted(true);
}
