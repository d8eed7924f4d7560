import { Field, InputType, Int } from 'type-graphql';
import type { PaymentChannel } from '../../domain/intake/words.ts';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay, RowMoney } from '../scalars.ts';
import { PaymentChannelWord } from '../words.ts';

/** One row of the list of payments. */
@InputType('PaymentRow', {
  description: '缴费名单的一行：One premium paid. A payment for a year that has no pack is kept.',
})
export class PaymentRow extends PersonRow {
  @Field(() => Int, { nullable: true, description: '参保年度（必填）：The plan year paid for. Required.' })
  policyYear?: number | null;

  @Field(() => RowMoney, {
    nullable: true,
    description: '缴费金额（元）（必填）：The amount in yuan as decimal text, `380.00`. Required.',
  })
  amount?: unknown;

  @Field(() => RowDay, { nullable: true, description: '缴费日期（必填）：The day of payment. Required.' })
  paidOn?: unknown;

  @Field(() => RowDay, { nullable: true, description: '到账日期：The day on which the money was credited.' })
  creditedOn?: unknown;

  @Field(() => PaymentChannelWord, { nullable: true, description: '缴费渠道（必填）：How it was paid. Required.' })
  channel?: PaymentChannel | null;

  @Field(() => String, {
    nullable: true,
    description: '票据号：The receipt’s number; tells two payments of one day apart.',
  })
  receiptNumber?: string | null;
}

/** A push of the list of payments. */
@InputType('PushPaymentsInput', { description: '缴费名单报送：A push of the list of payments.' })
export class PushPaymentsInput extends PushInput {
  @Field(() => [PaymentRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: PaymentRow[];
}
