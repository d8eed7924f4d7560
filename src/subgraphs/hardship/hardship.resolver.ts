import { Arg, Ctx, Directive, FieldResolver, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { claimsOf, PersonKey, type PersonRoot } from '../person-key.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { hardshipListing, HardshipListing } from './hardship-listing.type.ts';
import { PushHardshipInput } from './push-hardship.input.ts';

/** What this family of lists adds to a person. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, with the identities under which agencies list them.' })
export class HardshipPerson extends PersonKey {}

/** The hardship list. */
@Resolver(() => HardshipPerson)
export class HardshipResolver {
  /** Takes in the hardship list. */
  @Mutation(() => SubmissionType, {
    description:
      '报送困难人员名单：Pushes the hardship list (民政、农业农村、退役军人、卫健、组织部, each its own categories). Every row is judged on its own. A category or jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:hardship:push`.',
  })
  pushHardship(
    @Arg('input', () => PushHardshipInput, { description: '报送内容：The push.' }) input: PushHardshipInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('hardship', input, context);
  }

  /** The listings that the caller may see. */
  @FieldResolver(() => [HardshipListing], {
    description:
      '困难身份认定：Listings under hardship identities, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  hardshipListings(@Root() person: PersonRoot): HardshipListing[] {
    return claimsOf(person, 'hardship').map(hardshipListing);
  }
}
