import { Field, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { ResidentRegistration } from '../../domain/intake/words.ts';
import { DatedEntry, datedEntry } from '../claim.type.ts';
import { RegistrationWord } from '../words.ts';

/** One registration of a person at a place. */
@ObjectType('Residence', {
  simpleResolvers: true,
  description: '户籍或居住登记：One registration of the person at a place.',
})
export class Residence extends DatedEntry {
  @Field(() => String, { description: '户号：The household number as written.' })
  householdNumber: string;

  @Field(() => RegistrationWord, { description: '登记类型：Household register or residence permit.' })
  registration: ResidentRegistration;
}

/** One span of working away from home. */
@ObjectType('MigrantWork', {
  simpleResolvers: true,
  description: '外出务工：One span of working away from home, as a town lists it.',
})
export class MigrantWork extends DatedEntry {}

/** Shows a claim of the residents list. */
export function residence(claim: ClaimOf<'residents'>): Residence {
  const { householdNumber, registration } = claim.attributes;
  return { ...datedEntry(claim), householdNumber, registration };
}
