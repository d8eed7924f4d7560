import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { unwrap } from '../refusal-error.ts';
import { ComparePacksInput, PackComparisonType } from './pack-comparison.type.ts';

/** Changed packs held against those in force. */
@Resolver()
export class PackComparisonResolver {
  /** Asks for a comparison. */
  @Mutation(() => PackComparisonType, {
    description:
      '比对政策包：Holds a changed pack against the jurisdiction’s pack in force of the same plan year, over everybody as known at an instant; a job does the work. PACK_INVALID tells every mistake of the pack by its place; NOT_FOUND where there is no pack for the year. For agencies that may know of everybody, else FORBIDDEN. Scope `benefit:read`.',
  })
  async comparePacks(
    @Arg('input', () => ComparePacksInput, { description: '比对请求：What to compare.' }) input: ComparePacksInput,
    @Ctx() { flows, caller }: HubContext,
  ): Promise<PackComparisonType> {
    const { policyYear, pack, asOf, knownAt } = input;
    const wish = { policyYear, pack, asOf: asOf ?? null, knownAt: knownAt ?? null };
    return unwrap(await flows.askComparison(wish, caller));
  }

  /** Finds a comparison. */
  @Query(() => PackComparisonType, {
    nullable: true,
    description:
      '查政策包比对：One of the agency’s own comparisons; null where there is none, and for another agency’s. Scope `benefit:read`.',
  })
  async packComparison(
    @Arg('id', () => ID, { description: '编号：The id that `comparePacks` answered.' }) id: string,
    @Ctx() { flows, caller }: HubContext,
  ): Promise<PackComparisonType | null> {
    return unwrap(await flows.findComparison(id, caller));
  }
}
