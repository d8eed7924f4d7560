import { setTimeout as delay } from 'node:timers/promises';
import { endOfDayInShanghai } from '../../domain/time/plain-date.ts';
import { DECISION_FIELDS, mismatches, type AnsweredDecision, type Mismatch } from './compare.ts';
import { ofDecision, ofPerson, ofWork, type PersonExpectation } from './expectation.ts';
import type { StoryAsk } from './story.ts';
import { changeMismatches } from './tell-changes.ts';
import type { Telling } from './tell-step.ts';
import { whyNot } from './told-hub.ts';

const PERSON = `
  query ($idNumber: String!, $idType: IdType, $asKnown: DateTime, $decided: Boolean!, $policyYear: Int!, $asOf: Date!, $knownAt: DateTime!) {
    person(idNumber: $idNumber, idType: $idType, purpose: BENEFIT_ADMINISTRATION, knownAt: $asKnown) {
      id name birthDate
      benefit(policyYear: $policyYear, asOf: $asOf, knownAt: $knownAt) @include(if: $decided) { ${DECISION_FIELDS} }
    }
  }`;

interface AnsweredPerson {
  readonly id: string;
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly benefit?: AnsweredDecision | null;
}

/** The instant as of whose knowledge a question is to be answered: the end of its day where it says nothing else. */
const knownAtOf = ({ on, knownAt }: StoryAsk): Date =>
  knownAt?.includes('T') ? new Date(knownAt) : endOfDayInShanghai(knownAt ?? on);

/** The first instant at which a question can be asked: its day is over, and what it is to know has been told. */
export const askableFrom = (ask: StoryAsk): Date =>
  new Date(Math.max(endOfDayInShanghai(ask.on).getTime(), knownAtOf(ask).getTime()));

/** Asks a question whose answer never changes, as the insurance office; gives what was answered otherwise. */
export async function tellAsk(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const expected = { decision: ofDecision(ask.expect), person: ofPerson(ask.expect) };
  const decided = Object.keys(expected.decision).length > 0;
  if (!decided && Object.keys(expected.person).length === 0) return [];

  const at = ` on ${ask.on}`;
  const { answer, person } = await askPerson(ask.of, ask, telling, decided);
  if (expected.person.known === false) {
    return person ? [{ key: `known${at}`, expected: false, got: true }] : [];
  }
  if (!person) return [{ key: `answer${at}`, expected: 'a person', got: whyNot(answer, 'no such person') }];
  if (decided && !person.benefit) {
    return [{ key: `answer${at}`, expected: 'a decision', got: whyNot(answer, 'no decision') }];
  }
  const found = [
    ...(person.benefit ? mismatches(expected.decision, person.benefit) : []),
    ...(await personMismatches(ask, expected.person, person, telling)),
  ];
  return found.map((mismatch) => ({ ...mismatch, key: mismatch.key + at }));
}

async function askPerson(of: string, ask: StoryAsk, { story, agencies }: Telling, decided: boolean) {
  const { idNumber, idType } = story.persons.get(of)!;
  const knownAt = knownAtOf(ask).toISOString();
  const answer = await agencies('medical-insurance').ask(PERSON, {
    idNumber,
    idType,
    // With `pushes` nobody becomes another person: who is found now is asked about then, also where nothing was known yet.
    asKnown: story.lists === 'steps' ? knownAt : null,
    decided,
    policyYear: ask.policyYear ?? 0,
    asOf: ask.on,
    knownAt,
  });
  return { answer, person: answer.data?.['person'] as AnsweredPerson | null | undefined };
}

async function personMismatches(
  ask: StoryAsk,
  expected: PersonExpectation,
  person: AnsweredPerson,
  telling: Telling,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const key of ['name', 'birthDate'] as const) {
    if (expected[key] !== undefined && expected[key] !== person[key]) {
      found.push({ key, expected: expected[key], got: person[key] });
    }
  }
  for (const key of ['samePersonAs', 'notSamePersonAs'] as const) {
    for (const other of expected[key] ?? []) {
      const same = (await askPerson(other, ask, telling, false)).person?.id === person.id;
      if (same !== (key === 'samePersonAs')) found.push({ key, expected: other, got: same ? 'the same' : 'another' });
    }
  }
  return found;
}

/** What a settlement sets to work cannot be waited for otherwise than by looking. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 100;

/** Asks what the hub's own work has come to, on the day itself; gives what was answered otherwise. */
export async function tellWorkAsk(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await workMismatches(ask, telling);
    if (found.length === 0 || Date.now() > deadline) {
      return found.map((mismatch) => ({ ...mismatch, key: `${mismatch.key} on ${ask.on}` }));
    }
    await delay(PAUSE_MS);
  }
}

async function workMismatches(ask: StoryAsk, telling: Telling): Promise<Mismatch[]> {
  const { changes } = ofWork(ask.expect);
  const { story, policyYear, agencies } = telling;
  const idOf = async (of: string) => (await askPerson(of, ask, telling, false)).person?.id;
  const since = new Date(`${story.steps[0]!.on}T00:00:00+08:00`);
  return changes === undefined ? [] : changeMismatches(changes, since, policyYear, agencies('medical-insurance'), idOf);
}
