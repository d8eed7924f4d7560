import type { Claim } from '../claims/claim.ts';
import type { IdentityMatter, MatterKind } from '../identity/identity-matter.ts';
import { bareName } from '../identity/normalise-name.ts';
import { subjectMeant } from '../identity/own-claims.ts';
import type { SettledValue } from '../identity/settled.ts';
import { isHeldApart, ownNumbers } from './own-numbers.ts';
import type { PersonFacts } from './person-facts.ts';
import { compareText } from './survivorship.ts';

/**
 * What only a person can settle about somebody, as the claims that stand show it: names under one number that differ, and numbers
 * that are not their own. What was settled by splitting a number, or by saying which name counts, is no matter any more until a
 * name is told that was not there. Depends on the claims alone, never on the order in which they came.
 *
 * Almost everybody has one name and no such number, and costs one look at each claim.
 */
export function foundMatters(facts: PersonFacts): {
  readonly names: readonly NamesDiffer[];
  readonly others: readonly IdentityMatter[];
} {
  return isUsual(facts.claims) ? NONE : { names: namesThatDiffer(facts), others: numberMatters(facts) };
}

const NONE = { names: [], others: [] };

/** Names under one number that differ: of which kind the matter is, the names themselves tell, and not their keys. */
export interface NamesDiffer {
  readonly subject: string;
  /** As names are compared, or the keys that stand for them. */
  readonly names: readonly string[];
}

/** The matter that names come to. */
export const nameMatter = ({ subject }: NamesDiffer, bareNames: readonly string[]): IdentityMatter => ({
  kind: kindOf(bareNames),
  about: subject,
  subjects: [subject],
});

// Run for everybody: a plain loop, which makes nothing.
function isUsual(claims: readonly Claim[]): boolean {
  let name: string | undefined;
  for (let index = 0; index < claims.length; index += 1) {
    const { attributes } = claims[index]!;
    name ??= attributes.name;
    if (attributes.name !== name || attributes.heldApart) return false;
  }
  return true;
}

function namesThatDiffer(facts: PersonFacts): NamesDiffer[] {
  const { claims, splits = [], settledValues = [] } = facts;
  const bySubject = Map.groupBy(claims, (claim) => subjectMeant(claim, splits));
  return [...bySubject].flatMap(([key, told]) => {
    const settled = settledValues.find(({ subjectKey, attribute }) => subjectKey === key && attribute === 'name');
    const names = openNames(told, settled);
    return names.length < 2 ? [] : [{ subject: key, names }];
  });
}

/** The names, as names are compared, that nobody has settled; with the one that was settled to count, where others came after it. */
function openNames(claims: readonly Claim[], settled: SettledValue | undefined): readonly string[] {
  const firstTold = new Map<string, Date>();
  for (const { attributes, firstToldAt } of claims) {
    const name = bareName(attributes.name);
    const known = firstTold.get(name);
    if (name !== '' && (!known || firstToldAt < known)) firstTold.set(name, firstToldAt);
  }
  if (!settled) return [...firstTold.keys()];
  const counts = bareName(settled.value);
  const since = [...firstTold].filter(([name, told]) => name !== counts && told > settled.since);
  return [...since.map(([name]) => name), counts];
}

/** Names that share no character are hardly one person's, however many others lie between them. */
function kindOf(names: readonly string[]): MatterKind {
  const areTwo = names.some((one, index) => names.slice(index + 1).some((other) => !shareCharacter(one, other)));
  return areTwo ? 'TWO_PEOPLE_ON_ONE_NUMBER' : 'SAME_NUMBER_OTHER_NAME';
}

const shareCharacter = (one: string, other: string): boolean => [...one].some((character) => other.includes(character));

/** Subjects held apart, unless a document of their own tells who they are. */
function numberMatters(facts: PersonFacts): IdentityMatter[] {
  const apart = facts.subjects.filter(({ key }) => isHeldApart(key, facts));
  if (apart.length === 0 || ownNumbers(facts).length > 0) return [];
  return apart.map(({ key }) => ({ kind: 'NUMBER_NOT_THEIR_OWN', about: key, subjects: [key] }));
}

/**
 * The subjects whom rows name together with another person's document: joined by nothing, although a row that stands says so. Around
 * these, documents are in conflict, unless it was settled that they are different people's.
 */
export function namedWithOthers({ subjects, claims, splits = [] }: PersonFacts): readonly string[] {
  if (!someNameOthers(claims)) return [];
  const isOther = (key: string): boolean => !subjects.some((subject) => subject.key === key);
  const keys = claims
    .filter(({ attributes }) => attributes.sameAs?.some(isOther))
    .map((claim) => subjectMeant(claim, splits));
  return [...new Set(keys)].sort(compareText);
}

function someNameOthers(claims: readonly Claim[]): boolean {
  for (let index = 0; index < claims.length; index += 1) if (claims[index]!.attributes.sameAs) return true;
  return false;
}

/** Groups of subjects that rows name together although they cannot be one person's, as matters. */
export const conflictMatters = (conflicts: readonly (readonly string[])[]): readonly IdentityMatter[] =>
  conflicts.map((subjects) => ({ kind: 'DOCUMENTS_IN_CONFLICT', about: subjects[0]!, subjects }));
