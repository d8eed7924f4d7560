import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ResidentRegistration } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { HouseholdMemberView, HouseholdView } from '../../flows/find-households.ts';
import type { PersonRoot } from '../person-key.ts';
import { DayScalar, InstantScalar } from '../scalars.ts';
import { RegistrationWord } from '../words.ts';
import { RegistryPerson } from './person.type.ts';

/** A stay of somebody in a household. */
@ObjectType('HouseholdMember', {
  simpleResolvers: true,
  description: '户内成员：A stay of a person in a household; who left and came back is there twice.',
})
export class HouseholdMember {
  @Field(() => RegistryPerson, { description: '人员：The person.' })
  person: PersonRoot;

  @Field(() => DayScalar, {
    nullable: true,
    description: '入户日期：The first day in the household; null where none is known.',
  })
  from: PlainDate | null;

  @Field(() => DayScalar, {
    nullable: true,
    description:
      '离户日期：The last day, inclusive: registered elsewhere from the next, taken off the list, or dead; null while it goes on.',
  })
  to: PlainDate | null;

  @Field(() => RegistrationWord, { description: '登记类型：Household register or residence permit.' })
  registration: ResidentRegistration;

  @Field(() => Boolean, { description: '当日在户：Are they there on the day asked about?' })
  present: boolean;

  /** Not a field of the graph itself. */
  readonly stay: HouseholdMemberView;
}

/** A household. */
@ObjectType('Household', {
  simpleResolvers: true,
  description:
    '户：The people registered under one household number, over time, as the residents list tells. One member’s enrolment never changes another’s money.',
})
export class Household {
  @Field(() => String, { description: '户号：The household number as written.' })
  number: string;

  @Field(() => ID, { description: '统筹区：The jurisdiction that answers, by its region code.' })
  jurisdiction: string;

  @Field(() => DayScalar, { description: '截至日：The day asked about.' })
  asOf: PlainDate;

  @Field(() => InstantScalar, {
    description: '获知时点：The instant at which this is what the hub knew.',
  })
  knownAt: Date;

  @Field(() => Int, { description: '参保年度：The plan year that enrolment is about.' })
  policyYear: number;

  @Field(() => [HouseholdMember], {
    description:
      '户内成员：Everybody who was ever registered in it and of whom the caller may know, in the order in which they came.',
  })
  members: HouseholdMember[];

  /** Not a field of the graph itself. */
  readonly view: HouseholdView;

  /** The instant asked for; null for now. Not a field of the graph itself. */
  readonly askedAt: Date | null;
}
