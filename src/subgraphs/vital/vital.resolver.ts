import { Arg, Ctx, Directive, FieldResolver, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { claimsOf, PersonKey, type PersonRoot } from '../person-key.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { birthReport, BirthReport } from './birth-report.type.ts';
import { deathReport, DeathReport } from './death-report.type.ts';
import { PushBirthsInput } from './push-births.input.ts';
import { PushDeathsInput } from './push-deaths.input.ts';

/** What this family of lists adds to a person. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, with births and deaths.' })
export class VitalPerson extends PersonKey {}

/** The lists of births and deaths. */
@Resolver(() => VitalPerson)
export class VitalResolver {
  /** Takes in the list of deaths. */
  @Mutation(() => SubmissionType, {
    description:
      '报送死亡人员名单：Pushes the list of deaths (民政、公安、卫健、镇街). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:deaths:push`.',
  })
  pushDeaths(
    @Arg('input', () => PushDeathsInput, { description: '报送内容：The push.' }) input: PushDeathsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('deaths', input, context);
  }

  /** Takes in the list of births. */
  @Mutation(() => SubmissionType, {
    description:
      '报送出生人员名单：Pushes the list of births (卫健). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:births:push`.',
  })
  pushBirths(
    @Arg('input', () => PushBirthsInput, { description: '报送内容：The push.' }) input: PushBirthsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('births', input, context);
  }

  /** Reports of the person’s death, as far as the caller may see. */
  @FieldResolver(() => [DeathReport], {
    description:
      '死亡报告：Reports of the person’s death, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  deathReports(@Root() person: PersonRoot): DeathReport[] {
    return claimsOf(person, 'deaths').map(deathReport);
  }

  /** Reports of the person’s birth, as far as the caller may see. */
  @FieldResolver(() => [BirthReport], {
    description:
      '出生报告：Reports of the person’s birth, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  birthReports(@Root() person: PersonRoot): BirthReport[] {
    return claimsOf(person, 'births').map(birthReport);
  }
}
