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
