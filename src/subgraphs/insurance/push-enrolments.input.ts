import { Field, InputType, Int } from 'type-graphql';
import type { EnrolmentEndCause, Scheme } from '../../domain/intake/words.ts';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay } from '../scalars.ts';
import { EnrolmentEndCauseWord, SchemeWord } from '../words.ts';

/** One row of the list of enrolments. */
@InputType('EnrolmentRow', { description: '参保关系名单的一行：One span of being enrolled in a scheme somewhere.' })
export class EnrolmentRow extends PersonRow {
  @Field(() => SchemeWord, { nullable: true, description: '险种（必填）：The scheme. Required.' })
  scheme?: Scheme | null;

  @Field(() => String, {
    nullable: true,
    description: '参保地区划代码（必填）：Where, a region code of 6 to 12 digits. Required.',
  })
  region?: string | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '参保开始日期（必填）：The first day of cover. Required unless the row removes.',
  })
  from?: unknown;

  @Field(() => RowDay, { nullable: true, description: '参保结束日期：The last day of cover; absent while it goes on.' })
  to?: unknown;

  @Field(() => EnrolmentEndCauseWord, { nullable: true, description: '停保原因：Why it ended.' })
  endedBecause?: EnrolmentEndCause | null;

  @Field(() => Int, { nullable: true, description: '补缴月数：How many months were paid for afterwards.' })
  backPaidMonths?: number | null;
}

/** A push of the list of enrolments. */
@InputType('PushEnrolmentsInput', { description: '参保关系名单报送：A push of the list of enrolments.' })
export class PushEnrolmentsInput extends PushInput {
  @Field(() => [EnrolmentRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: EnrolmentRow[];
}
