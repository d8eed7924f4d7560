import { endOfDayInShanghai } from '../../domain/time/plain-date.ts';
import type { HubClient } from '../hub-client.ts';
import { DECISION_FIELDS, mismatches, type AnsweredDecision, type Mismatch } from './compare.ts';
import { ofDecision, ofPerson, type PersonExpectation } from './expectation.ts';
import type { Story, StoryAsk } from './story.ts';
import { whyNot, type Agencies } from './told-hub.ts';

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
export const knownAtOf = ({ on, knownAt }: StoryAsk): Date =>
  knownAt?.includes('T') ? new Date(knownAt) : endOfDayInShanghai(knownAt ?? on);

/** The first instant at which a question can be asked: its day is over, and what it is to know has been told. */
export const askableFrom = (ask: StoryAsk): Date =>
  new Date(Math.max(endOfDayInShanghai(ask.on).getTime(), knownAtOf(ask).getTime()));

/** Asks one question of a story as the insurance office; gives what was answered otherwise. */
export async function tellAsk(story: Story, ask: StoryAsk, agencies: Agencies): Promise<Mismatch[]> {
  const client = agencies('medical-insurance');
  const at = ` on ${ask.on}`;
  const expected = { decision: ofDecision(ask.expect), person: ofPerson(ask.expect) };
  const decided = Object.keys(expected.decision).length > 0;
  const { answer, person } = await askPerson(story, ask.of, ask, client, decided);

  if (expected.person.known === false) {
    return person ? [{ key: `known${at}`, expected: false, got: true }] : [];
  }
  if (!person) return [{ key: `answer${at}`, expected: 'a person', got: whyNot(answer, 'no such person') }];
  if (decided && !person.benefit) {
    return [{ key: `answer${at}`, expected: 'a decision', got: whyNot(answer, 'no decision') }];
  }
  const found = [
    ...(person.benefit ? mismatches(expected.decision, person.benefit) : []),
    ...(await personMismatches(story, ask, expected.person, person, client)),
  ];
  return found.map((mismatch) => ({ ...mismatch, key: mismatch.key + at }));
}

async function askPerson(story: Story, of: string, ask: StoryAsk, client: HubClient, decided: boolean) {
  const { idNumber, idType } = story.persons.get(of)!;
  const knownAt = knownAtOf(ask).toISOString();
  const answer = await client.ask(PERSON, {
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
  story: Story,
  ask: StoryAsk,
  expected: PersonExpectation,
  person: AnsweredPerson,
  client: HubClient,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  for (const key of ['name', 'birthDate'] as const) {
    if (expected[key] !== undefined && expected[key] !== person[key]) {
      found.push({ key, expected: expected[key], got: person[key] });
    }
  }
  for (const key of ['samePersonAs', 'notSamePersonAs'] as const) {
    for (const other of expected[key] ?? []) {
      const same = (await askPerson(story, other, ask, client, false)).person?.id === person.id;
      if (same !== (key === 'samePersonAs')) found.push({ key, expected: other, got: same ? 'the same' : 'another' });
    }
  }
  return found;
}
