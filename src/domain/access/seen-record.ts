import { mergedValue } from '../person/merge-claims.ts';
import type { PersonFacts } from '../person/person-facts.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { ReadRight } from './decide-read.ts';
import { withheldValue, type VisibleRecord } from './withhold-fields.ts';

/**
 * The record of a person as one caller may see it. Each value is merged, and what is not granted left out, when it is asked for: who asks
 * for a name should not pay for households, places and identities.
 */
export class SeenRecord implements VisibleRecord {
  readonly #facts: PersonFacts;
  readonly #right: ReadRight;
  readonly #asOf: PlainDate;

  /** @param asOf the day whose household, place and identities are meant */
  constructor(facts: PersonFacts, right: ReadRight, asOf: PlainDate) {
    this.#facts = facts;
    this.#right = right;
    this.#asOf = asOf;
  }

  get name(): VisibleRecord['name'] {
    return this.#valueOf('name');
  }

  get birthDate(): VisibleRecord['birthDate'] {
    return this.#valueOf('birthDate');
  }

  get sex(): VisibleRecord['sex'] {
    return this.#valueOf('sex');
  }

  get death(): VisibleRecord['death'] {
    return this.#valueOf('death');
  }

  get householdNumber(): VisibleRecord['householdNumber'] {
    return this.#valueOf('householdNumber');
  }

  get regionCode(): VisibleRecord['regionCode'] {
    return this.#valueOf('regionCode');
  }

  get hardship(): VisibleRecord['hardship'] {
    return this.#valueOf('hardship');
  }

  get disability(): VisibleRecord['disability'] {
    return this.#valueOf('disability');
  }

  #valueOf<Value extends keyof VisibleRecord>(value: Value): VisibleRecord[Value] {
    return withheldValue(value, mergedValue(value, this.#facts, this.#right.jurisdiction, this.#asOf), this.#right);
  }
}
