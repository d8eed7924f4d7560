import { Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../page-info.type.ts';
import { SubmissionType } from '../submission.type.ts';

/** One submission of a page. */
@ObjectType('SubmissionEdge', { simpleResolvers: true, description: '报送批次条目：One submission of a page.' })
export class SubmissionEdge {
  @Field(() => String, { description: 'The cursor of this submission, to pass as `after`.' })
  cursor: string;

  @Field(() => SubmissionType, { description: '报送批次：The submission.' })
  node: SubmissionType;
}

/** A page of submissions. */
@ObjectType('SubmissionConnection', {
  simpleResolvers: true,
  description: '报送批次分页：A page of submissions, the newest first.',
})
export class SubmissionConnection {
  @Field(() => [SubmissionEdge], { description: 'The submissions of the page, each with its cursor.' })
  edges: SubmissionEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: '总数：How many submissions there are in all.' })
  totalCount: number;
}
