import { Arg, Ctx, Directive, FieldResolver, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { claimsOf, PersonKey, type PersonRoot } from '../person-key.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { disability, Disability } from './disability.type.ts';
import { PushDisabilityInput } from './push-disability.input.ts';

/** What this family of lists adds to a person. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, with recognised disabilities.' })
export class DisabilityPerson extends PersonKey {}

/** The lists of recognised disabilities. */
@Resolver(() => DisabilityPerson)
export class DisabilityResolver {
  /** Takes in the list of persons with disabilities. */
  @Mutation(() => SubmissionType, {
    description:
      '报送残疾人名单：Pushes the list of persons with disabilities (残联). Every row is judged on its own; a jurisdiction or category that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:disability:push`.',
  })
  pushDisability(
    @Arg('input', () => PushDisabilityInput, { description: '报送内容：The push.' }) input: PushDisabilityInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('disability', input, context);
  }

  /** Disabilities recognised, as far as the caller may see. */
  @FieldResolver(() => [Disability], {
    description:
      '残疾认定：Disabilities recognised, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  disabilities(@Root() person: PersonRoot): Disability[] {
    return claimsOf(person, 'disability').map((claim) => disability(claim, person.view.mayReveal));
  }
}
