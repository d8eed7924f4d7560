import { Arg, Ctx, ID, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import type { StoredSubmission } from '../../flows/ports.ts';
import type { HubContext } from '../context.ts';
import { unwrap } from '../refusal-error.ts';
import { submissionView } from '../submission.resolver.ts';
import { SubmissionType } from '../submission.type.ts';

/** What can be done with a submission after it was pushed, and how its work is watched. */
@Resolver()
export class SubmissionWorkResolver {
  /** Takes a submission back. */
  @Mutation(() => SubmissionType, {
    description:
      '撤回报送：Takes one of the agency’s own pushes back whole. From now on no claim of it stands, and what it had ended stands again; where a later push has spoken, that one’s word holds. What a later push merely repeated goes with it: push that again. `knownAt` before still shows everything. Withdrawing again changes nothing. SUBMISSION_IN_WORK while it is being worked on; NOT_FOUND for another agency’s. Scope `list:<list>:push` of its list.',
  })
  async withdrawSubmission(
    @Arg('id', () => ID, { description: '批次号：The id from the receipt.' }) id: string,
    @Arg('reason', () => String, { description: '撤回原因：Why, 1 to 200 characters; kept with the submission.' })
    reason: string,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return submissionView(unwrap(await context.flows.withdrawSubmission(id, reason, context.caller)));
  }

  /** Lets a held submission in. */
  @Mutation(() => SubmissionType, {
    description:
      '放行报送：Lets in one of the agency’s own submissions that is held (NEEDS_RELEASE). The token must name a staff member other than the one who pushed it, else FORBIDDEN. It takes its turn again and is taken in without the limits that held it. SUBMISSION_NOT_HELD for one that is not held, NOT_FOUND for another agency’s. Scope `submission:release`.',
  })
  async releaseSubmission(
    @Arg('id', () => ID, { description: '批次号：The id from the receipt.' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return submissionView(unwrap(await context.flows.releaseSubmission(id, context.caller)));
  }

  /** Drives a failed submission again. */
  @Mutation(() => SubmissionType, {
    description:
      '重新处理报送：Drives one of the agency’s own submissions again on which the work broke off (FAILED): it takes its turn again. SUBMISSION_NOT_FAILED for one whose work did not break off, NOT_FOUND for another agency’s. Scope `list:<list>:push` of its list.',
  })
  async redriveSubmission(
    @Arg('id', () => ID, { description: '批次号：The id from the receipt.' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return submissionView(unwrap(await context.flows.redriveSubmission(id, context.caller)));
  }

  /** Streams a submission as its work goes on. */
  @Subscription(() => SubmissionType, {
    description:
      '报送进度：One of the agency’s own submissions, at once and whenever it has moved on, at most once a second; ends with how it ended. Asked at `POST /graphql` with `accept: text/event-stream`. Scope `submission:read`.',
    subscribe: ({ args, context }) => follow(args as { id: string }, context as HubContext),
  })
  submissionProgress(
    @Root() stored: StoredSubmission,
    @Arg('id', () => ID, { description: '批次号：The id from the receipt.' }) _id: string,
  ): SubmissionType {
    return submissionView(stored);
  }
}

const follow = async ({ id }: { readonly id: string }, { flows, caller }: HubContext) =>
  unwrap(await flows.followSubmission(id, caller));
