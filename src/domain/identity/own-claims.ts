import type { Claim } from '../claims/claim.ts';
import { bareName } from './normalise-name.ts';
import type { SubjectSplit } from './settled.ts';

/** The subject of whom a claim tells: its own, unless it was settled that under this name another is meant. */
export function subjectMeant({ subjectKey, attributes }: Claim, splits: readonly SubjectSplit[]): string {
  if (splits.length === 0) return subjectKey;
  const ofSubject = splits.filter((split) => split.subjectKey === subjectKey);
  if (ofSubject.length === 0) return subjectKey;
  const name = bareName(attributes.name);
  return ofSubject.find((split) => split.name === name)?.toKey ?? subjectKey;
}

/**
 * The claims that tell of somebody who has these subjects. Nothing of a claim changes: it stays the subject's under whose number it was
 * told, and only whom it is taken to be about differs.
 *
 * @param claims of these subjects, and of those from which anything was split towards them
 */
export function ownClaims(
  subjectKeys: readonly string[],
  claims: readonly Claim[],
  splits: readonly SubjectSplit[],
): readonly Claim[] {
  if (splits.length === 0) return claims;
  return claims.filter((claim) => subjectKeys.includes(subjectMeant(claim, splits)));
}
