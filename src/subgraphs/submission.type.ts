import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type {
  ListMode,
  RowCode,
  RowCounts,
  RowFinding,
  RowOutcome,
  RowVerdict,
} from '../domain/intake/list-definition.ts';
import type {
  FindingCount,
  ListChanges,
  SubmissionFormat,
  SubmissionRemark,
  SubmissionStatus,
} from '../domain/intake/submission.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import { InstantScalar } from './scalars.ts';
import {
  ListModeWord,
  RowCodeWord,
  RowOutcomeWord,
  SeverityWord,
  SubmissionFormatWord,
  SubmissionStatusWord,
} from './states.ts';
import {
  FindingCountType,
  ListChangesType,
  RejectedRowsType,
  SubmissionRemarkType,
  WorkProgressType,
} from './submission-work.type.ts';
import { AgencyWord, ListWord } from './words.ts';

/** How many rows had each outcome. */
@Directive('@shareable')
@ObjectType('RowCounts', {
  simpleResolvers: true,
  description:
    '行数统计：How many rows had each outcome. The four outcomes sum to `sent` once every row is judged; of a submission that waits they are 0.',
})
export class RowCountsType implements RowCounts {
  @Field(() => Int, { description: '报送行数：Rows sent.' })
  sent: number;

  @Field(() => Int, { description: '接收行数：Rows taken in.' })
  accepted: number;

  @Field(() => Int, { description: '未变行数：Rows that say what was known already.' })
  unchanged: number;

  @Field(() => Int, { description: '提示行数：Rows taken in that are worth a look.' })
  flagged: number;

  @Field(() => Int, { description: '退回行数：Rows not taken in.' })
  rejected: number;
}

/** One thing found about a row. */
@Directive('@shareable')
@ObjectType('RowFinding', {
  simpleResolvers: true,
  description: '校验问题：One thing found about a row. It never repeats what the row says.',
})
export class RowFindingType implements RowFinding {
  @Field(() => RowCodeWord, { description: '问题代码：The stable code.' })
  code: RowCode;

  @Field(() => String, {
    nullable: true,
    description: '列名：The column, by its field name; null where the row as a whole is meant.',
  })
  column: string | null;

  @Field(() => SeverityWord, { description: '问题级别：Whether it rejects the row or marks it.' })
  severity: RowFinding['severity'];

  @Field(() => String, { description: '中文说明：What is wrong and what to do, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文说明：The same in English.' })
  en: string;
}

/** The verdict on one row. */
@Directive('@shareable')
@ObjectType('RowVerdict', { simpleResolvers: true, description: '行校验结论：The verdict on one row.' })
export class RowVerdictType implements RowVerdict {
  @Field(() => Int, { description: '行号：The row, counted from 1 in the order sent.' })
  row: number;

  @Field(() => RowOutcomeWord, { description: '结果：What became of the row.' })
  outcome: RowOutcome;

  @Field(() => [RowFindingType], { description: '校验问题：Everything found about the row; empty where nothing was.' })
  findings: readonly RowFinding[];

  /** The submission of the row. Not a field of the graph. */
  submission: string;
}

/** Where a page lies in its connection. */
@Directive('@shareable')
@ObjectType('PageInfo', {
  simpleResolvers: true,
  description: '分页信息：Where a page ends, after the Relay convention.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Is there more after this page?' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Was the page asked for after a cursor, so that something lies before it?' })
  hasPreviousPage: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the first item of the page; null on an empty page.',
  })
  startCursor: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor to pass as `after` for the next page; null where there is no more.',
  })
  endCursor: string | null;
}

/** One verdict of a page. */
@Directive('@shareable')
@ObjectType('RowVerdictEdge', { simpleResolvers: true, description: '行校验结论条目：One verdict of a page.' })
export class RowVerdictEdge {
  @Field(() => String, { description: 'The cursor of this verdict, to pass as `after`.' })
  cursor: string;

  @Field(() => RowVerdictType, { description: 'The verdict.' })
  node: RowVerdictType;
}

/** A page of verdicts. */
@Directive('@shareable')
@ObjectType('RowVerdictConnection', {
  simpleResolvers: true,
  description: '行校验结论分页：A page of row verdicts in row order.',
})
export class RowVerdictConnection {
  @Field(() => [RowVerdictEdge], { description: 'The verdicts of the page, each with its cursor.' })
  edges: RowVerdictEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many verdicts there are in all, of the outcomes asked for.' })
  totalCount: number;
}

/** What the owner keeps as proof of a push. */
@Directive('@shareable')
@ObjectType('Receipt', {
  simpleResolvers: true,
  description: '回执：Proof that a list was received, and what was in it.',
})
export class ReceiptType {
  @Field(() => ID, { description: '回执号：The id of the submission.' })
  id: string;

  @Field(() => String, { description: '内容摘要：SHA-256 of the content as received, lower-case hex.' })
  digest: string;

  @Field(() => InstantScalar, { description: '接收时间：When the hub received it.' })
  receivedAt: Date;

  @Field(() => RowCountsType, { description: '行数统计：Rows by outcome.' })
  counts: RowCounts;

  @Field(() => ListChangesType, { description: '名单变化：What it added, changed, dropped and left unchanged.' })
  changes: ListChanges;
}

/** A push of one list by one agency. */
@Directive('@key(fields: "id")')
@Directive('@shareable')
@ObjectType('Submission', {
  simpleResolvers: true,
  description:
    '报送批次：One push of one list by one agency, and what became of it. What was sent never changes; where it stands does.',
})
export class SubmissionType {
  @Field(() => ID, { description: '批次号：The id (UUIDv7); after a dry run an id that names nothing.' })
  id: string;

  @Field(() => SubmissionStatusWord, { description: '状态：Where it stands.' })
  status: SubmissionStatus;

  @Field(() => ID, { description: '统筹区：The jurisdiction, by its region code.' })
  jurisdiction: string;

  @Field(() => AgencyWord, { description: '报送部门：The agency that pushed it.' })
  agency: Agency;

  @Field(() => ListWord, { description: '名单：The list.' })
  list: ListName;

  @Field(() => ListModeWord, { description: '报送方式：Whether it adds to the list or is the whole of it.' })
  mode: ListMode;

  @Field(() => String, { nullable: true, description: '名单所属期：The list period as the owner gave it (`2025-11`).' })
  period: string | null;

  @Field(() => String, { nullable: true, description: '文号：The owner’s document number, as given.' })
  documentNumber: string | null;

  @Field(() => Boolean, {
    description:
      '是否重复报送：Had the same push been received before, so that nothing was done and this is its receipt?',
  })
  repeated: boolean;

  @Field(() => SubmissionFormatWord, { description: '格式：How it came.' })
  format: SubmissionFormat;

  @Field(() => String, {
    nullable: true,
    description: '经办人：The staff member in whose name it was pushed, as the token said; null where it named nobody.',
  })
  operator: string | null;

  @Field(() => RowCountsType, { description: '行数统计：Rows by outcome.' })
  counts: RowCounts;

  @Field(() => ListChangesType, {
    description:
      '名单变化：What it changes on its list (of a held one: what it would). All 0 before it has been compared with what stands.',
  })
  changes: ListChanges;

  @Field(() => WorkProgressType, {
    nullable: true,
    description: '处理进度：How far the work on it has come; null before it began, and for pushes taken in at once.',
  })
  progress: WorkProgressType | null;

  @Field(() => [FindingCountType], {
    description: '校验报告：What was found among its rows, the most frequent first.',
  })
  report: readonly FindingCount[];

  @Field(() => [SubmissionRemarkType], {
    description: '整份说明：Why it is or was held, refused or failed; empty where it never was.',
  })
  remarks: readonly SubmissionRemark[];

  @Field(() => RejectedRowsType, {
    nullable: true,
    description: '退回行文件：Where the rejected rows can be fetched; null where there are none.',
  })
  rejectedRows: RejectedRowsType | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: '入库时间：When its claims began to stand; null as long as they do not.',
  })
  takenInAt: Date | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: '核定时间：When the persons whom it touches had been decided anew; null until then.',
  })
  decidedAt: Date | null;

  @Field(() => String, { nullable: true, description: '放行人：Who released it, where it had been held.' })
  releasedBy: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '放行时间：When it was released.' })
  releasedAt: Date | null;

  @Field(() => InstantScalar, { nullable: true, description: '撤回时间：When it was withdrawn.' })
  withdrawnAt: Date | null;

  @Field(() => String, { nullable: true, description: '撤回原因：Why it was withdrawn, as its agency said.' })
  withdrawnBecause: string | null;

  @Field(() => Int, {
    description: '新增记录数：How many claims began to stand by this push (would begin, on a dry run).',
  })
  claimsAdded: number;

  @Field(() => Int, {
    description: '终止记录数：How many claims ceased to stand by this push (would cease, on a dry run).',
  })
  claimsEnded: number;

  @Field(() => ReceiptType, {
    nullable: true,
    description: '回执：The receipt; null after a dry run, since nothing was received.',
  })
  receipt: ReceiptType | null;

  /** Verdicts at hand from the push itself; null where the store must be asked. Not a field of the graph. */
  judged: readonly RowVerdict[] | null;
}
