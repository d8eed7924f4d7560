import { Arg, Ctx, Directive, ID, Int, Query, Resolver } from 'type-graphql';
import type { ListName } from '../../domain/intake/words.ts';
import type { SubmissionStatus } from '../../domain/intake/submission.ts';
import type { HubContext } from '../context.ts';
import { connectionOf, pageSize } from '../paging.ts';
import { unwrap } from '../refusal-error.ts';
import { SubmissionStatusWord } from '../states.ts';
import { submissionView } from '../submission.resolver.ts';
import { SubmissionType } from '../submission.type.ts';
import { ListWord } from '../words.ts';
import { listDescription, ListDescription } from './list.type.ts';
import { SubmissionConnection } from './submission-connection.type.ts';

/** As many submissions as one page shows. */
const MOST_SUBMISSIONS = 100;

/** What agencies pushed, and what they can push. */
@Resolver()
export class ExchangeResolver {
  /** Finds one submission. */
  @Query(() => SubmissionType, {
    nullable: true,
    description:
      '查报送批次：One of the agency’s own submissions; null where there is none, and for another agency’s. Scope `submission:read`.',
  })
  async submission(
    @Arg('id', () => ID, { description: '批次号：The id from the receipt.' }) id: string,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType | null> {
    const stored = unwrap(await context.flows.findSubmission(id, context.caller));
    return stored && submissionView(stored);
  }

  /** Pages through submissions. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @Query(() => SubmissionConnection, {
    description: '报送批次列表：The agency’s own submissions, the newest first. Scope `submission:read`.',
  })
  async submissions(
    @Ctx() context: HubContext,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many at most, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor after which to go on.' })
    after?: string | null,
    @Arg('list', () => ListWord, { nullable: true, description: '名单：Only submissions of this list.' })
    list?: ListName | null,
    @Arg('status', () => [SubmissionStatusWord], {
      nullable: true,
      description: '状态：Only submissions that stand like one of these; all by default.',
    })
    status?: SubmissionStatus[] | null,
  ): Promise<SubmissionConnection> {
    const size = pageSize(first, MOST_SUBMISSIONS);
    const page = unwrap(
      await context.flows.pageSubmissions(
        { list: list ?? null, status: status ?? null },
        size,
        after ?? null,
        context.caller,
      ),
    );
    return connectionOf(page, after ?? null, ({ id }) => id, submissionView);
  }

  /** The catalogue of lists. */
  @Query(() => [ListDescription], {
    description: '名单目录：Every list with its columns and words, and what of it the caller may push. Any token.',
  })
  lists(@Ctx() context: HubContext): ListDescription[] {
    return unwrap(context.flows.listCatalogue(context.caller)).map(listDescription);
  }
}
