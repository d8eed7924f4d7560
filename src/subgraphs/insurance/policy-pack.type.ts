import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Category, FundSource } from '../../domain/intake/words.ts';
import type { PackRule, PolicyPack, UntieredRow } from '../../domain/policy/policy-pack.ts';
import type { TargetGroup } from '../../domain/policy/decision.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { DayScalar, MoneyScalar } from '../scalars.ts';
import { PackStatusWord, UntieredReasonWord } from '../states.ts';
import { CategoryWord, FundSourceWord, TargetGroupWord } from '../words.ts';

/** A rule of a pack. */
@ObjectType('PolicyRule', {
  simpleResolvers: true,
  description: '政策条款：A rule of a document: its decisive words and how they are read.',
})
export class PolicyRuleType implements PackRule {
  @Field(() => ID, { description: '条款编号：The rule’s id in the catalogue, `GY26-2.5.6b`.' })
  id: string;

  @Field(() => String, {
    nullable: true,
    description: '原文：The document’s own words, `…` marking a cut; null where the reading rests on its silence.',
  })
  quote: string | null;

  @Field(() => String, { description: '解读：How the words are read.' })
  reading: string;

  @Field(() => Boolean, {
    description: '是否推定：Does the text allow another reading, so that the recommended one is used?',
  })
  assumption: boolean;
}

/** The place of a pack. */
@ObjectType('PolicyPlace', { simpleResolvers: true, description: '统筹区：The place whose policy a pack is.' })
export class PolicyPlace {
  @Field(() => String, { description: '地名：Its name.' })
  name: string;

  @Field(() => ID, { description: '行政区划代码：Its region code.' })
  regionCode: string;
}

/** The document of a pack. */
@ObjectType('PolicyDocument', {
  simpleResolvers: true,
  description: '政策文件：The document that a pack puts into data.',
})
export class PolicyDocument {
  @Field(() => String, { description: '标题：Its title.' })
  title: string;

  @Field(() => String, { nullable: true, description: '文号：Its number; null where it has none.' })
  number: string | null;

  @Field(() => DayScalar, { nullable: true, description: '印发日期：The day of issue; null where it states none.' })
  issuedOn: PlainDate | null;
}

/** What a year costs. */
@ObjectType('Premium', { simpleResolvers: true, description: '缴费标准：What a plan year costs one person.' })
export class Premium {
  @Field(() => MoneyScalar, {
    description: '个人缴费标准（元）：What a person pays in the collection window, before any subsidy.',
  })
  standard: Fen;

  @Field(() => MoneyScalar, {
    description: '财政补助标准（元）：What public finance adds; part of the late price where there is one.',
  })
  fiscal: Fen;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** A span of days that a rule sets. */
@ObjectType('PolicyPeriod', {
  simpleResolvers: true,
  description: '期间：A span of days that a rule sets, both days inclusive.',
})
export class PolicyPeriod {
  @Field(() => DayScalar, { nullable: true, description: '起始日期：The first day; null where the text names none.' })
  from: PlainDate | null;

  @Field(() => DayScalar, { description: '截止日期：The last day.' })
  to: PlainDate;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** Days of the month that take payments. */
@ObjectType('OpenDays', {
  simpleResolvers: true,
  description: '每月缴费时段：The days of a month on which payments are taken.',
})
export class OpenDays {
  @Field(() => Int, { description: '起始日：The first day of the month.' })
  first: number;

  @Field(() => Int, { description: '截止日：The last day of the month.' })
  last: number;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** A line of the subsidy table. */
@ObjectType('SubsidyTier', { simpleResolvers: true, description: '资助档次：A line of a pack’s subsidy table.' })
export class SubsidyTier {
  @Field(() => CategoryWord, { description: '身份类别：The identity.' })
  category: Category;

  @Field(() => Boolean, {
    nullable: true,
    description: '是否脱贫户：Only for households that are, or are not, lifted from poverty; null for either.',
  })
  liftedHousehold: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: '风险是否已消除：Only where the risk is, or is not, eliminated; null for either.',
  })
  riskEliminated: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: '是否农村户口：Only for the rural, or the others; null for either.',
  })
  ruralHukou: boolean | null;

  @Field(() => MoneyScalar, { description: '资助金额（元）：The subsidy.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴（元）：What the person still pays.' })
  payable: Fen;

  @Field(() => FundSourceWord, {
    nullable: true,
    description: '资金来源：Who bears it; null where the text names none.',
  })
  fundedBy: FundSource | null;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** An identity without a tier. */
@ObjectType('UntieredCategory', {
  simpleResolvers: true,
  description: '无资助档次的身份：An identity without a tier in a pack.',
})
export class UntieredCategory implements UntieredRow {
  @Field(() => CategoryWord, { description: '身份类别：The identity.' })
  category: Category;

  @Field(() => UntieredReasonWord, { description: '原因：What its absence means.' })
  because: UntieredRow['because'];

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** A group of payers. */
@ObjectType('PayerGroup', {
  simpleResolvers: true,
  description:
    '缴费人群：A group of payers whose benefit starts by a table of its own. Groups are tried in order; the last one takes everybody.',
})
export class PayerGroupType {
  @Field(() => ID, { description: '人群代码：Its id in the pack.' })
  id: string;

  @Field(() => String, { description: '人群名称：Its name in Chinese.' })
  zh: string;

  @Field(() => [ID], { description: '条款编号：The rules of its table, in order.' })
  rules: string[];
}

/** A target. */
@ObjectType('EnrolmentTarget', {
  simpleResolvers: true,
  description: '参保任务：A rate of enrolment that a policy sets for groups of people.',
})
export class EnrolmentTarget {
  @Field(() => [TargetGroupWord], { description: '人群：The groups.' })
  groups: readonly TargetGroup['group'][];

  @Field(() => Float, {
    nullable: true,
    description: '参保率（%）：The rate in per cent; null where everybody is to be enrolled (应保尽保).',
  })
  ratePercent: number | null;

  @Field(() => ID, { description: '条款编号：The rule that says so.' })
  rule: string;
}

/** A policy pack. */
@ObjectType('PolicyPack', {
  simpleResolvers: true,
  description: '政策包：One jurisdiction’s rules for one plan year, as data with citations.',
})
export class PolicyPackType {
  @Field(() => ID, { description: '政策包标识：Place and plan year, `gaoyang-2026`.' })
  id: string;

  @Field(() => Int, { description: '参保年度：The plan year.' })
  policyYear: number;

  @Field(() => PackStatusWord, { description: '政策状态：How far the document binds.' })
  status: PolicyPack['status'];

  @Field(() => PolicyPlace, { description: '统筹区：The place.' })
  place: PolicyPlace;

  @Field(() => PolicyDocument, { description: '政策文件：The document.' })
  document: PolicyDocument;

  @Field(() => Premium, { description: '缴费标准：What the year costs.' })
  premium: Premium;

  @Field(() => PolicyPeriod, { description: '待遇期：The ordinary benefit period.' })
  period: PolicyPeriod;

  @Field(() => PolicyPeriod, { description: '集中征缴期：The collection window.' })
  window: PolicyPeriod;

  @Field(() => OpenDays, {
    nullable: true,
    description: '每月缴费时段：Days of the month that take payments; null where every day does.',
  })
  openDays: OpenDays | null;

  @Field(() => [SubsidyTier], { description: '资助档次：The subsidy table.' })
  tiers: SubsidyTier[];

  @Field(() => [UntieredCategory], { description: '无资助档次的身份：Identities without a tier, and why.' })
  untiered: readonly UntieredCategory[];

  @Field(() => [PayerGroupType], { description: '缴费人群：Groups of payers, in the order in which they are tried.' })
  groups: PayerGroupType[];

  @Field(() => [EnrolmentTarget], { description: '参保任务：Targets of enrolment.' })
  targets: readonly EnrolmentTarget[];

  @Field(() => [PolicyRuleType], { description: '政策条款：Every rule that the pack cites.' })
  rules: readonly PackRule[];

  @Field(() => String, { description: '内容摘要：SHA-256 of the pack’s file, lower-case hex.' })
  digest: string;
}
