import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { ClaimSource } from '../../domain/claims/claim.ts';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Category, FundSource, RefundCause } from '../../domain/intake/words.ts';
import type * as Decided from '../../domain/policy/decision.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { ClaimSourceType } from '../claim.type.ts';
import { DayScalar, InstantScalar, MoneyScalar } from '../scalars.ts';
import { OutcomeWord, RefundDecisionWord, TierStandingWord, WaitUnitWord } from '../states.ts';
import {
  CategoryWord,
  FundSourceWord,
  NoticeCodeWord,
  RefundCauseWord,
  ReviewCodeWord,
  TargetGroupWord,
} from '../words.ts';
import { PolicyDocument, PolicyPackType } from './policy-pack.type.ts';

/** An identity that was weighed. */
@ObjectType('Tier', {
  simpleResolvers: true,
  description: '候选档次：An identity that was weighed, and whether its tier was used.',
})
export class Tier implements Decided.Candidate {
  @Field(() => CategoryWord, { description: '身份类别：The identity.' })
  category: Category;

  @Field(() => MoneyScalar, { description: '资助金额（元）：The subsidy of its tier.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴（元）：What a person of this tier pays.' })
  payable: Fen;

  @Field(() => FundSourceWord, {
    nullable: true,
    description: '资金来源：Who bears it; null where the text names none.',
  })
  fundedBy: FundSource | null;

  @Field(() => TierStandingWord, { description: '档次结果：Whether it was used, or why not.' })
  standing: Decided.Candidate['standing'];

  @Field(() => ID, { description: '条款编号：The rule of the tier.' })
  rule: string;

  @Field(() => [ClaimSourceType], { description: '数据来源：The rows that state the identity.' })
  claims: readonly ClaimSource[];
}

/** A span of cover. */
@ObjectType('BenefitPeriod', { simpleResolvers: true, description: '待遇期：A span of cover, both days inclusive.' })
export class BenefitPeriodType implements Decided.BenefitPeriod {
  @Field(() => DayScalar, { description: '起始日期：The first day of cover.' })
  from: PlainDate;

  @Field(() => DayScalar, { description: '截止日期：The last day of cover.' })
  to: PlainDate;

  @Field(() => ID, { description: '条款编号：The rule that grants it.' })
  rule: string;
}

/** A wait. */
@ObjectType('WaitingPeriod', { simpleResolvers: true, description: '等待期：Days after payment without cover.' })
export class WaitingPeriodType implements Decided.WaitingPeriod {
  @Field(() => DayScalar, { description: '起算日期：The day it counts from.' })
  from: PlainDate;

  @Field(() => DayScalar, { description: '截止日期：The last day without cover.' })
  to: PlainDate;

  @Field(() => Int, { description: '长度：How many days or months.' })
  length: number;

  @Field(() => WaitUnitWord, { description: '单位：Days or months.' })
  unit: Decided.WaitingPeriod['unit'];

  @Field(() => ID, { description: '条款编号：The rule that sets it.' })
  rule: string;
}

/** What is given back. */
@ObjectType('Refund', { simpleResolvers: true, description: '退费：What is given back of a premium, and why.' })
export class RefundType implements Decided.Refund {
  @Field(() => RefundDecisionWord, { description: '退费结论：Whether it is given back.' })
  decision: Decided.Refund['decision'];

  @Field(() => MoneyScalar, { description: '退费金额（元）：The amount; the amount at stake under REVIEW.' })
  amount: Fen;

  @Field(() => RefundCauseWord, {
    nullable: true,
    description: '退费原因：The cause applied for; null where it follows from a change of tier.',
  })
  cause: RefundCause | null;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** A group in which the person counts. */
@ObjectType('TargetGroup', {
  simpleResolvers: true,
  description: '参保任务人群：A target group in which the person is counted.',
})
export class TargetGroupType implements Decided.TargetGroup {
  @Field(() => TargetGroupWord, { description: '人群：The group.' })
  group: Decided.TargetGroup['group'];

  @Field(() => Float, {
    nullable: true,
    description: '参保率（%）：The rate to reach in per cent; null where everybody is to be enrolled (应保尽保).',
  })
  ratePercent: number | null;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** A matter left to a person. */
@ObjectType('ReviewReason', {
  simpleResolvers: true,
  description: '待核实事项：A matter that only a person can settle.',
})
export class ReviewReason {
  @Field(() => ReviewCodeWord, { description: '事项代码：The stable code.' })
  code: Decided.ReviewCode;

  @Field(() => String, { description: '中文说明：What must be settled, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文说明：The same in English.' })
  en: string;

  @Field(() => ID, { description: '条款编号：The rule that raises it.' })
  rule: string;
}

/** Something to see. */
@ObjectType('Notice', {
  simpleResolvers: true,
  description: '提示：Something a clerk should see that changes nothing by itself.',
})
export class Notice {
  @Field(() => NoticeCodeWord, { description: '提示代码：The stable code.' })
  code: Decided.NoticeCode;

  @Field(() => String, { description: '中文说明：What there is to see, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文说明：The same in English.' })
  en: string;

  @Field(() => ID, { description: '条款编号：The rule that raises it.' })
  rule: string;
}

/** What a step settled. */
@ObjectType('StepOutcome', {
  simpleResolvers: true,
  description: '步骤结论：What a step settled, in one short sentence.',
})
export class StepOutcome {
  @Field(() => String, { description: '中文：In Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文：In English.' })
  en: string;
}

/** What went into a step. */
@ObjectType('StepInput', { simpleResolvers: true, description: '步骤依据：A value that went into a step.' })
export class StepInput {
  @Field(() => String, { description: '名称：What the value is.' })
  name: string;

  @Field(() => String, { description: '内容：The value as text.' })
  value: string;
}

/** One rule applied. */
@ObjectType('Step', {
  simpleResolvers: true,
  description: '核定步骤：One rule applied: its words, what went in, and the rows this came from.',
})
export class Step {
  @Field(() => ID, { description: '条款编号：The rule’s id in the catalogue.' })
  rule: string;

  @Field(() => String, {
    nullable: true,
    description: '原文：The document’s own words; null where the reading rests on its silence.',
  })
  quote: string | null;

  @Field(() => String, {
    nullable: true,
    description: '解读：How the words are read; null for a rule that the jurisdiction sets itself.',
  })
  reading: string | null;

  @Field(() => PolicyDocument, { description: '政策文件：The document that the rule stands in.' })
  document: PolicyDocument;

  @Field(() => StepOutcome, { description: '步骤结论：What the rule settled here.' })
  outcome: StepOutcome;

  @Field(() => [StepInput], { description: '步骤依据：The values that went in.' })
  inputs: readonly StepInput[];

  @Field(() => [ClaimSourceType], { description: '数据来源：The rows that these values came from.' })
  claims: readonly ClaimSource[];
}

/** What a pack says of a person. */
@ObjectType('BenefitDecision', {
  simpleResolvers: true,
  description:
    '待遇核定：What a policy pack says of one person for its plan year, as of a day, as known at an instant; with its reasons.',
})
export class BenefitDecisionType {
  @Field(() => OutcomeWord, {
    description: '核定结论：REVIEW as soon as one matter is left to a person, else DECIDED.',
  })
  outcome: Decided.BenefitDecision['outcome'];

  @Field(() => PolicyPackType, { description: '政策包：The pack that decides.' })
  pack: PolicyPackType;

  @Field(() => DayScalar, { description: '核定日期：The day asked about.' })
  asOf: PlainDate;

  @Field(() => InstantScalar, { description: '获知时点：The instant at which this is what the hub knew.' })
  knownAt: Date;

  @Field(() => CategoryWord, {
    nullable: true,
    description: '采用的身份类别：The identity whose tier was used; null for an ordinary resident.',
  })
  category: Category | null;

  @Field(() => MoneyScalar, { description: '资助金额（元）：The subsidy.' })
  subsidy: Fen;

  @Field(() => FundSourceWord, {
    nullable: true,
    description: '资金来源：Who bears the subsidy; null where there is none or the text names nobody.',
  })
  fundedBy: FundSource | null;

  @Field(() => MoneyScalar, { description: '个人应缴（元）：What the person pays for the plan year.' })
  payable: Fen;

  @Field(() => MoneyScalar, { description: '已缴金额（元）：What was paid for the plan year.' })
  paid: Fen;

  @Field(() => [Tier], { description: '候选档次：Every identity weighed, also those that lost.' })
  candidates: readonly Tier[];

  @Field(() => [BenefitPeriodType], {
    description: '待遇期：Every span that this pack grants, in order; empty where it grants none.',
  })
  periods: readonly BenefitPeriodType[];

  @Field(() => WaitingPeriodType, { nullable: true, description: '等待期：The wait; null where there is none.' })
  waiting: WaitingPeriodType | null;

  @Field(() => RefundType, { nullable: true, description: '退费：The refund; null where none is asked for or due.' })
  refund: RefundType | null;

  @Field(() => Boolean, { description: '是否救助对象：Does the person hold a tiered identity in effect on `asOf`?' })
  assisted: boolean;

  @Field(() => [TargetGroupType], { description: '参保任务人群：Target groups in which the person is counted.' })
  targetGroups: readonly TargetGroupType[];

  @Field(() => [ReviewReason], {
    description: '待核实事项：Matters left to a person; empty where the text settles everything.',
  })
  review: ReviewReason[];

  @Field(() => [Notice], { description: '提示：What a clerk should see.' })
  notices: Notice[];

  @Field(() => [Step], { description: '核定步骤：Every rule applied, in order.' })
  steps: Step[];
}
