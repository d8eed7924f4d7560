import type { ListName } from '../intake/words.ts';
import type { Caller, Jurisdiction, Purpose, Scope } from './caller.ts';
import { granted, refused, type Answer } from './refusal.ts';

/** What a caller may see of the persons of its jurisdiction, once reading is granted. */
export interface ReadRight {
  readonly caller: Caller;
  readonly jurisdiction: Jurisdiction;
  readonly knows: ReadGrant['knows'];
  readonly lists: 'ALL' | ReadonlySet<ListName>;
  /** May see names and numbers unmasked: the grant, the scope, and a reason told with the request. */
  readonly reveal: boolean;
}

type ReadGrant = NonNullable<NonNullable<Jurisdiction['agencies'][Caller['agency']]>['reads']>;

const unauthenticated = (): Answer<never> =>
  refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');

/** The agency's grant for reading, where its token asks for it too: a token narrows a grant, it never widens one. */
function readGrantOf(caller: Caller, jurisdiction: Jurisdiction | undefined, scope: Scope): ReadGrant | undefined {
  if (!jurisdiction || jurisdiction.id !== caller.jurisdiction || !caller.scopes.has(scope)) return undefined;
  return jurisdiction.agencies[caller.agency]?.reads;
}

/**
 * May the caller read persons of its jurisdiction, and what of them? Denied unless the jurisdiction grants the agency
 * reading for the purpose AND the token carries `person:read`.
 *
 * @param jurisdiction the caller's own, as it stands now; `undefined` where the hub does not serve it
 * @param purpose why the person is read; `null` where nobody says why, which is refused like a purpose that is not granted
 */
export function decideRead(
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose | null,
): Answer<ReadRight> {
  if (!caller) return unauthenticated();
  const grant = readGrantOf(caller, jurisdiction, 'person:read');
  if (!jurisdiction || !grant || purpose === null || !grant.purposes.includes(purpose)) {
    return refused('FORBIDDEN', '未获准为此目的查询人员信息', 'Reading persons for this purpose is not granted');
  }
  return granted(rightOf(caller, jurisdiction, grant));
}

/** Of whom may the caller know? For deciding whether it may name a person's row, where nothing of the person is answered. */
export function decideKnowing(caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<ReadRight> {
  if (!caller) return unauthenticated();
  const grant = readGrantOf(caller, jurisdiction, 'person:read');
  if (!jurisdiction || !grant) {
    return refused('FORBIDDEN', '未获准查询人员信息', 'Reading persons is not granted');
  }
  return granted(rightOf(caller, jurisdiction, grant));
}

const rightOf = (caller: Caller, jurisdiction: Jurisdiction, grant: ReadGrant): ReadRight => ({
  caller,
  jurisdiction,
  knows: grant.knows,
  lists: grant.lists === 'ALL' ? 'ALL' : new Set(grant.lists),
  reveal: mayReveal(grant, caller),
});

/** May the caller see names and numbers whole? Only who is granted it, whose token says so too, and who tells why. */
export const mayReveal = (grant: { readonly reveal: boolean } | undefined, caller: Caller): boolean =>
  grant?.reveal === true && caller.scopes.has('person:reveal') && caller.revealBecause !== undefined;

/** May the caller ask what a policy pack decides for a person? Needs the grant and the scope `benefit:read`. */
export function decideBenefitRead(caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<ReadRight> {
  if (!caller) return unauthenticated();
  const grant = readGrantOf(caller, jurisdiction, 'benefit:read');
  if (!jurisdiction || !grant?.benefit) {
    return refused('FORBIDDEN', '未获准查询待遇核定结果', 'Reading benefit decisions is not granted');
  }
  return granted(rightOf(caller, jurisdiction, grant));
}

/**
 * May the caller search people of its jurisdiction? Needs reading for the purpose, the grant `search` and the scope
 * `person:search`. Whoever knows only its own people searches among these.
 */
export function decideSearch(
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose,
): Answer<ReadRight> {
  const right = decideRead(caller, jurisdiction, purpose);
  if (!right.ok) return right;
  if (!readGrantOf(right.value.caller, jurisdiction, 'person:search')?.search) {
    return refused('FORBIDDEN', '未获准检索人员', 'Searching people is not granted');
  }
  return right;
}

/**
 * May the caller read how decisions changed, for this purpose? Needs the purpose, the grants `benefit` and `changes`, and the scope
 * `change:read`.
 */
export function decideChangeRead(
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose,
): Answer<ReadRight> {
  if (!caller) return unauthenticated();
  const grant = readGrantOf(caller, jurisdiction, 'change:read');
  if (!jurisdiction || !grant?.benefit || !grant.changes || !grant.purposes.includes(purpose)) {
    return refused('FORBIDDEN', '未获准查询核定结果变动', 'Reading changes of decisions is not granted');
  }
  return granted(rightOf(caller, jurisdiction, grant));
}

/** May the caller read what became of its own pushes? Needs a grant to push some list and the scope `submission:read`. */
export function decideSubmissionRead(caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<Caller> {
  if (!caller) return unauthenticated();
  const grant = jurisdiction?.id === caller.jurisdiction ? jurisdiction.agencies[caller.agency] : undefined;
  if (!grant || Object.keys(grant.pushes).length === 0 || !caller.scopes.has('submission:read')) {
    return refused('FORBIDDEN', '未获准查询报送记录', 'Reading submissions is not granted');
  }
  return granted(caller);
}
