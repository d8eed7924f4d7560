import { personIdOf } from './ask-person.ts';
import type { Mismatch } from './compare.ts';
import type { HouseholdExpectation } from './expectation.ts';
import type { Telling } from './telling.ts';
import { whyNot } from './told-hub.ts';

const HOUSEHOLD = `
  query ($number: String!, $asOf: Date!, $knownAt: DateTime!, $policyYear: Int!) {
    household(number: $number, purpose: BENEFIT_ADMINISTRATION, asOf: $asOf, knownAt: $knownAt, policyYear: $policyYear) {
      status members { present person { id } } notEnrolled { person { id } }
    }
  }`;

interface Member {
  readonly person: { readonly id: string };
}

interface Household {
  readonly status: string | null;
  readonly members: readonly (Member & { readonly present: boolean })[];
  readonly notEnrolled: readonly Member[] | null;
}

/** Holds a household, as it is on a day and as known at an instant, against what is expected of it. */
export async function householdMismatches(
  expected: HouseholdExpectation,
  question: { readonly asOf: string; readonly knownAt: Date; readonly policyYear: number },
  telling: Telling,
): Promise<Mismatch[]> {
  const { number, status, members, notEnrolled } = expected;
  const answer = await telling.agencies('medical-insurance').ask(HOUSEHOLD, {
    ...question,
    number,
    knownAt: question.knownAt.toISOString(),
  });
  const household = answer.data?.['household'] as Household | null | undefined;
  if (!household) return [{ key: 'household', expected: number, got: whyNot(answer, 'no such household') }];

  const names = await namesById(telling);
  const named = (found: readonly Member[] | null): string[] =>
    (found ?? []).map(({ person }) => names.get(person.id) ?? 'somebody else').sort();
  const got = {
    status: household.status,
    members: named(household.members.filter(({ present }) => present)),
    notEnrolled: named(household.notEnrolled),
  };
  const wanted = { status, members: members?.toSorted(), notEnrolled: notEnrolled?.toSorted() };
  return (['status', 'members', 'notEnrolled'] as const)
    .filter((key) => wanted[key] !== undefined && JSON.stringify(wanted[key]) !== JSON.stringify(got[key]))
    .map((key) => ({ key: `household ${key}`, expected: wanted[key], got: got[key] }));
}

/** What the story calls each person whom one of its documents names now; the first name where several do. */
async function namesById(telling: Telling): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const name of telling.story.persons.keys()) {
    const id = await personIdOf(name, telling);
    if (id !== undefined && !names.has(id)) names.set(id, name);
  }
  return names;
}
