import { Field, InputType } from 'type-graphql';
import type { ResidentRegistration } from '../../domain/intake/words.ts';
import { PersonRow, PushInput, TwiceNamedRow } from '../push-input.ts';
import { RowDay } from '../scalars.ts';
import { RegistrationWord } from '../words.ts';

/** One row of the residents list. */
@InputType('ResidentRow', {
  description: '户籍和居住证人员名单的一行：One person registered at a place; `regionCode` is required here.',
})
export class ResidentRow extends TwiceNamedRow {
  @Field(() => String, { nullable: true, description: '户号（必填）：The household number. Required.' })
  householdNumber?: string | null;

  @Field(() => RegistrationWord, {
    nullable: true,
    description: '登记类型（必填）：Household register or residence permit. Required.',
  })
  registration?: ResidentRegistration | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '登记日期（必填）：The first day of the registration. Required.',
  })
  from?: unknown;

  @Field(() => RowDay, {
    nullable: true,
    description: '终止日期：The last day of the registration; absent while it goes on.',
  })
  to?: unknown;
}

/** A push of the residents list. */
@InputType('PushResidentsInput', { description: '户籍和居住证人员名单报送：A push of the residents list.' })
export class PushResidentsInput extends PushInput {
  @Field(() => [ResidentRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: ResidentRow[];
}

/** One row of the migrant workers' list. */
@InputType('MigrantWorkerRow', { description: '外出务工人员名单的一行：One person who works away from home.' })
export class MigrantWorkerRow extends PersonRow {
  @Field(() => RowDay, { nullable: true, description: '外出日期（必填）：The first day away. Required.' })
  from?: unknown;

  @Field(() => RowDay, { nullable: true, description: '返回日期：The last day away; absent while it goes on.' })
  to?: unknown;
}

/** A push of the migrant workers' list. */
@InputType('PushMigrantWorkersInput', { description: '外出务工人员名单报送：A push of the migrant workers’ list.' })
export class PushMigrantWorkersInput extends PushInput {
  @Field(() => [MigrantWorkerRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: MigrantWorkerRow[];
}
