import { Field, InputType, Int } from 'type-graphql';
import type { RefundCause } from '../../domain/intake/words.ts';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay } from '../scalars.ts';
import { RefundCauseWord } from '../words.ts';

/** One row of the list of refund applications. */
@InputType('RefundApplicationRow', { description: '退费申请名单的一行：One refund asked for.' })
export class RefundApplicationRow extends PersonRow {
  @Field(() => Int, { nullable: true, description: '参保年度（必填）：The plan year of the premium. Required.' })
  policyYear?: number | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '申请日期（必填）：The day of the application. Required unless the row removes.',
  })
  appliedOn?: unknown;

  @Field(() => RefundCauseWord, { nullable: true, description: '退费原因（必填）：The cause given. Required.' })
  cause?: RefundCause | null;
}

/** A push of the list of refund applications. */
@InputType('PushRefundApplicationsInput', {
  description: '退费申请名单报送：A push of the list of refund applications.',
})
export class PushRefundApplicationsInput extends PushInput {
  @Field(() => [RefundApplicationRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: RefundApplicationRow[];
}
