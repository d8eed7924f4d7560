import { Field, Int, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { Fen } from '../../domain/intake/fen.ts';
import type { PaymentChannel } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ListedEntry, listedEntry } from '../claim.type.ts';
import { DayScalar, MoneyScalar } from '../scalars.ts';
import { PaymentChannelWord } from '../words.ts';

/** One premium paid. */
@ObjectType('Payment', { simpleResolvers: true, description: '缴费记录：One premium paid.' })
export class Payment extends ListedEntry {
  @Field(() => Int, { description: '参保年度：The plan year paid for.' })
  policyYear: number;

  @Field(() => MoneyScalar, { description: '缴费金额（元）：The amount.' })
  amount: Fen;

  @Field(() => DayScalar, { description: '缴费日期：The day of payment.' })
  paidOn: PlainDate;

  @Field(() => DayScalar, {
    nullable: true,
    description: '到账日期：The day on which the money was credited; null where the list does not say.',
  })
  creditedOn: PlainDate | null;

  @Field(() => PaymentChannelWord, { description: '缴费渠道：How it was paid.' })
  channel: PaymentChannel;

  @Field(() => String, { nullable: true, description: '票据号：The receipt’s number; null where none is stated.' })
  receiptNumber: string | null;
}

/** Shows a claim of the list. */
export function payment(claim: ClaimOf<'payments'>): Payment {
  const { policyYear, amount, paidOn, creditedOn, channel, receiptNumber } = claim.attributes;
  return {
    ...listedEntry(claim),
    policyYear,
    amount,
    paidOn,
    creditedOn: creditedOn ?? null,
    channel,
    receiptNumber: receiptNumber ?? null,
  };
}
