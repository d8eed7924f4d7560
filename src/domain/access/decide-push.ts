import type { Category, ListName } from '../intake/words.ts';
import { ACCESS_RULES, decideByRule } from './access-rules.ts';
import type { Caller, Jurisdiction } from './caller.ts';
import { granted, refused, type Answer } from './refusal.ts';

/** What a caller wants to push, before its rows are looked at. */
export interface PushWish {
  readonly list: ListName;
  /** The jurisdiction that the sender means; `null` for the token's own. */
  readonly jurisdiction: string | null;
}

/** The right to push one list. */
export interface PushRight {
  readonly caller: Caller;
  /** The identities that may be pushed; `ALL` where the grant names none. */
  readonly categories: 'ALL' | ReadonlySet<Category>;
  /** What it pushes must come under a signature of its own. */
  readonly mustSign: boolean;
}

/**
 * May the caller push this list in this jurisdiction? Denied unless the jurisdiction grants the agency the list AND the token
 * carries its scope: a token narrows a grant, it never widens one.
 *
 * @param own the caller's jurisdiction as it stands now; `undefined` where the hub does not serve it
 */
export function decidePush(wish: PushWish, caller: Caller | null, own: Jurisdiction | undefined): Answer<PushRight> {
  const letIn = decideByRule('PUSH_LIST', caller, own, { list: wish.list });
  if (!letIn.ok) return letIn;
  const { grant, ...who } = letIn.value;
  if (wish.jurisdiction !== null && wish.jurisdiction !== who.caller.jurisdiction) {
    return refused('FORBIDDEN', ...ACCESS_RULES.PUSH_LIST.refusal);
  }
  const categories = grant.pushes[wish.list]?.categories;
  const mustSign = grant.signature === 'required';
  return granted({ caller: who.caller, categories: categories ? new Set(categories) : 'ALL', mustSign });
}

/** May the caller push rows of these identities? One that is not granted forbids the whole push, so that nothing of it is kept. */
export function decideCategories(
  { categories: allowed }: Pick<PushRight, 'categories'>,
  categories: Iterable<Category>,
): Answer<true> {
  if (allowed === 'ALL' || [...categories].every((category) => allowed.has(category))) return granted(true);
  return refused(
    'FORBIDDEN',
    '名单含未获准报送的身份类别，整份未接收',
    'The list holds a category that the agency may not push; nothing was taken in',
  );
}
