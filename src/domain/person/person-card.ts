import { bareName } from '../identity/normalise-name.ts';
import { birthDateSaid } from '../identity/subject.ts';
import type { PlainDate } from '../time/plain-date.ts';
import { mergeForCard, runsOn, type RecordRule } from './merge-claims.ts';
import type { PersonFacts } from './person-facts.ts';

/** By what a person is found, as the claims that stand tell it. */
export interface PersonCard {
  readonly person: string;
  /** The name as names are compared, or the key that stands for it. */
  readonly bareName: string | null;
  readonly birthDate: PlainDate | null;
  readonly regionCode: string | null;
  readonly householdNumber: string | null;
  /** Confirmed dead. */
  readonly deceased: boolean;
}

/**
 * Tells by what a person is found: the values of the record that counts.
 *
 * @param asOf the day whose household and place are meant
 */
export function cardOf(facts: PersonFacts, rule: RecordRule, asOf: PlainDate): PersonCard {
  return usualCard(facts, asOf) ?? mergedCard(facts, rule, asOf);
}

/**
 * Nearly everybody has one document and one name, no list tells of their birth or death, and what tells of their household and place
 * says one thing: nothing is to be weighed. Run for everybody who is touched: a plain loop, which makes nothing.
 */
function usualCard(
  { id, subjects, claims, splits, settledValues }: PersonFacts,
  asOf: PlainDate,
): PersonCard | undefined {
  const [subject] = subjects;
  const name = claims[0]?.attributes.name;
  if (subjects.length !== 1 || name === undefined || splits || settledValues) return undefined;
  let regionCode: string | null = null;
  let householdNumber: string | null = null;
  for (const claim of claims) {
    const { list, attributes } = claim;
    if (list === 'births' || list === 'deaths' || attributes.name !== name || attributes.heldApart) return undefined;
    if (attributes.regionCode !== undefined && (claim.validFrom ?? asOf) <= asOf) {
      if (regionCode !== null && regionCode !== attributes.regionCode) return undefined;
      regionCode = attributes.regionCode;
    }
    if (claim.list === 'residents' && runsOn(claim, asOf)) {
      if (householdNumber !== null && householdNumber !== claim.attributes.householdNumber) return undefined;
      householdNumber = claim.attributes.householdNumber;
    }
  }
  const bare = bareName(name);
  return {
    person: id,
    bareName: bare === '' ? null : bare,
    birthDate: birthDateSaid(subject!) ?? null,
    regionCode,
    householdNumber,
    deceased: false,
  };
}

function mergedCard(facts: PersonFacts, rule: RecordRule, asOf: PlainDate): PersonCard {
  const { name, birthDate, death, householdNumber, regionCode } = mergeForCard(facts, rule, asOf);
  return {
    person: facts.id,
    bareName: name && bareName(name.value),
    birthDate: birthDate?.value ?? null,
    regionCode: regionCode?.value ?? null,
    householdNumber: householdNumber?.value ?? null,
    deceased: death.status === 'CONFIRMED',
  };
}
