import type { IdentityMatter } from '../identity/identity-matter.ts';
import type { SubjectSettlement } from '../identity/settled.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { compareText } from './survivorship.ts';

/** Persons who share a name, as names are compared, and a day of birth. */
export interface Namesakes {
  readonly bareName: string;
  readonly birthDate: PlainDate;
  /** Each once. */
  readonly persons: readonly string[];
}

/**
 * Groups of persons who share name and birthday under other numbers, as matters; a group of whom every two were settled to be
 * different people is none any more. Neither the order of groups nor that of persons makes a difference.
 *
 * @param settlements that stand of any subject of these persons
 * @param personOf whose a subject is; a person's id is a subject of theirs
 */
export function namesakeMatters(
  groups: readonly Namesakes[],
  settlements: readonly SubjectSettlement[],
  personOf: (subject: string) => string = (subject) => subject,
): readonly IdentityMatter[] {
  const apart = settlements
    .filter(({ same }) => !same)
    .map(({ subjectKey, otherKey }) => [personOf(subjectKey), personOf(otherKey)] as const);
  return groups
    .filter(({ persons }) => !areAllApart(persons, apart))
    .map(({ bareName, birthDate, persons }) => ({
      kind: 'SAME_NAME_OTHER_NUMBER' as const,
      about: `${bareName}|${birthDate}`,
      subjects: persons.toSorted(compareText),
    }))
    .sort((a, b) => compareText(a.about, b.about));
}

// Counted rather than tried: of a thousand namesakes there are half a million pairs, and hardly any was settled.
function areAllApart(persons: readonly string[], apart: readonly (readonly [string, string])[]): boolean {
  const members = new Set(persons);
  const pairs = new Set(
    apart
      .filter(([a, b]) => a !== b && members.has(a) && members.has(b))
      .map(([a, b]) => (a < b ? `${a}|${b}` : `${b}|${a}`)),
  );
  return pairs.size === (members.size * (members.size - 1)) / 2;
}
