import type { DecidedSubject } from '../identity/subject.ts';
import type { PersonFacts } from './person-facts.ts';

/**
 * The subjects whose number is the person's own, so that it tells of them: not a placeholder, nor a guardian's, nor one that somebody
 * else has too, of whom the person was told apart.
 */
export function ownNumbers(facts: PersonFacts): readonly DecidedSubject[] {
  if (!facts.splits && !anyHeldApart(facts)) return facts.subjects;
  return facts.subjects.filter(({ key }) => !isHeldApart(key, facts) && !isSplitOff(key, facts));
}

// Run for everybody: a plain loop, which makes nothing.
function anyHeldApart({ claims }: PersonFacts): boolean {
  for (let index = 0; index < claims.length; index += 1) if (claims[index]!.attributes.heldApart) return true;
  return false;
}

/** Does a row that stands say of the subject that its number is not its own? */
export const isHeldApart = (key: string, { claims }: PersonFacts): boolean =>
  claims.some(({ subjectKey, attributes }) => subjectKey === key && attributes.heldApart === true);

const isSplitOff = (key: string, { splits }: PersonFacts): boolean =>
  splits !== undefined && splits.some(({ toKey }) => toKey === key);
