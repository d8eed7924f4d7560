import { Field, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ListedEntry, listedEntry } from '../claim.type.ts';
import { DayScalar } from '../scalars.ts';

/** One report of the person’s birth. */
@ObjectType('BirthReport', { simpleResolvers: true, description: '出生报告：One report of the person’s birth.' })
export class BirthReport extends ListedEntry {
  @Field(() => DayScalar, { description: '出生日期：The day of birth.' })
  bornOn: PlainDate;
}

/** Shows a claim of the list. */
export function birthReport(claim: ClaimOf<'births'>): BirthReport {
  const { bornOn } = claim.attributes;
  return {
    ...listedEntry(claim),
    bornOn,
  };
}
