import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Agency, ListName } from '../../domain/intake/words.ts';
import type { CorrectionState } from '../../domain/review/settlement.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { CorrectionView } from '../../flows/show-review.ts';
import { DayScalar, InstantScalar } from '../scalars.ts';
import { PageInfo } from '../page-info.type.ts';
import { AgencyWord, CorrectionStateWord, ListWord } from '../words.ts';

/** A request to correct a row. */
@ObjectType('CorrectionRequest', {
  simpleResolvers: true,
  description:
    '数据校核申请：A request to the owner of a list to check and correct a row (政务数据共享条例 art. 26). It says where the row stands, not what it says.',
})
export class CorrectionRequestType {
  @Field(() => ID, { description: '申请号：The id (UUIDv7).' })
  id: string;

  @Field(() => CorrectionStateWord, { description: '状态：Where it stands.' })
  state: CorrectionState;

  @Field(() => Int, {
    description: '版本：Grows with every answer. Whoever answers names the version they saw; another is STALE_VERSION.',
  })
  version: number;

  @Field(() => ID, { nullable: true, description: '核查任务：The task that it came from; null where somebody asked.' })
  task: string | null;

  @Field(() => AgencyWord, { description: '申请部门：The agency that asks.' })
  askedBy: Agency;

  @Field(() => String, {
    nullable: true,
    description: '申请经办人：The staff member who asks; null where the token named nobody.',
  })
  askedByOperator: string | null;

  @Field(() => InstantScalar, { description: '申请时间：When it was asked.' })
  askedAt: Date;

  @Field(() => DayScalar, {
    description: '答复期限：The day by which the owner answers, included: ten working days (政务数据共享条例 art. 26).',
  })
  dueOn: PlainDate;

  @Field(() => Boolean, { description: '是否逾期：Has the day passed without an answer?' })
  overdue: boolean;

  @Field(() => Boolean, {
    description: '期限可能变动：Are the holidays of that year not known yet, so that only weekends were left out?',
  })
  dueOnMayMove: boolean;

  @Field(() => AgencyWord, { description: '名单所属部门：The owner of the row, who answers.' })
  agency: Agency;

  @Field(() => ListWord, { description: '名单：The list.' })
  list: ListName;

  @Field(() => ID, { description: '报送批次：The submission.' })
  submission: string;

  @Field(() => Int, { description: '行号：The row of that submission, counted from 1.' })
  row: number;

  @Field(() => String, { description: '列名：The column that is doubted, by its field name.' })
  about: string;

  @Field(() => String, { description: '申请理由：Why, as the asker said.' })
  reason: string;

  @Field(() => String, { nullable: true, description: '答复：What the owner says; null until it does.' })
  answer: string | null;

  @Field(() => String, { nullable: true, description: '答复经办人：The staff member who answered.' })
  answeredBy: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '答复时间：When it was answered last.' })
  answeredAt: Date | null;
}

/** One request of a page. */
@ObjectType('CorrectionRequestEdge', { simpleResolvers: true, description: '校核申请条目：One request of a page.' })
export class CorrectionRequestEdge {
  @Field(() => String, { description: 'The cursor of this request, to pass as `after`.' })
  cursor: string;

  @Field(() => CorrectionRequestType, { description: '校核申请：The request.' })
  node: CorrectionRequestType;
}

/** A page of requests. */
@ObjectType('CorrectionRequestConnection', {
  simpleResolvers: true,
  description: '校核申请分页：A page of requests, the newest first.',
})
export class CorrectionRequestConnection {
  @Field(() => [CorrectionRequestEdge], { description: 'The requests of the page, each with its cursor.' })
  edges: CorrectionRequestEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: '总数：How many requests there are in all.' })
  totalCount: number;
}

/** Shows a request. */
export function correctionView({ request, overdue, dueOnMayMove }: CorrectionView): CorrectionRequestType {
  const { askedBy, ...rest } = request;
  return { ...rest, askedBy: askedBy.agency, askedByOperator: askedBy.operator, overdue, dueOnMayMove };
}
