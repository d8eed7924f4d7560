import { GraphQLError } from 'graphql';
import { Arg, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { CorrectionState } from '../../domain/review/settlement.ts';
import type { CorrectionSide } from '../../flows/request-correction.ts';
import type { HubContext } from '../context.ts';
import { connectionOf, pageSize } from '../paging.ts';
import { unwrap } from '../refusal-error.ts';
import { CorrectionSideWord } from '../states.ts';
import { CorrectionStateWord } from '../words.ts';
import { CorrectionRequestConnection, CorrectionRequestType, correctionView } from './correction.type.ts';
import { CorrectionAnswerInput, CorrectionRequestInput } from './review.input.ts';

/** As many requests as one page shows. */
const MOST_REQUESTS = 100;

/** Requests to the owners of lists to check and correct rows. */
@Resolver()
export class CorrectionResolver {
  /** Pages through requests. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @Query(() => CorrectionRequestConnection, {
    description:
      '数据校核申请列表：Requests to correct rows, the newest first: by default those asked of the caller’s agency. ALL is FORBIDDEN unless the agency sees all tasks. Scope `review:read`.',
  })
  async corrections(
    @Ctx() context: HubContext,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many at most, 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor after which to go on.' })
    after?: string | null,
    @Arg('which', () => CorrectionSideWord, { nullable: true, description: '范围：Which; ASKED_OF_US by default.' })
    which?: CorrectionSide | null,
    @Arg('state', () => [CorrectionStateWord], {
      nullable: true,
      description: '状态：Only requests that stand like one of these; all by default.',
    })
    state?: CorrectionState[] | null,
  ): Promise<CorrectionRequestConnection> {
    const size = pageSize(first, MOST_REQUESTS);
    const page = unwrap(
      await context.flows.corrections(which ?? 'ASKED_OF_US', state ?? null, size, after ?? null, context.caller),
    );
    return connectionOf(page, after ?? null, ({ request }) => request.id, correctionView);
  }

  /** Asks for a row to be corrected. */
  @Mutation(() => CorrectionRequestType, {
    description:
      '提出数据校核申请：Asks the owner of a row to check and correct it. The row must stand, on a list that the caller sees, of a person of whom it may know; else NOT_FOUND. Scopes `review:read` and `person:read`.',
  })
  async requestCorrection(
    @Arg('input', () => CorrectionRequestInput, { description: '校核申请：The row, and why.' })
    input: CorrectionRequestInput,
    @Ctx() context: HubContext,
  ): Promise<CorrectionRequestType> {
    return correctionView(unwrap(await context.flows.requestCorrection({ ...input }, context.caller)));
  }

  /** Answers a request. */
  @Mutation(() => CorrectionRequestType, {
    description:
      '答复校核申请：Answers a request as the owner of the row, in the name of a staff member (the token names an `operator`, else FORBIDDEN). What is corrected is corrected by a push. STALE_VERSION where another was faster, WRONG_STATE where it is closed, NOT_FOUND for another agency’s. Scope `review:read`, and a grant to push the list.',
  })
  async answerCorrection(
    @Arg('id', () => ID, { description: '申请号：The id.' }) id: string,
    @Arg('version', () => Int, { description: '版本：The version that was seen.' }) version: number,
    @Arg('answer', () => CorrectionAnswerInput, { description: '答复：The answer.' }) answer: CorrectionAnswerInput,
    @Ctx() context: HubContext,
  ): Promise<CorrectionRequestType> {
    const { state } = answer;
    if (state === 'OPEN') {
      throw new GraphQLError('答复结果不能是待答复 / An answer cannot leave the request open', {
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    const said = { state, answer: answer.answer ?? null };
    return correctionView(unwrap(await context.flows.answerCorrection({ id, version }, said, context.caller)));
  }
}
