import type { Claim, ClaimSource } from '../claims/claim.ts';
import type { ListName } from '../intake/words.ts';
import type { DeathStatus, ListedIdentity, PersonRecord, Sourced } from '../person/person-record.ts';
import type { BenefitDecision } from '../policy/decision.ts';
import type { ReadRight } from './decide-read.ts';
import { maskName, maskNumber } from './mask.ts';

/** The record as one caller may see it. */
export interface VisibleRecord extends Omit<PersonRecord, 'death'> {
  /** Null where the caller is not granted the deaths list: withheld, which says nothing of the person. */
  readonly death: DeathStatus | null;
}

/** Does the right cover claims of the list? */
export function coversList(right: ReadRight, list: ListName): boolean {
  return right.lists === 'ALL' || right.lists.has(list);
}

/**
 * May the caller know of the person at all? As its grant says: of everybody in its jurisdiction, or only of those of whom it
 * has itself said something that stands. Whoever may not know is answered exactly as for a person who is not there.
 */
export function mayKnowOf(right: ReadRight, claims: readonly Claim[]): boolean {
  return right.knows === 'EVERYBODY' || claims.some((claim) => claim.agency === right.caller.agency);
}

/** The claims of granted lists, in the order given; names and numbers of certificates masked unless the caller may see them whole. */
export function visibleClaims(claims: readonly Claim[], right: ReadRight): Claim[] {
  const granted = claims.filter(({ list }) => coversList(right, list));
  return right.reveal ? granted : granted.map(maskedClaim);
}

function maskedClaim(claim: Claim): Claim {
  const name = maskName(claim.attributes.name);
  if (claim.list !== 'disability') return { ...claim, attributes: { ...claim.attributes, name } } as Claim;
  const { certificateNumber, ...attributes } = claim.attributes;
  const masked = certificateNumber && { certificateNumber: maskNumber('DISABILITY_CERTIFICATE', certificateNumber) };
  return { ...claim, attributes: { ...attributes, name, ...masked } };
}

function maskedNames(name: Sourced<string>): Sourced<string> {
  const others = name.others.map(({ value, sources }) => ({ value: maskName(value), sources }));
  return { value: maskName(name.value), sources: name.sources, others };
}

/** Keeps a value that identifies the person, but names only sources on granted lists, and rivals that such sources give. */
function withGrantedSources<S extends Sourced<unknown>>(sourced: S, right: ReadRight): S {
  if (right.lists === 'ALL') return sourced;
  const grantedOf = (sources: readonly ClaimSource[]): ClaimSource[] =>
    sources.filter(({ list }) => coversList(right, list));
  return {
    ...sourced,
    sources: grantedOf(sourced.sources),
    others: sourced.others
      .map(({ value, sources }) => ({ value, sources: grantedOf(sources), readFromNumber: sources.length === 0 }))
      .filter(({ sources, readFromNumber }) => readFromNumber || sources.length > 0)
      .map(({ value, sources }) => ({ value, sources })),
  };
}

/** Keeps a value only where a granted list is behind it: a lesser one in its place would pass for the one that counts. */
const ifGranted = <S extends Sourced<unknown>>(sourced: S, right: ReadRight): S[] => {
  const seen = withGrantedSources(sourced, right);
  return seen.sources.length > 0 ? [seen] : [];
};

const grantedOnly = (identities: readonly ListedIdentity[], right: ReadRight): readonly ListedIdentity[] =>
  identities.flatMap((one) => ifGranted(one, right));

/** What is left of each value of a record, by its name. */
const WITHHOLDS: {
  readonly [Value in keyof VisibleRecord]: (merged: PersonRecord[Value], right: ReadRight) => VisibleRecord[Value];
} = {
  name: (merged, right) => {
    const name = merged && withGrantedSources(merged, right);
    return name && !right.reveal ? maskedNames(name) : name;
  },
  birthDate: (merged, right) => merged && withGrantedSources(merged, right),
  sex: (merged) => merged,
  death: (merged, right) => (coversList(right, 'deaths') ? merged : null),
  householdNumber: (merged, right) => (merged && ifGranted(merged, right)[0]) ?? null,
  regionCode: (merged, right) => (merged && ifGranted(merged, right)[0]) ?? null,
  hardship: grantedOnly,
  disability: grantedOnly,
};

/**
 * Leaves out of a value of a record, given by its name, what the caller is not granted: the death without the deaths list; household, place and identities
 * without the lists that tell them. Name, birth date and sex stay, because they tell whether the person found is the one meant, the name
 * masked unless the caller may see it whole; but a source is named only where its list is granted, since "the name comes from the
 * hardship list" would give the listing away.
 */
export const withheldValue = <Value extends keyof VisibleRecord>(
  value: Value,
  merged: PersonRecord[Value],
  right: ReadRight,
): VisibleRecord[Value] => WITHHOLDS[value](merged, right);

/**
 * Leaves out of a decision the rows of lists that the caller is not granted. What the decision says stays: whoever collects or
 * pays the premium is told the identity and the amount (GY26-2.5.3c, YY25-3-YB2), but not which office's row says so.
 */
export function withholdSources(decision: BenefitDecision, right: ReadRight): BenefitDecision {
  if (right.lists === 'ALL') return decision;
  const granted = <T extends { readonly claims: readonly ClaimSource[] }>(from: readonly T[]): T[] =>
    from.map((one) => ({ ...one, claims: one.claims.filter(({ list }) => coversList(right, list)) }));
  return { ...decision, candidates: granted(decision.candidates), steps: granted(decision.steps) };
}
