import { Field, InputType } from 'type-graphql';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay, RowIdNumber } from '../scalars.ts';

/** One row of the list of births. */
@InputType('BirthRow', {
  description:
    '出生人员名单的一行：One child born; `idNumber` is the birth certificate’s number or the child’s own, and a certificate beside a number joins the two.',
})
export class BirthRow extends PersonRow {
  @Field(() => RowDay, {
    nullable: true,
    description: '出生日期（必填）：The day of birth. Required unless the row removes.',
  })
  bornOn?: unknown;

  @Field(() => RowIdNumber, {
    nullable: true,
    description: '出生医学证明编号：The birth certificate’s number; joins the child’s documents.',
  })
  certificateNumber?: unknown;

  @Field(() => RowIdNumber, { nullable: true, description: '监护人证件号码：The id number of a guardian.' })
  guardianIdNumber?: unknown;
}

/** A push of the list of births. */
@InputType('PushBirthsInput', { description: '出生人员名单报送：A push of the list of births.' })
export class PushBirthsInput extends PushInput {
  @Field(() => [BirthRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: BirthRow[];
}
