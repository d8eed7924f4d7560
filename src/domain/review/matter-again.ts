import type { IdentityMatter } from '../identity/identity-matter.ts';

/** What was looked at when a matter was settled. */
export interface SeenThen {
  readonly subjects: readonly string[];
  /** As names are compared. */
  readonly names: readonly string[];
}

/**
 * Does a matter that was settled come up again? Only where somebody joins it of whom nothing was settled, or, where it is about
 * names, a name that nobody had looked at.
 */
export function joinsWhatWasSeen(seen: SeenThen, matter: IdentityMatter, names: readonly string[]): boolean {
  if (matter.subjects.some((subject) => !seen.subjects.includes(subject))) return true;
  const isAboutNames = matter.kind === 'SAME_NUMBER_OTHER_NAME' || matter.kind === 'TWO_PEOPLE_ON_ONE_NUMBER';
  return isAboutNames && names.some((name) => !seen.names.includes(name));
}
