import { endOfDayInShanghai } from '../../domain/time/plain-date.ts';
import { askPerson, personIdOf, type AnsweredPerson } from './ask-person.ts';
import { mismatches, type Mismatch } from './compare.ts';
import { ofDecision, ofHousehold, ofPerson, ofWork, type PersonExpectation } from './expectation.ts';
import { seenWithin } from './patience.ts';
import type { StoryAsk } from './story.ts';
import { changeMismatches } from './tell-changes.ts';
import { householdMismatches } from './tell-household.ts';
import { taskMismatches } from './tell-review.ts';
import type { Telling } from './telling.ts';
import { whyNot } from './told-hub.ts';

/** The instant as of whose knowledge a question is to be answered: the end of its day where it says nothing else. */
const knownAtOf = ({ on, knownAt }: StoryAsk): Date =>
  knownAt?.includes('T') ? new Date(knownAt) : endOfDayInShanghai(knownAt ?? on);

/** The first instant at which a question can be asked: its day is over, and what it is to know has been told. */
export const askableFrom = (ask: StoryAsk): Date =>
  new Date(Math.max(endOfDayInShanghai(ask.on).getTime(), knownAtOf(ask).getTime()));

/** Asks a question whose answer never changes, as the insurance office; gives what was answered otherwise. */
export async function tellAsk(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const found = [...(await tellPersonAsk(ask, telling)), ...(await tellHouseholdAsk(ask, telling))];
  return found.map((mismatch) => ({ ...mismatch, key: `${mismatch.key} on ${ask.on}` }));
}

async function tellPersonAsk(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const expected = { decision: ofDecision(ask.expect), person: ofPerson(ask.expect) };
  const decided = Object.keys(expected.decision).length > 0;
  if (!decided && Object.keys(expected.person).length === 0) return [];

  const question = {
    decided: decided ? { policyYear: ask.policyYear!, asOf: ask.on } : null,
    knownAt: knownAtOf(ask),
  };
  const { answer, person } = await askPerson(ask.of, question, telling);
  if (expected.person.known === false) return person ? [{ key: 'known', expected: false, got: true }] : [];
  if (!person) return [{ key: 'answer', expected: 'a person', got: whyNot(answer, 'no such person') }];
  if (decided && !person.benefit) {
    return [{ key: 'answer', expected: 'a decision', got: whyNot(answer, 'no decision') }];
  }
  return [
    ...(person.benefit ? mismatches(expected.decision, person.benefit) : []),
    ...valueMismatches(expected.person, person),
    ...(await identityMismatches(ask, expected.person, person, telling)),
  ];
}

function valueMismatches(expected: PersonExpectation, person: AnsweredPerson): Mismatch[] {
  return (['name', 'birthDate'] as const).flatMap((key) =>
    expected[key] === undefined || expected[key] === person[key]
      ? []
      : [{ key, expected: expected[key], got: person[key] }],
  );
}

async function identityMismatches(
  ask: StoryAsk,
  expected: PersonExpectation,
  person: AnsweredPerson,
  telling: Telling,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const key of ['samePersonAs', 'notSamePersonAs'] as const) {
    for (const other of expected[key] ?? []) {
      const asked = await askPerson(other, { decided: null, knownAt: knownAtOf(ask) }, telling);
      const same = asked.person?.id === person.id;
      if (same !== (key === 'samePersonAs')) found.push({ key, expected: other, got: same ? 'the same' : 'another' });
    }
  }
  return found;
}

async function tellHouseholdAsk(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const expected = ofHousehold(ask.expect).household;
  if (!expected) return [];
  const question = { asOf: ask.on, knownAt: knownAtOf(ask), policyYear: ask.policyYear! };
  return householdMismatches(expected, question, telling);
}

/** What a settlement sets to work cannot be waited for otherwise than by looking. */
const PATIENCE_MS = 10_000;

/** Asks what the hub's own work has come to, on the day itself; gives what was answered otherwise. */
export async function tellWorkAsk(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const found = await seenWithin(
    PATIENCE_MS,
    () => workMismatches(ask, telling),
    (missed) => missed.length === 0,
  );
  return found.map((mismatch) => ({ ...mismatch, key: `${mismatch.key} on ${ask.on}` }));
}

async function workMismatches(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const { changes, tasks } = ofWork(ask.expect);
  return [
    ...(tasks === undefined ? [] : await taskMismatches(tasks, telling)),
    ...(changes === undefined ? [] : await changeMismatches(changes, telling, (of) => personIdOf(of, telling))),
  ];
}
