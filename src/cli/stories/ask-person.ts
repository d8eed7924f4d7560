import type { HubAnswer } from '../hub-client.ts';
import { DECISION_FIELDS, type AnsweredDecision } from './compare.ts';
import { seenWithin } from './patience.ts';
import type { StoryPerson } from './story.ts';
import type { Telling } from './telling.ts';

const FIELDS = `
  id name birthDate
  benefit(policyYear: $policyYear, asOf: $asOf, knownAt: $knownAt) @include(if: $decided) { ${DECISION_FIELDS} }`;

const BY_DOCUMENT = `
  query ($idNumber: String!, $idType: IdType, $asKnown: DateTime, $decided: Boolean!, $policyYear: Int!, $asOf: Date, $knownAt: DateTime) {
    person(idNumber: $idNumber, idType: $idType, purpose: BENEFIT_ADMINISTRATION, knownAt: $asKnown) { ${FIELDS} }
  }`;

const BY_NAME = `
  query ($name: String!, $decided: Boolean!, $policyYear: Int!, $asOf: Date, $knownAt: DateTime) {
    searchPeople(by: { name: $name }, purpose: BENEFIT_ADMINISTRATION) { edges { node { ${FIELDS} } } }
  }`;

/** What the hub answered of a person. */
export interface AnsweredPerson {
  readonly id: string;
  readonly name: string | null;
  readonly birthDate: string | null;
  readonly benefit?: AnsweredDecision | null;
}

/** How a person of a story is asked about. */
export interface PersonQuestion {
  /** `null` where no decision is asked for. */
  readonly decided: { readonly policyYear: number; readonly asOf: string } | null;
  /** `null` for now. */
  readonly knownAt: Date | null;
}

/** The answer about a person of a story; no person where the hub knows of none. */
export interface PersonAnswer {
  readonly answer: HubAnswer;
  readonly person: AnsweredPerson | null;
}

/** Asks about a person of a story, as the insurance office. */
export async function askPerson(of: string, question: PersonQuestion, telling: Telling): Promise<PersonAnswer> {
  const document = telling.story.persons.get(of)!;
  const variables = {
    decided: question.decided !== null,
    policyYear: question.decided?.policyYear ?? 0,
    asOf: question.decided?.asOf ?? null,
    knownAt: question.knownAt?.toISOString() ?? null,
  };
  return document.foundBy === 'name'
    ? askByName(document, variables, telling)
    : askByDocument(document, variables, telling);
}

type Variables = Readonly<Record<string, unknown>> & { readonly knownAt: string | null };

async function askByDocument(
  { idNumber, idType }: StoryPerson,
  variables: Variables,
  { story, agencies }: Telling,
): Promise<PersonAnswer> {
  // With `pushes` nobody becomes another person: who is found now is asked about then, also where nothing was known yet.
  const asKnown = story.lists === 'steps' ? variables.knownAt : null;
  const answer = await agencies('medical-insurance').ask(BY_DOCUMENT, { idNumber, idType, asKnown, ...variables });
  return { answer, person: (answer.data?.['person'] as AnsweredPerson | null | undefined) ?? null };
}

/** People can be searched once they are decided, which what people settle sets to work as well. */
const PATIENCE_MS = 10_000;

async function askByName({ name }: StoryPerson, variables: Variables, { agencies }: Telling): Promise<PersonAnswer> {
  const look = async () => {
    const answer = await agencies('medical-insurance').ask(BY_NAME, { name, ...variables });
    const found = answer.data?.['searchPeople'] as {
      readonly edges: readonly { readonly node: AnsweredPerson }[];
    } | null;
    const ofName = (found?.edges ?? []).map(({ node }) => node).filter((person) => person.name === name);
    return { answer, person: ofName.length === 1 ? ofName[0]! : null };
  };
  return seenWithin(PATIENCE_MS, look, ({ person }) => person !== null);
}

/** The id of a person of a story, as known now. */
export async function personIdOf(of: string, telling: Telling): Promise<string | undefined> {
  return (await askPerson(of, { decided: null, knownAt: null }, telling)).person?.id;
}
