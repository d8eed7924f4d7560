import { Field, Int, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ListedEntry, listedEntry } from '../claim.type.ts';
import { DayScalar } from '../scalars.ts';

/** One registration for a plan year. */
@ObjectType('Registration', { simpleResolvers: true, description: '参保登记：One registration for a plan year.' })
export class Registration extends ListedEntry {
  @Field(() => Int, { description: '参保年度：The plan year registered for.' })
  policyYear: number;

  @Field(() => DayScalar, { description: '登记日期：The day of registration.' })
  registeredOn: PlainDate;
}

/** Shows a claim of the list. */
export function registration(claim: ClaimOf<'registrations'>): Registration {
  const { policyYear, registeredOn } = claim.attributes;
  return {
    ...listedEntry(claim),
    policyYear,
    registeredOn,
  };
}
