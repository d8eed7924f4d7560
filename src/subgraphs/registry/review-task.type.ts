import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ClaimSource } from '../../domain/claims/claim.ts';
import type { MatterKind } from '../../domain/identity/identity-matter.ts';
import type { IdType } from '../../domain/intake/words.ts';
import type { Actor, SettlementKind, TaskState, TaskStep } from '../../domain/review/settlement.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ClaimSourceType } from '../claim.type.ts';
import { MaskedText } from '../masked-text.type.ts';
import { DayScalar, InstantScalar } from '../scalars.ts';
import { SettlementKindWord, SexWord } from '../states.ts';
import { PageInfo } from '../page-info.type.ts';
import { IdTypeWord, MatterKindWord, TaskStateWord, TaskStepWord } from '../words.ts';
import { CorrectionRequestType } from './correction.type.ts';
import {
  ActorType,
  ProposedSettlement,
  SettledDifferenceType,
  SettledReview,
  SettlementSuggestion,
  SettlementType,
} from './review-settlement.type.ts';

/** A value that rows give. */
@ObjectType('EvidenceValue', { simpleResolvers: true, description: '依据：A value that rows give, with the rows.' })
export class EvidenceValue {
  @Field(() => String, { description: '数据值：The value; a day as YYYY-MM-DD.' })
  value: string;

  @Field(() => [ClaimSourceType], {
    description:
      '数据来源：The rows that say so, of lists that the caller may see; none where the number itself states it.',
  })
  sources: readonly ClaimSource[];
}

/** One side of a task. */
@ObjectType('ReviewSide', {
  simpleResolvers: true,
  description: '一方：What is said of one of the subjects that a task is about: a person as one document names them.',
})
export class ReviewSide {
  @Field(() => ID, { description: '证件主体：The subject’s key, as settlements name it.' })
  subject: string;

  @Field(() => ID, { description: '人员标识：Whom it names now.' })
  person: string;

  @Field(() => IdTypeWord, { description: '证件类型：The kind of document.' })
  idType: IdType;

  @Field(() => MaskedText, { description: '证件号码：The number, masked.' })
  number: MaskedText;

  @Field(() => Boolean, {
    description:
      '号码是否非本人：Is the number a placeholder or somebody else’s, so that the subject is held apart from it?',
  })
  heldApart: boolean;

  @Field(() => [EvidenceValue], { description: '姓名：The names that rows give, the most trusted first.' })
  names: readonly EvidenceValue[];

  @Field(() => [EvidenceValue], { description: '出生日期：The days of birth that rows and the number give.' })
  birthDates: readonly EvidenceValue[];

  @Field(() => SexWord, { nullable: true, description: '性别：As the number states it; null where it states none.' })
  sex: 'MALE' | 'FEMALE' | null;

  @Field(() => [EvidenceValue], { description: '户号：Households in whose register the subject stands or stood.' })
  households: readonly EvidenceValue[];

  @Field(() => [EvidenceValue], { description: '死亡日期：Days of death that rows report.' })
  deaths: readonly EvidenceValue[];

  @Field(() => [EvidenceValue], {
    description: '同行所列证件：Other subjects, by key, that rows name together with this one.',
  })
  namedWith: readonly EvidenceValue[];
}

/** One thing that was done about a task. */
@ObjectType('ReviewStep', {
  simpleResolvers: true,
  description: '核查经过：One thing that was done about a task. Never changed afterwards.',
})
export class ReviewStepType {
  @Field(() => Int, { description: '版本：The version that the task had from then on.' })
  version: number;

  @Field(() => TaskStepWord, { description: '经过：What was done.' })
  did: TaskStep;

  @Field(() => InstantScalar, { description: '时间：When.' })
  at: Date;

  @Field(() => ActorType, { nullable: true, description: '经办人：Who did it; null where it followed from the lists.' })
  by: Actor | null;

  @Field(() => String, { nullable: true, description: '理由：Why, as they said.' })
  because: string | null;

  @Field(() => SettlementType, { nullable: true, description: '认定：The settlement that it was about, if any.' })
  settlement: SettlementType | null;

  @Field(() => [SettledDifferenceType], {
    nullable: true,
    description: '认定影响：What it changed or would change; null where the caller may not see what is decided.',
  })
  difference: SettledDifferenceType[] | null;
}

/** A task for review. */
@ObjectType('ReviewTask', {
  simpleResolvers: true,
  description:
    '身份核查任务：A matter of identity that only a person can settle, with both sides, the evidence and a suggestion.',
})
export class ReviewTaskType {
  @Field(() => ID, { description: '任务号：The id (UUIDv7).' })
  id: string;

  @Field(() => MatterKindWord, { description: '核查事项：What is to be settled.' })
  kind: MatterKind;

  @Field(() => TaskStateWord, { description: '状态：Where it stands.' })
  state: TaskState;

  @Field(() => Int, {
    description: '版本：Grows with every change. Whoever settles names the version they saw; another is STALE_VERSION.',
  })
  version: number;

  @Field(() => InstantScalar, { description: '立任务时间：When the matter came up, the last time.' })
  openedAt: Date;

  @Field(() => DayScalar, {
    description:
      '办理期限：The day by which it is to be settled, included: ten working days (政务数据共享条例 art. 26).',
  })
  dueOn: PlainDate;

  @Field(() => Boolean, { description: '是否逾期：Has the day passed without its being settled?' })
  overdue: boolean;

  @Field(() => Boolean, {
    description: '期限可能变动：Are the holidays of that year not known yet, so that only weekends were left out?',
  })
  dueOnMayMove: boolean;

  @Field(() => [ReviewSide], { description: '各方：What is said of each subject that it is about.' })
  sides: readonly ReviewSide[];

  @Field(() => [SettlementKindWord], { description: '可作认定：The ways in which it can be settled.' })
  admits: readonly SettlementKind[];

  @Field(() => SettlementSuggestion, {
    nullable: true,
    description: '认定建议：What the evidence speaks for; null where nothing does, and once it is settled.',
  })
  suggestion: SettlementSuggestion | null;

  @Field(() => ProposedSettlement, {
    nullable: true,
    description: '待复核的认定：What waits for a second person; null where nothing does.',
  })
  proposal: ProposedSettlement | null;

  @Field(() => SettledReview, {
    nullable: true,
    description: '已作认定：What was settled and holds; null where nothing was.',
  })
  settled: SettledReview | null;

  @Field(() => [SettledDifferenceType], {
    nullable: true,
    description:
      '认定影响：What the last settlement or undoing changed, for whom; null where the caller may not see what is decided.',
  })
  difference: SettledDifferenceType[] | null;

  @Field(() => [ReviewStepType], { description: '核查经过：Everything that was done about it, in order.' })
  history: readonly ReviewStepType[];

  @Field(() => [CorrectionRequestType], {
    description: '校核申请：Requests to owners of rows that came from it, those that the caller may see.',
  })
  corrections: readonly CorrectionRequestType[];
}

/** One task of a page. */
@ObjectType('ReviewTaskEdge', { simpleResolvers: true, description: '核查任务条目：One task of a page.' })
export class ReviewTaskEdge {
  @Field(() => String, { description: 'The cursor of this task, to pass as `after`.' })
  cursor: string;

  @Field(() => ReviewTaskType, { description: '核查任务：The task.' })
  node: ReviewTaskType;
}

/** A page of tasks. */
@ObjectType('ReviewTaskConnection', {
  simpleResolvers: true,
  description: '核查任务分页：A page of tasks, the newest first.',
})
export class ReviewTaskConnection {
  @Field(() => [ReviewTaskEdge], { description: 'The tasks of the page, each with its cursor.' })
  edges: ReviewTaskEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: '总数：How many tasks there are in all.' })
  totalCount: number;
}
