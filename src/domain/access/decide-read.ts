import type { ListName } from '../intake/words.ts';
import { decideByRule, type Granted, type RuleName } from './access-rules.ts';
import type { AgencyGrant, Caller, Jurisdiction, Purpose } from './caller.ts';
import { granted, type Answer } from './refusal.ts';

/** What a caller may see of the persons of its jurisdiction, once reading is granted. */
export interface ReadRight {
  readonly caller: Caller;
  readonly jurisdiction: Jurisdiction;
  readonly knows: NonNullable<AgencyGrant['reads']>['knows'];
  readonly lists: 'ALL' | ReadonlySet<ListName>;
  /** May see names and numbers unmasked: the grant, the scope, and a reason told with the request. */
  readonly reveal: boolean;
}

/**
 * May the caller read persons of its jurisdiction, and what of them? Denied unless the jurisdiction grants the agency
 * reading for the purpose AND the token carries `person:read`.
 *
 * @param jurisdiction the caller's own, as it stands now; `undefined` where the hub does not serve it
 * @param purpose why the person is read; `null` where nobody says why, which is refused like a purpose that is not granted
 */
export const decideRead = (
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose | null,
): Answer<ReadRight> => rightBy('READ_PERSONS', caller, jurisdiction, purpose);

/** May the caller read households? A household number says who lives with whom: it takes the right to the list that tells it. */
export const decideHouseholdRead = (
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose,
): Answer<ReadRight> => rightBy('READ_HOUSEHOLDS', caller, jurisdiction, purpose);

/** May the caller ask what a policy pack decides for a person? Needs the grant and the scope `benefit:read`. */
export const decideBenefitRead = (caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<ReadRight> =>
  rightBy('READ_BENEFIT', caller, jurisdiction);

/** May the caller be told who is not enrolled? For the unit that must act, as its grant says. */
export const decideUnenrolled = (caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<ReadRight> =>
  rightBy('LIST_UNENROLLED', caller, jurisdiction);

/** May the caller have everybody counted by what a pack decides? Figures about others' people would tell the rest. */
export const decideCounting = (caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<ReadRight> =>
  rightBy('COUNT_EVERYBODY', caller, jurisdiction);

/**
 * May the caller search people of its jurisdiction? Needs reading for the purpose, the grant `search` and the scope
 * `person:search`. Whoever knows only its own people searches among these.
 */
export const decideSearch = (
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose,
): Answer<ReadRight> => rightBy('SEARCH_PEOPLE', caller, jurisdiction, purpose);

/** May the caller read who looked at a person? */
export const decideWhoLooked = (
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose,
): Answer<ReadRight> => rightBy('WHO_LOOKED', caller, jurisdiction, purpose);

/**
 * May the caller read how decisions changed, for this purpose? Needs the purpose, the grants `benefit` and `changes`, and the scope
 * `change:read`.
 */
export const decideChangeRead = (
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose,
): Answer<ReadRight> => rightBy('READ_CHANGES', caller, jurisdiction, purpose);

/** May the caller read what became of its own pushes? Needs a grant to push some list and the scope `submission:read`. */
export function decideSubmissionRead(caller: Caller | null, jurisdiction: Jurisdiction | undefined): Answer<Caller> {
  const letIn = decideByRule('READ_SUBMISSIONS', caller, jurisdiction);
  return letIn.ok ? granted(letIn.value.caller) : letIn;
}

/** May the caller see names and numbers whole? Only who is granted it, whose token says so too, and who tells why. */
const mayReveal = ({ caller, jurisdiction }: Pick<Granted, 'caller' | 'jurisdiction'>): boolean =>
  caller.revealBecause !== undefined && decideByRule('REVEAL', caller, jurisdiction).ok;

/** What of persons a grant lets its agency see. */
export function readRightOf({ caller, jurisdiction, grant: { reads } }: Granted): ReadRight {
  return {
    caller,
    jurisdiction,
    knows: reads?.knows ?? 'OWN',
    lists: reads?.lists === 'ALL' ? 'ALL' : new Set(reads?.lists),
    reveal: mayReveal({ caller, jurisdiction }),
  };
}

function rightBy(
  rule: RuleName,
  caller: Caller | null,
  jurisdiction: Jurisdiction | undefined,
  purpose: Purpose | null = null,
): Answer<ReadRight> {
  const letIn = decideByRule(rule, caller, jurisdiction, { purpose });
  return letIn.ok ? granted(readRightOf(letIn.value)) : letIn;
}
