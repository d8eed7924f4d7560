import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { EmergencyState } from '../../domain/access/emergency.ts';
import type { EmergencyView } from '../../flows/handle-emergency.ts';
import { InstantScalar } from '../scalars.ts';
import { wordEnum } from '../word-enum.ts';

const EmergencyStateWord = wordEnum('EmergencyState', '应急查询状态：Where an emergency stands.', {
  ASKED: '待批准：waits for a second person, for an hour at most',
  LAPSED: '逾期未批：nobody approved it in time',
  OPEN: '有效：who asked for it may use it',
  USED_UP: '已用完：as many numbers were asked for as it has',
  EXPIRED: '已到期：its time is over',
  ENDED: '已终止：somebody of the agency ended it',
} satisfies Record<EmergencyState, string>);

/** What an emergency is asked for. */
@InputType({ description: '应急查询申请：What an emergency is asked for.' })
export class EmergencyInput {
  @Field(() => String, { description: '理由：Why, 1 to 200 characters; kept in the audit log. No names, no numbers.' })
  because: string;

  @Field(() => Int, { description: '号码个数：How many numbers are to be looked up, 1 to 20.' })
  numbers: number;

  @Field(() => Int, { description: '时长（分钟）：For how long, from the approval on, 1 to 60.' })
  minutes: number;
}

/** An emergency. */
@ObjectType('Emergency', {
  simpleResolvers: true,
  description:
    '应急查询：Leave for one of an agency’s staff to look up some people whom the agency may otherwise not know of, given by a second one. It is used by asking for a person by number for the purpose EMERGENCY.',
})
export class EmergencyType implements Omit<EmergencyView, 'jurisdiction' | 'agency' | 'asOf'> {
  @Field(() => ID, { description: '编号：The id (UUIDv7).' })
  id: string;

  @Field(() => EmergencyStateWord, { description: '状态：Where it stands.' })
  state: EmergencyState;

  @Field(() => String, { description: '理由：Why.' })
  because: string;

  @Field(() => Int, { description: '号码个数：How many numbers may be looked up.' })
  numbers: number;

  @Field(() => Int, { description: '已用个数：How many were, whether or not there was anybody.' })
  used: number;

  @Field(() => Int, { description: '时长（分钟）：For how long it holds once approved.' })
  minutes: number;

  @Field(() => String, { description: '申请人：The staff member who asked for it, and alone may use it.' })
  askedBy: string;

  @Field(() => InstantScalar, { description: '申请时间：When it was asked for.' })
  askedAt: Date;

  @Field(() => String, { nullable: true, description: '批准人：The staff member who approved it; null before.' })
  approvedBy: string | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: '有效期至：Until when it holds; null before it is approved.',
  })
  until: Date | null;

  @Field(() => String, { nullable: true, description: '终止人：Who ended it; null where nobody did.' })
  endedBy: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '终止时间：When; null where nobody did.' })
  endedAt: Date | null;
}
