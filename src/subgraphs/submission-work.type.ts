import { Directive, Field, Float, Int, ObjectType } from 'type-graphql';
import type { RowCode, RowFinding } from '../domain/intake/list-definition.ts';
import type {
  FindingCount,
  ListChanges,
  SubmissionRemark,
  WorkProgress,
  WorkStage,
} from '../domain/intake/submission.ts';
import { InstantScalar } from './scalars.ts';
import { RowCodeWord, SeverityWord, SubmissionRemarkWord, WorkStageWord } from './states.ts';

/** What a push changes on its list. */
@Directive('@shareable')
@ObjectType('ListChanges', {
  simpleResolvers: true,
  description:
    '名单变化：What a push changes on its list, counted by matters: one identity, one enrolment, one death … of one subject.',
})
export class ListChangesType implements ListChanges {
  @Field(() => Int, { description: '新增：Matters of which nothing stood before.' })
  added: number;

  @Field(() => Int, { description: '变更：Matters that stood and now stand with other content.' })
  changed: number;

  @Field(() => Int, {
    description:
      '减少：Matters that stood and no longer do, or were given their last day: removed, or left out of a snapshot.',
  })
  dropped: number;

  @Field(() => Int, { description: '未变：Matters that stood already just as the push says.' })
  unchanged: number;
}

/** How far the work on a submission has come. */
@Directive('@shareable')
@ObjectType('WorkProgress', {
  simpleResolvers: true,
  description: '处理进度：How far the work on a submission has come. Written about once a second.',
})
export class WorkProgressType implements WorkProgress {
  @Field(() => WorkStageWord, { description: '阶段：What is being done.' })
  stage: WorkStage;

  @Field(() => Int, { description: '已处理数：Rows that the stage is done with; while deciding, persons.' })
  rowsDone: number;

  @Field(() => Int, { description: '总行数：Rows sent.' })
  rowsSent: number;

  @Field(() => Float, {
    nullable: true,
    description:
      '速度：Rows (while deciding, persons) a second since the stage began; null before there is anything to measure.',
  })
  rate: number | null;

  @Field(() => InstantScalar, { description: '阶段开始时间：When the stage began.' })
  stageSince: Date;

  @Field(() => InstantScalar, { description: '更新时间：When this was last written.' })
  updatedAt: Date;
}

/** How often one thing was found among the rows. */
@Directive('@shareable')
@ObjectType('FindingCount', {
  simpleResolvers: true,
  description: '问题统计：How often one thing was found among the rows, with the first rows as examples.',
})
export class FindingCountType implements FindingCount {
  @Field(() => RowCodeWord, { description: '问题代码：The stable code.' })
  code: RowCode;

  @Field(() => String, { nullable: true, description: '列名：The column; null where rows as a whole are meant.' })
  column: string | null;

  @Field(() => SeverityWord, { description: '问题级别：Whether it rejects rows or marks them.' })
  severity: RowFinding['severity'];

  @Field(() => String, { description: '中文说明：What is wrong, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文说明：The same in English.' })
  en: string;

  @Field(() => Int, { description: '行数：In how many rows it was found.' })
  rows: number;

  @Field(() => [Int], { description: '示例行号：The first rows in which it was found, at most 5.' })
  examples: readonly number[];
}

/** Why a submission is held, refused or failed. */
@Directive('@shareable')
@ObjectType('SubmissionRemark', {
  simpleResolvers: true,
  description: '整份说明：Why a submission as a whole is held, refused or failed.',
})
export class SubmissionRemarkType implements SubmissionRemark {
  @Field(() => SubmissionRemarkWord, { description: '说明代码：The stable code.' })
  code: SubmissionRemark['code'];

  @Field(() => String, { description: '中文说明：Why, and what can be done, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文说明：The same in English.' })
  en: string;
}

/** Where the rejected rows can be fetched, to be corrected and sent again. */
@Directive('@shareable')
@ObjectType('RejectedRows', {
  simpleResolvers: true,
  description:
    '退回行文件：The rejected rows as they were sent, with a column of reasons, to correct and send again. Paths below the hub’s address; fetched with the same token.',
})
export class RejectedRowsType {
  @Field(() => String, { description: 'CSV 路径：As a CSV file in UTF-8.' })
  csv: string;

  @Field(() => String, { description: 'Excel 路径：As a workbook.' })
  xlsx: string;
}
