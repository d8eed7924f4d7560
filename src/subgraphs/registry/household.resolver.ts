import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { HouseholdStatus, MemberEnrolment } from '../../domain/policy/household-enrolment.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { HouseholdMemberView, HouseholdView } from '../../flows/find-households.ts';
import type { HubContext } from '../context.ts';
import { personRoot, type PersonRoot } from '../person-key.ts';
import { unwrap } from '../refusal-error.ts';
import { DayScalar, InstantScalar } from '../scalars.ts';
import { PurposeWord } from '../words.ts';
import { HouseholdStatusWord, MemberEnrolmentWord } from './household-words.ts';
import { Household, HouseholdMember } from './household.type.ts';
import { RegistryPerson } from './person.type.ts';

/** Households and whether they are enrolled whole. */
@Resolver(() => Household)
export class HouseholdResolver {
  /** Finds one household. */
  @Query(() => Household, {
    nullable: true,
    description:
      '按户号查一户：One household by its number. Null where nobody of whom the caller may know was ever in it. Scope `person:read`; FORBIDDEN for a purpose that the agency is not granted, and where it may not see the residents list.',
  })
  async household(
    @Arg('number', () => String, { description: '户号：The household number as the residents list writes it.' })
    number: string,
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why the household is read.' }) purpose: Purpose,
    @Ctx() context: HubContext,
    @Arg('asOf', () => DayScalar, {
      nullable: true,
      description: '截至日：The day asked about; by default the day (北京时间) of what is known.',
    })
    asOf?: PlainDate | null,
    @Arg('knownAt', () => InstantScalar, {
      nullable: true,
      description: '获知时点：Answer with what the hub knew at this instant; by default now.',
    })
    knownAt?: Date | null,
    @Arg('policyYear', () => Int, {
      nullable: true,
      description: '参保年度：The plan year that enrolment is about; by default the year of the day.',
    })
    policyYear?: number | null,
  ): Promise<Household | null> {
    const question = { asOf: asOf ?? null, knownAt: knownAt ?? null, policyYear: policyYear ?? null };
    const found = unwrap(await context.flows.findHousehold(number, purpose, question, context.caller));
    return found && householdView(found, question.knownAt, context);
  }

  /** Whether everybody is enrolled who should be. */
  @FieldResolver(() => HouseholdStatusWord, {
    nullable: true,
    description:
      '参保状态：Is everybody enrolled who is in the household book (户口簿) on the day and should be? Null where nobody is there, and where it turns on a death that is not confirmed. Needs `benefit:read` of an agency that knows everybody, else null with the error FORBIDDEN; NOT_FOUND where there is no pack for the year.',
  })
  status(@Root() household: Household): HouseholdStatus | null {
    return unwrap(household.view.status);
  }

  /** Who should be enrolled and is not. */
  @FieldResolver(() => [HouseholdMember], {
    nullable: true,
    description:
      '应参未参成员：Members in the household book on the day who should be enrolled for the plan year and are not. For the unit that must act only: needs `benefit:read` of an agency that knows everybody, else null with the error FORBIDDEN.',
  })
  notEnrolled(@Root() household: Household): HouseholdMember[] {
    return unwrap(household.view.notEnrolled).map((stay) => memberView(stay, household.askedAt));
  }
}

/** How a member stands to insurance. */
@Resolver(() => HouseholdMember)
export class HouseholdMemberResolver {
  /** Enrolled, not enrolled, or why not to be. */
  @FieldResolver(() => MemberEnrolmentWord, {
    nullable: true,
    description:
      '参保情况：Whether the member is enrolled for the plan year, or why they need not be; null for who is not there on the day or has a residence permit only. Needs `benefit:read` of an agency that knows everybody, else null with the error FORBIDDEN.',
  })
  enrolment(@Root() member: HouseholdMember): MemberEnrolment | null {
    return unwrap(member.stay.enrolment);
  }
}

/** The household of a person. */
@Resolver(() => RegistryPerson)
export class HouseholdOfPersonResolver {
  /** The household in which the person is registered. */
  @FieldResolver(() => Household, {
    nullable: true,
    description:
      '所在户：The household in which the person is registered on a day; null where there is none, or the caller may not see the residents list.',
  })
  async household(
    @Root() person: PersonRoot,
    @Ctx() context: HubContext,
    @Arg('asOf', () => DayScalar, {
      nullable: true,
      description: '截至日：The day asked about; by default the day (北京时间) of what is known.',
    })
    asOf?: PlainDate | null,
    @Arg('policyYear', () => Int, {
      nullable: true,
      description: '参保年度：The plan year that enrolment is about; by default the year of the day.',
    })
    policyYear?: number | null,
  ): Promise<Household | null> {
    const found = await context.households.of(person.view, asOf ?? null, policyYear ?? null);
    return found && householdView(found, person.knownAt, context);
  }
}

function householdView(view: HouseholdView, askedAt: Date | null, context: HubContext): Household {
  const { number, jurisdiction, asOf, knownAt, policyYear } = view;
  for (const member of view.members) context.persons.remember(member.view, askedAt);
  const members = view.members.map((stay) => memberView(stay, askedAt));
  return { number, jurisdiction, asOf, knownAt, policyYear, members, view, askedAt };
}

function memberView(stay: HouseholdMemberView, askedAt: Date | null): HouseholdMember {
  const { view, from, to, registration, present } = stay;
  return { person: personRoot(view, askedAt)!, from, to, registration, present, stay };
}
