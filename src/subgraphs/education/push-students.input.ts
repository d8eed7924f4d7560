import { Field, InputType } from 'type-graphql';
import type { StudentStage } from '../../domain/intake/words.ts';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay } from '../scalars.ts';
import { StudentStageWord } from '../words.ts';

/** One row of the list of students. */
@InputType('StudentRow', { description: '在校学生名单的一行：One person at a school.' })
export class StudentRow extends PersonRow {
  @Field(() => StudentStageWord, { nullable: true, description: '学段（必填）：The stage of schooling. Required.' })
  stage?: StudentStage | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '入学日期（必填）：The first day at the school. Required unless the row removes.',
  })
  enteredOn?: unknown;

  @Field(() => RowDay, {
    nullable: true,
    description: '离校日期：The last day at the school; absent while it goes on.',
  })
  leftOn?: unknown;

  @Field(() => Boolean, { nullable: true, description: '是否新生：Is the person new at the school this autumn?' })
  newStudent?: boolean | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '学年缴费截止日期：The last day for which a premium paid by school year runs.',
  })
  paidSchoolYearUntil?: unknown;

  @Field(() => String, {
    nullable: true,
    description: '学校所在地区划代码：Where the school lies, a region code of 6 to 12 digits.',
  })
  schoolRegion?: string | null;
}

/** A push of the list of students. */
@InputType('PushStudentsInput', { description: '在校学生名单报送：A push of the list of students.' })
export class PushStudentsInput extends PushInput {
  @Field(() => [StudentRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: StudentRow[];
}
