import { Field, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ListedEntry, listedEntry } from '../claim.type.ts';
import { DayScalar } from '../scalars.ts';

/** One report of the person’s death. */
@ObjectType('DeathReport', { simpleResolvers: true, description: '死亡报告：One report of the person’s death.' })
export class DeathReport extends ListedEntry {
  @Field(() => DayScalar, { description: '死亡日期：The day of death.' })
  diedOn: PlainDate;
}

/** Shows a claim of the list. */
export function deathReport(claim: ClaimOf<'deaths'>): DeathReport {
  const { diedOn } = claim.attributes;
  return {
    ...listedEntry(claim),
    diedOn,
  };
}
