import { Field, InputType } from 'type-graphql';
import type { LifeEventKind } from '../../domain/intake/words.ts';
import { PersonRow, PushInput } from '../push-input.ts';
import { RowDay } from '../scalars.ts';
import { LifeEventKindWord } from '../words.ts';

/** One row of the list of life events. */
@InputType('LifeEventRow', {
  description: '服役服刑等事件名单的一行：One event in a life that changes how a policy treats the person.',
})
export class LifeEventRow extends PersonRow {
  @Field(() => LifeEventKindWord, { nullable: true, description: '事件类型（必填）：What happened. Required.' })
  kind?: LifeEventKind | null;

  @Field(() => RowDay, { nullable: true, description: '发生日期（必填）：The day on which it happened. Required.' })
  happenedOn?: unknown;
}

/** A push of the list of life events. */
@InputType('PushLifeEventsInput', { description: '服役服刑等事件名单报送：A push of the list of life events.' })
export class PushLifeEventsInput extends PushInput {
  @Field(() => [LifeEventRow], { description: '名单行：The rows, 1 to 5000; more is refused (TOO_MANY_ROWS).' })
  rows: LifeEventRow[];
}
