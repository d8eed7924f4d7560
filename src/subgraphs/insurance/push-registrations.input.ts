import { Field, InputType, Int } from 'type-graphql';
import { PushInput, TwiceNamedRow } from '../push-input.ts';
import { RowDay } from '../scalars.ts';

/** One row of the list of registrations. */
@InputType('RegistrationRow', { description: '参保登记名单的一行：One registration for a plan year.' })
export class RegistrationRow extends TwiceNamedRow {
  @Field(() => Int, { nullable: true, description: '参保年度（必填）：The plan year registered for. Required.' })
  policyYear?: number | null;

  @Field(() => RowDay, {
    nullable: true,
    description: '登记日期（必填）：The day of registration. Required unless the row removes.',
  })
  registeredOn?: unknown;
}

/** A push of the list of registrations. */
@InputType('PushRegistrationsInput', { description: '参保登记名单报送：A push of the list of registrations.' })
export class PushRegistrationsInput extends PushInput {
  @Field(() => [RegistrationRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: RegistrationRow[];
}
