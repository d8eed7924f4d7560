import { Field, InputType } from 'type-graphql';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay } from '../scalars.ts';

/** One row of the list of deaths. */
@InputType('DeathRow', { description: '死亡人员名单的一行：One person who died.' })
export class DeathRow extends PersonRow {
  @Field(() => RowDay, {
    nullable: true,
    description: '死亡日期（必填）：The day of death. Required unless the row removes.',
  })
  diedOn?: unknown;
}

/** A push of the list of deaths. */
@InputType('PushDeathsInput', { description: '死亡人员名单报送：A push of the list of deaths.' })
export class PushDeathsInput extends PushInput {
  @Field(() => [DeathRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: DeathRow[];
}
