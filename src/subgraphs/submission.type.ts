import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { ListMode, RowCounts, RowVerdict } from '../domain/intake/list-definition.ts';
import type {
  FindingCount,
  ListChanges,
  SubmissionFormat,
  SubmissionRemark,
  SubmissionStatus,
} from '../domain/intake/submission.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import { InstantScalar } from './scalars.ts';
import { ListModeWord, SubmissionFormatWord, SubmissionStatusWord } from './states.ts';
import { SubmissionSignatureType } from './submission-signature.type.ts';
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

  @Field(() => SubmissionSignatureType, {
    nullable: true,
    description:
      '部门签名：The signature under which its agency pushed it; null where it came without one, and after a dry run.',
  })
  signature: SubmissionSignatureType | null;

  /** Verdicts at hand from the push itself; null where the store must be asked. Not a field of the graph. */
  judged: readonly RowVerdict[] | null;
}
