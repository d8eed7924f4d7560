import { Arg, Ctx, Directive, FieldResolver, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { claimsOf, PersonKey, type PersonRoot } from '../person-key.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { enrolment, Enrolment } from './enrolment.type.ts';
import { lifeEvent, LifeEvent } from './life-event.type.ts';
import { PushEnrolmentsInput } from './push-enrolments.input.ts';
import { PushLifeEventsInput } from './push-life-events.input.ts';
import { PushRegistrationsInput } from './push-registrations.input.ts';
import { registration, Registration } from './registration.type.ts';

/** What this family of lists adds to a person. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, with insurance and what the policy decides.' })
export class InsurancePerson extends PersonKey {}

/** The lists of insurance. */
@Resolver(() => InsurancePerson)
export class InsuranceResolver {
  /** Takes in the list of registrations. */
  @Mutation(() => SubmissionType, {
    description:
      '报送参保登记名单：Pushes the list of registrations (医保). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:registrations:push`.',
  })
  pushRegistrations(
    @Arg('input', () => PushRegistrationsInput, { description: '报送内容：The push.' }) input: PushRegistrationsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('registrations', input, context);
  }

  /** Takes in the list of enrolments. */
  @Mutation(() => SubmissionType, {
    description:
      '报送参保关系名单：Pushes the list of enrolments (医保). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:enrolments:push`.',
  })
  pushEnrolments(
    @Arg('input', () => PushEnrolmentsInput, { description: '报送内容：The push.' }) input: PushEnrolmentsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('enrolments', input, context);
  }

  /** Takes in the list of life events. */
  @Mutation(() => SubmissionType, {
    description:
      '报送服役服刑等事件名单：Pushes the list of life events (民政、退役军人、司法). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:life-events:push`.',
  })
  pushLifeEvents(
    @Arg('input', () => PushLifeEventsInput, { description: '报送内容：The push.' }) input: PushLifeEventsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('life-events', input, context);
  }

  /** Registrations for plan years, as far as the caller may see. */
  @FieldResolver(() => [Registration], {
    description:
      '参保登记：Registrations for plan years, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  registrations(@Root() person: PersonRoot): Registration[] {
    return claimsOf(person, 'registrations').map(registration);
  }

  /** Spans of being enrolled, as far as the caller may see. */
  @FieldResolver(() => [Enrolment], {
    description:
      '参保关系：Spans of being enrolled, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  enrolments(@Root() person: PersonRoot): Enrolment[] {
    return claimsOf(person, 'enrolments').map(enrolment);
  }

  /** Events that change how a policy treats the person, as far as the caller may see. */
  @FieldResolver(() => [LifeEvent], {
    description:
      '人生事件：Events that change how a policy treats the person, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  lifeEvents(@Root() person: PersonRoot): LifeEvent[] {
    return claimsOf(person, 'life-events').map(lifeEvent);
  }
}
