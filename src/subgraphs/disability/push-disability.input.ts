import { Field, InputType, Int } from 'type-graphql';
import type { DisabilityType } from '../../domain/intake/words.ts';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay, RowIdNumber } from '../scalars.ts';
import { DisabilityTypeWord } from '../words.ts';

/** One row of the list of persons with disabilities. */
@InputType('DisabilityRow', { description: '残疾人名单的一行：One person recognised as disabled.' })
export class DisabilityRow extends PersonRow {
  @Field(() => DisabilityTypeWord, {
    nullable: true,
    description: '残疾类别（必填）：The kind of disability. Required unless the row removes.',
  })
  type?: DisabilityType | null;

  @Field(() => Int, {
    nullable: true,
    description: '残疾等级（必填）：The level, 1 (gravest) to 4. Required unless the row removes.',
  })
  level?: number | null;

  @Field(() => RowIdNumber, {
    nullable: true,
    description: '残疾人证号：The number of the disability certificate, 20 characters.',
  })
  certificateNumber?: unknown;

  @Field(() => RowDay, {
    nullable: true,
    description: '认定日期（必填）：The day of recognition. Required unless the row removes.',
  })
  from?: unknown;

  @Field(() => RowDay, {
    nullable: true,
    description: '终止日期：The last day on which it holds; absent while it goes on.',
  })
  to?: unknown;
}

/** A push of the list of persons with disabilities. */
@InputType('PushDisabilityInput', { description: '残疾人名单报送：A push of the list of persons with disabilities.' })
export class PushDisabilityInput extends PushInput {
  @Field(() => [DisabilityRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: DisabilityRow[];
}
