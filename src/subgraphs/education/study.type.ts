import { Field, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { StudentStage } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { DatedEntry, datedEntry } from '../claim.type.ts';
import { DayScalar } from '../scalars.ts';
import { StudentStageWord } from '../words.ts';

/** One time at a school; `from` is the day of entry, `to` the last day. */
@ObjectType('Study', {
  simpleResolvers: true,
  description: '在校就读：One time at a school; `from` is the day of entry, `to` the last day.',
})
export class Study extends DatedEntry {
  @Field(() => StudentStageWord, { description: '学段：The stage of schooling.' })
  stage: StudentStage;

  @Field(() => Boolean, {
    nullable: true,
    description: '是否新生：New at the school that autumn? Null where the list does not say.',
  })
  newStudent: boolean | null;

  @Field(() => DayScalar, {
    nullable: true,
    description: '学年缴费截止日期：The last day for which a premium paid by school year runs; null where none was.',
  })
  paidSchoolYearUntil: PlainDate | null;

  @Field(() => String, {
    nullable: true,
    description: '学校所在地区划代码：Where the school lies; null where the list does not say.',
  })
  schoolRegion: string | null;
}

/** Shows a claim of the list. */
export function study(claim: ClaimOf<'students'>): Study {
  const { stage, newStudent, paidSchoolYearUntil, schoolRegion } = claim.attributes;
  return {
    ...datedEntry(claim),
    stage,
    newStudent: newStudent ?? null,
    paidSchoolYearUntil: paidSchoolYearUntil ?? null,
    schoolRegion: schoolRegion ?? null,
  };
}
