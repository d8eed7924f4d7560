import { Field, Int, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { EnrolmentEndCause, Scheme } from '../../domain/intake/words.ts';
import { DatedEntry, datedEntry } from '../claim.type.ts';
import { EnrolmentEndCauseWord, SchemeWord } from '../words.ts';

/** One span of being enrolled in a scheme somewhere. */
@ObjectType('Enrolment', {
  simpleResolvers: true,
  description: '参保关系：One span of being enrolled in a scheme somewhere.',
})
export class Enrolment extends DatedEntry {
  @Field(() => SchemeWord, { description: '险种：The scheme.' })
  scheme: Scheme;

  @Field(() => String, { description: '参保地区划代码：Where, by its region code.' })
  region: string;

  @Field(() => EnrolmentEndCauseWord, {
    nullable: true,
    description: '停保原因：Why it ended; null where the list does not say.',
  })
  endedBecause: EnrolmentEndCause | null;

  @Field(() => Int, {
    nullable: true,
    description: '补缴月数：Months paid for afterwards; null where the list does not say.',
  })
  backPaidMonths: number | null;
}

/** Shows a claim of the list. */
export function enrolment(claim: ClaimOf<'enrolments'>): Enrolment {
  const { scheme, region, endedBecause, backPaidMonths } = claim.attributes;
  return {
    ...datedEntry(claim),
    scheme,
    region,
    endedBecause: endedBecause ?? null,
    backPaidMonths: backPaidMonths ?? null,
  };
}
