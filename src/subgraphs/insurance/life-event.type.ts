import { Field, ObjectType } from 'type-graphql';
import type { ClaimOf } from '../../domain/claims/claim.ts';
import type { LifeEventKind } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ListedEntry, listedEntry } from '../claim.type.ts';
import { DayScalar } from '../scalars.ts';
import { LifeEventKindWord } from '../words.ts';

/** One event that changes how a policy treats the person. */
@ObjectType('LifeEvent', {
  simpleResolvers: true,
  description: '人生事件：One event that changes how a policy treats the person.',
})
export class LifeEvent extends ListedEntry {
  @Field(() => LifeEventKindWord, { description: '事件类型：What happened.' })
  kind: LifeEventKind;

  @Field(() => DayScalar, { description: '发生日期：The day on which it happened.' })
  happenedOn: PlainDate;
}

/** Shows a claim of the list. */
export function lifeEvent(claim: ClaimOf<'life-events'>): LifeEvent {
  const { kind, happenedOn } = claim.attributes;
  return {
    ...listedEntry(claim),
    kind,
    happenedOn,
  };
}
