import type { Claim, ClaimSource } from '../claims/claim.ts';
import { bareName } from '../identity/normalise-name.ts';
import { subjectMeant } from '../identity/own-claims.ts';
import { birthDateSaid, sexSaid, type Subject } from '../identity/subject.ts';
import type { ListName } from '../intake/words.ts';
import type { NumberedFacts, PersonFacts } from '../person/person-facts.ts';
import { bestFirst, surviving, type SurvivorshipTable } from '../person/survivorship.ts';
import type { PlainDate } from '../time/plain-date.ts';

/** A value that rows give, each row with what it is worth; no row where it is read from the number itself. */
export interface Said<T> {
  readonly value: T;
  readonly sources: readonly ClaimSource[];
}

/** What is said of one subject of a task: all that a person needs to settle it. */
export interface Side {
  readonly subject: Subject;
  /** Whom the subject names now. */
  readonly person: string;
  /** The names that rows give, the most trusted first. */
  readonly names: readonly Said<string>[];
  /** The days of birth that rows and the number give, those of trusted offices first. */
  readonly birthDates: readonly Said<PlainDate>[];
  /** As the number states it. */
  readonly sex: 'MALE' | 'FEMALE' | null;
  /** Households in whose register the subject stands or stood, the newest first. */
  readonly households: readonly Said<string>[];
  /** Days of death that rows report. */
  readonly deaths: readonly Said<PlainDate>[];
  /** Other subjects that a row names together with this one. */
  readonly namedWith: readonly Said<string>[];
  /** The number is not the subject's own: a placeholder, or a guardian's. */
  readonly heldApart: boolean;
}

/** Whose word goes first on a name and on a day of birth. */
export type TrustOrder = Pick<SurvivorshipTable, 'name' | 'birthDate'>;

/**
 * The sides of a task: what the claims that stand say of each of its subjects, in the order of the subjects. A subject of whom
 * nobody ever heard has no side.
 *
 * @param shows which claims take part: those that the reader may see
 */
export function sidesOf(
  subjects: readonly string[],
  persons: readonly NumberedFacts[],
  trust: TrustOrder,
  shows: (claim: Claim) => boolean = () => true,
): readonly Side[] {
  return subjects.flatMap((key) => {
    const facts = persons.find((person) => person.subjects.some((one) => one.key === key));
    const subject = facts?.subjects.find((one) => one.key === key);
    if (!facts || !subject) return [];
    const claims = facts.claims.filter((claim) => subjectMeant(claim, facts.splits ?? []) === key && shows(claim));
    return [sideOf(subject, facts, claims, trust)];
  });
}

function sideOf(subject: Subject, facts: PersonFacts, claims: readonly Claim[], trust: TrustOrder): Side {
  const births = ofList(claims, 'births').sort(bestFirst(trust.birthDate));
  const readFromNumber = birthDateSaid(subject);
  const birthDates = joined(births.map((claim) => [claim.attributes.bornOn, claim]));
  return {
    subject,
    person: facts.id,
    names: joined(
      [...claims].sort(bestFirst(trust.name)).map((claim) => [claim.attributes.name, claim]),
      bareName,
    ).filter(({ value }) => bareName(value) !== ''),
    birthDates:
      readFromNumber === undefined || birthDates.some(({ value }) => value === readFromNumber)
        ? birthDates
        : [...birthDates, { value: readFromNumber, sources: [] }],
    sex: sexSaid(subject) ?? null,
    households: joined(
      ofList(claims, 'residents')
        .sort(bestFirst([]))
        .map((claim) => [claim.attributes.householdNumber, claim]),
    ),
    deaths: joined(
      ofList(claims, 'deaths')
        .sort(bestFirst([]))
        .map((claim) => [claim.attributes.diedOn, claim]),
    ),
    namedWith: joined(
      claims.flatMap((claim) => (claim.attributes.sameAs ?? []).map((other): [string, Claim] => [other, claim])),
    ),
    heldApart: claims.some(({ attributes }) => attributes.heldApart === true),
  };
}

const ofList = <L extends ListName>(claims: readonly Claim[], list: L): Extract<Claim, { list: L }>[] =>
  claims.filter((claim): claim is Extract<Claim, { list: L }> => claim.list === list);

/** Joins statements of equal values, from the best to the worst. */
function joined<T>(
  statements: readonly (readonly [value: T, claim: Claim])[],
  sameAs?: (value: T) => unknown,
): Said<T>[] {
  const found = surviving(
    statements.map(([value, claim]) => ({ value, claim })),
    sameAs,
  );
  return found ? [{ value: found.value, sources: found.sources }, ...found.others] : [];
}

/** The names of the sides as names are compared, each once, in order. */
export function bareNamesOf(sides: readonly Side[]): readonly string[] {
  return [...new Set(sides.flatMap(({ names }) => names.map(({ value }) => bareName(value))))].sort();
}

/** A row that says something of a subject. */
export interface RowOfSubject extends ClaimSource {
  readonly subject: string;
}

/** Every row that takes part in the sides, each once, the one told last first. */
export function rowsOf(sides: readonly Side[]): readonly RowOfSubject[] {
  const rows = new Map<string, RowOfSubject>();
  for (const { subject, names, birthDates, households, deaths, namedWith } of sides) {
    const said = [...names, ...birthDates, ...households, ...deaths, ...namedWith];
    for (const source of said.flatMap(({ sources }) => sources)) {
      rows.set(source.claim, { ...source, subject: subject.key });
    }
  }
  return [...rows.values()].sort((a, b) => b.toldAt.getTime() - a.toldAt.getTime() || (a.claim < b.claim ? 1 : -1));
}
