import { Arg, Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { HubContext } from '../context.ts';
import { connectionOf, pageSize } from '../paging.ts';
import { personRoot, type PersonRoot } from '../person-key.ts';
import { unwrap } from '../refusal-error.ts';
import { InstantScalar } from '../scalars.ts';
import { DecisionChangeConnection, DecisionChangeType, decisionChangeView } from './decision-change.type.ts';
import { PurposeWord } from '../words.ts';
import { InsurancePerson } from './insurance.resolver.ts';

/** As many changes as one page holds. */
const MOST_CHANGES = 1000;

/** How decisions changed. */
@Resolver(() => DecisionChangeType)
export class DecisionChangeResolver {
  /** Pages through changes. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @Query(() => DecisionChangeConnection, {
    description:
      '核定结果变动：How decisions changed since an instant, oldest first: the old and the new decision, what the change comes to with its sign, and why (a death known months later, a listing withdrawn, a settlement). Keep the last cursor and go on behind it. For agencies granted changes; one that knows only its own people is told of these. BAD_USER_INPUT without `since` or `after`; a purpose that the agency is not granted is FORBIDDEN. Scope `change:read`.',
  })
  async changes(
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why the changes, and persons from them, are read.' })
    purpose: Purpose,
    @Ctx() { flows, caller }: HubContext,
    @Arg('since', () => InstantScalar, {
      nullable: true,
      description: '起始时点：From this instant on; not needed with `after`.',
    })
    since?: Date | null,
    @Arg('policyYear', () => Int, { nullable: true, description: '参保年度：Only of this plan year; all by default.' })
    policyYear?: number | null,
    @Arg('first', () => Int, { defaultValue: 100, description: `How many at most, 1 to ${MOST_CHANGES}.` })
    first?: number,
    @Arg('after', () => String, { nullable: true, description: 'Go on after this cursor.' }) after?: string | null,
  ): Promise<DecisionChangeConnection> {
    const question = {
      purpose,
      policyYear: policyYear ?? null,
      since: since ?? null,
      after: after ?? null,
      first: pageSize(first!, MOST_CHANGES),
    };
    const page = unwrap(await flows.findChanges(question, caller));
    return connectionOf(
      page,
      question.after,
      ({ id }) => id,
      (change) => decisionChangeView(change, purpose),
    );
  }

  /** The person whose decision changed. */
  @FieldResolver(() => InsurancePerson, {
    nullable: true,
    description:
      '人员：The person, as known now; null where the caller may not know of them. All persons of a page are read at one go. Scope `person:read`.',
  })
  async person(@Root() change: DecisionChangeType, @Ctx() { persons }: HubContext): Promise<PersonRoot | null> {
    return personRoot(await persons.byId(change.personId, change.purpose), null);
  }
}
