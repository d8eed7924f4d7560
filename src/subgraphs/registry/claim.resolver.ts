import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { submissionView } from '../submission.resolver.ts';
import { SubmissionType } from '../submission.type.ts';
import { ClaimType } from './claim.type.ts';

/** From what is said back to where it was said. */
@Resolver(() => ClaimType)
export class ClaimResolver {
  /** The submission behind the claim. */
  @FieldResolver(() => SubmissionType, {
    nullable: true,
    description:
      '所在报送批次：The submission whose row (`source.row`) says so; null where it is another agency’s. Needs `submission:read`.',
  })
  async submission(@Root() claim: ClaimType, @Ctx() { rows }: HubContext): Promise<SubmissionType | null> {
    const stored = await rows.submission(claim.source.submission);
    return stored && submissionView(stored);
  }
}
