import type { SettledValue } from '../identity/settled.ts';
import type { DecidedSubject } from '../identity/subject.ts';
import type { PersonFacts } from './person-facts.ts';
import { compareText } from './survivorship.ts';

/** A person's subjects in an order that loading cannot change: the one that gave the person its id first. */
export function inOrder(person: string, subjects: readonly DecidedSubject[]): readonly DecidedSubject[] {
  if (subjects.length < 2) return subjects;
  const rank = ({ key }: DecidedSubject): number => (key === person ? 0 : 1);
  return subjects.toSorted((a, b) => rank(a) - rank(b) || compareText(a.key, b.key));
}

type ValueOf<A extends SettledValue['attribute']> = Extract<SettledValue, { attribute: A }>['value'];

/** What was settled to count of a person, from the best subject on; mostly nothing. */
export function settledValuesOf<A extends SettledValue['attribute']>(
  { id, subjects, settledValues }: PersonFacts,
  attribute: A,
): readonly ValueOf<A>[] {
  if (!settledValues) return [];
  return inOrder(id, subjects).flatMap(({ key }) =>
    settledValues.filter((one) => one.subjectKey === key && one.attribute === attribute).map(({ value }) => value),
  ) as ValueOf<A>[];
}
