import { Field, InputType } from 'type-graphql';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay } from '../scalars.ts';

/** One row of the hardship list. */
@InputType('HardshipRow', {
  description: '困难人员名单的一行：One person recognised, removed or corrected under one identity.',
})
export class HardshipRow extends PersonRow {
  @Field(() => String, {
    nullable: true,
    description:
      '身份类别（必填）：The identity in the owner’s own word (特困人员, 低保对象, 脱贫不稳定户 …), kept as written. An unknown word rejects the row and the finding says which are known. Required.',
  })
  category?: string | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '认定日期（新增、更正必填）：The day of recognition. Required unless the row removes.',
  })
  from?: unknown;

  @Field(() => RowDay, {
    nullable: true,
    description: '终止日期：The last day on which the identity holds; absent while it goes on.',
  })
  to?: unknown;

  @Field(() => Boolean, { nullable: true, description: '是否脱贫户：Is the household one lifted from poverty?' })
  liftedHousehold?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: '风险是否已消除：Is the risk eliminated?' })
  riskEliminated?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: '是否农村户口：Is the person of rural registration?' })
  ruralHukou?: boolean | null;
}

/** A push of the hardship list. */
@InputType('PushHardshipInput', { description: '困难人员名单报送：A push of the hardship list.' })
export class PushHardshipInput extends PushInput {
  @Field(() => [HardshipRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: HardshipRow[];
}
