import type { Claim } from '../claims/claim.ts';
import { bareName } from './normalise-name.ts';
import type { SubjectSplit } from './settled.ts';

/** What a standing claim says of who its subject is. */
export interface StatedLink {
  readonly subject: string;
  /** The name that the claim gives. */
  readonly name: string;
  /** Keys of the other documents that its row names. */
  readonly sameAs: readonly string[];
}

/**
 * The pairs of subjects that claims name together. Where what is told of a subject under a name was settled to be another's, the
 * claim speaks of that other, on either side of the pair.
 */
export function statedPairs(
  links: readonly StatedLink[],
  splits: readonly SubjectSplit[],
): readonly (readonly [a: string, b: string])[] {
  const toKeys = new Map(splits.map(({ subjectKey, name, toKey }) => [`${subjectKey}|${name}`, toKey]));
  const meant = (key: string, name: string): string => toKeys.get(`${key}|${bareName(name)}`) ?? key;
  return links.flatMap(({ subject, name, sameAs }) =>
    sameAs.map((other) => [meant(subject, name), meant(other, name)] as const),
  );
}

/** The subjects of every pair that claims cease or begin to state; none where the claims that begin state what those did that cease. */
export function subjectsOfChangedPairs(ended: readonly Claim[], added: readonly Claim[]): readonly string[] {
  const [before, after] = [pairsIn(ended), pairsIn(added)];
  const changed = [...before.keys()].filter((key) => !after.has(key));
  changed.push(...[...after.keys()].filter((key) => !before.has(key)));
  return [...new Set(changed.flatMap((key) => before.get(key) ?? after.get(key)!))];
}

/** By subject, other document and the name under which it is said: by that it may be told apart. */
function pairsIn(claims: readonly Claim[]): ReadonlyMap<string, readonly [string, string]> {
  const pairs = new Map<string, readonly [string, string]>();
  for (const { subjectKey, attributes } of claims) {
    for (const other of attributes.sameAs ?? []) {
      pairs.set(`${subjectKey}|${other}|${attributes.name}`, [subjectKey, other]);
    }
  }
  return pairs;
}
