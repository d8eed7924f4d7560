import { Arg, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { MatterKind } from '../../domain/identity/identity-matter.ts';
import type { TaskState } from '../../domain/review/settlement.ts';
import type { HubContext } from '../context.ts';
import { connectionOf, pageSize } from '../paging.ts';
import { unwrap } from '../refusal-error.ts';
import { MatterKindWord, TaskStateWord } from '../words.ts';
import { SettlementInput, settlementOf } from './review.input.ts';
import { ReviewTaskConnection, ReviewTaskType } from './review-task.type.ts';
import { reviewTaskView } from './review-task.view.ts';

/** As many tasks as one page shows. */
const MOST_TASKS = 100;

/** Matters of identity that only a person can settle. */
@Resolver()
export class ReviewResolver {
  /** Pages through tasks. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @Query(() => ReviewTaskConnection, {
    description:
      '身份核查任务列表：Tasks for review of the jurisdiction, the newest first: all of them, or those about people of whom the agency has said something, as its grant says. Scope `review:read`.',
  })
  async reviewTasks(
    @Ctx() context: HubContext,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many at most, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor after which to go on.' })
    after?: string | null,
    @Arg('kind', () => [MatterKindWord], { nullable: true, description: '核查事项：Only these matters.' })
    kind?: MatterKind[] | null,
    @Arg('state', () => [TaskStateWord], {
      nullable: true,
      description: '状态：Only tasks that stand like one of these; all by default.',
    })
    state?: TaskState[] | null,
  ): Promise<ReviewTaskConnection> {
    const size = pageSize(first, MOST_TASKS);
    const filter = { state: state ?? null, kind: kind ?? null };
    const page = unwrap(await context.flows.reviewTasks(filter, size, after ?? null, context.caller));
    return connectionOf(page, after ?? null, ({ task }) => task.id, reviewTaskView);
  }

  /** Finds one task. */
  @Query(() => ReviewTaskType, {
    nullable: true,
    description:
      '查身份核查任务：One task for review; null where there is none, and where the caller may not see it. Scope `review:read`.',
  })
  async reviewTask(
    @Arg('id', () => ID, { description: '任务号：The id.' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<ReviewTaskType | null> {
    const view = unwrap(await context.flows.reviewTask(id, context.caller));
    return view && reviewTaskView(view);
  }

  /** Settles a task. */
  @Mutation(() => ReviewTaskType, {
    description:
      '身份认定：Settles a task in the name of a staff member (the token names an `operator`, else FORBIDDEN). Where it moves anybody’s money it is only proposed (PROPOSED): a second person confirms it. Asking the owner of a row opens a request (ASKED). Settling again replaces what was settled of the same before. STALE_VERSION where the task changed since the version given, WRONG_STATE where its matter no longer stands, NOT_FOUND where there is none that the caller may see. Scopes `review:settle` and `review:read`.',
  })
  async settleReview(
    @Arg('id', () => ID, { description: '任务号：The id.' }) id: string,
    @Arg('version', () => Int, { description: '版本：The version that was seen.' }) version: number,
    @Arg('settlement', () => SettlementInput, { description: '认定：What is settled.' }) settlement: SettlementInput,
    @Arg('because', () => String, { description: '理由：Why, 1 to 200 characters; kept with the task.' })
    because: string,
    @Ctx() context: HubContext,
  ): Promise<ReviewTaskType> {
    const settled = await context.flows.settleReview(
      { id, version },
      settlementOf(settlement),
      because,
      context.caller,
    );
    return reviewTaskView(unwrap(settled));
  }

  /** Confirms what another person proposed. */
  @Mutation(() => ReviewTaskType, {
    description:
      '复核认定：Confirms, as a second person, what another proposed; whoever proposed it is FORBIDDEN. Everything is checked again. STALE_VERSION where the task changed since the version given, and where the proposal would by now change something else than what was shown: look at it again. WRONG_STATE where nothing is proposed. Scopes `review:settle` and `review:read`.',
  })
  async confirmReview(
    @Arg('id', () => ID, { description: '任务号：The id.' }) id: string,
    @Arg('version', () => Int, { description: '版本：The version that was seen.' }) version: number,
    @Ctx() context: HubContext,
  ): Promise<ReviewTaskType> {
    return reviewTaskView(unwrap(await context.flows.confirmReview({ id, version }, context.caller)));
  }

  /** Undoes what was settled. */
  @Mutation(() => ReviewTaskType, {
    description:
      '撤销认定：Ends what a task settled and brings back what that had ended; the task is open again. Where that moves anybody’s money it is only proposed, for a second person to confirm. Of a task for which something is only proposed, takes the proposal back. STALE_VERSION; WRONG_STATE where nothing is settled or proposed. Scopes `review:settle` and `review:read`.',
  })
  async undoSettlement(
    @Arg('id', () => ID, { description: '任务号：The id.' }) id: string,
    @Arg('version', () => Int, { description: '版本：The version that was seen.' }) version: number,
    @Arg('because', () => String, { description: '理由：Why, 1 to 200 characters; kept with the task.' })
    because: string,
    @Ctx() context: HubContext,
  ): Promise<ReviewTaskType> {
    return reviewTaskView(unwrap(await context.flows.undoSettlement({ id, version }, because, context.caller)));
  }
}
