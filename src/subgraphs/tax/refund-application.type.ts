import { Field, Int, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { RefundCause } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ListedEntry, listedEntry } from '../claim.type.ts';
import { DayScalar } from '../scalars.ts';
import { RefundCauseWord } from '../words.ts';

/** One refund asked for. */
@ObjectType('RefundApplication', { simpleResolvers: true, description: '退费申请：One refund asked for.' })
export class RefundApplication extends ListedEntry {
  @Field(() => Int, { description: '参保年度：The plan year of the premium.' })
  policyYear: number;

  @Field(() => DayScalar, { description: '申请日期：The day of the application.' })
  appliedOn: PlainDate;

  @Field(() => RefundCauseWord, { description: '退费原因：The cause given.' })
  cause: RefundCause;
}

/** Shows a claim of the list. */
export function refundApplication(claim: ClaimOf<'refund-applications'>): RefundApplication {
  const { policyYear, appliedOn, cause } = claim.attributes;
  return {
    ...listedEntry(claim),
    policyYear,
    appliedOn,
    cause,
  };
}
