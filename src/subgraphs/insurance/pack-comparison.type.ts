import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { ShownComparedGroup, ShownComparison, ShownCost } from '../../domain/access/shown-comparison.ts';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Category, FundSource } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { StoredComparison } from '../../flows/ports-compare.ts';
import type { ComparisonView } from '../../flows/show-comparison.ts';
import { DayScalar, InstantScalar, MoneyScalar } from '../scalars.ts';
import { wordEnum } from '../word-enum.ts';
import { CategoryWord, FundSourceWord } from '../words.ts';

/** States of comparisons. */
const ComparisonStatusWord = wordEnum('PackComparisonStatus', '比对状态：How far a comparison of packs is.', {
  QUEUED: '等待：waits for its turn',
  WORKING: '进行中：everybody is being decided by both packs',
  DONE: '已完成：the totals are there',
  FAILED: '失败：the work broke off; it is tried again, or its pack or jurisdiction is no longer held',
} satisfies Record<StoredComparison['status'], string>);

/** A changed pack to be compared. */
@InputType({ description: '政策包比对请求：A changed pack, to be held against the one in force.' })
export class ComparePacksInput {
  @Field(() => Int, { description: '参保年度：The plan year; its pack in force is compared with.' })
  policyYear: number;

  @Field(() => String, {
    description:
      '改动后的政策包：The changed pack as the text of its YAML file, at most 40,000 characters, without YAML aliases.',
  })
  pack: string;

  @Field(() => DayScalar, {
    nullable: true,
    description: '核定日期：The day as of which everybody is decided; by default the day (北京时间) of what is known.',
  })
  asOf?: PlainDate | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: '获知时点：Decide by what the hub knew at this instant; by default now.',
  })
  knownAt?: Date | null;
}

/** What a pack costs. */
@ObjectType('PackCost', {
  simpleResolvers: true,
  description:
    '费用：What one pack comes to for some persons. A figure that is null is held back: fewer than ten people, or nobody.',
})
export class PackCostType implements ShownCost {
  @Field(() => Int, { nullable: true, description: '人数：How many persons.' })
  persons: number | null;

  @Field(() => MoneyScalar, { nullable: true, description: '资助金额合计（元）：What the funds bear for them.' })
  subsidy: Fen | null;

  @Field(() => MoneyScalar, { nullable: true, description: '个人应缴合计（元）：What is left to them.' })
  payable: Fen | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: '应退金额合计（元）：What is given back of premiums paid (refund ALLOWED).',
  })
  refunds: Fen | null;

  @Field(() => Boolean, { description: '是否有未显示的数字：Whether any of these figures is held back.' })
  suppressed: boolean;
}

/** A difference of costs. */
@ObjectType('PackCostDifference', {
  simpleResolvers: true,
  description:
    '费用差额：The changed pack less the one in force; less than nothing where it costs less. A figure that is null is held back: no difference in full tens, which may still be one of fewer than ten people.',
})
export class PackCostDifference implements ShownCost {
  @Field(() => Int, { nullable: true, description: '人数差：Persons more, or fewer.' })
  persons: number | null;

  @Field(() => MoneyScalar, { nullable: true, description: '资助金额差（元）：What the funds bear more, or less.' })
  subsidy: Fen | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: '个人应缴差（元）：What is left to the persons more, or less.',
  })
  payable: Fen | null;

  @Field(() => MoneyScalar, { nullable: true, description: '应退金额差（元）：What is given back more, or less.' })
  refunds: Fen | null;

  @Field(() => Boolean, { description: '是否有未显示的数字：Whether any of these figures is held back.' })
  suppressed: boolean;
}

/** Costs by both packs. */
@ObjectType('ComparedCost', {
  simpleResolvers: true,
  description: '费用对照：Persons and money of one identity and funder under both packs.',
})
export class ComparedCost implements ShownComparedGroup {
  @Field(() => CategoryWord, {
    nullable: true,
    description: '身份类别：The identity whose tier is used; null for ordinary residents.',
  })
  category: Category | null;

  @Field(() => FundSourceWord, {
    nullable: true,
    description: '资金来源：Who bears the subsidy; null where nobody does.',
  })
  fundedBy: FundSource | null;

  @Field(() => PackCostType, { description: '现行：Under the pack in force.' })
  before: ShownCost;

  @Field(() => PackCostType, { description: '改动后：Under the changed pack.' })
  after: ShownCost;

  @Field(() => PackCostDifference, { description: '差额：The changed pack less the one in force.' })
  difference: ShownCost;
}

/** What a comparison came to. */
@ObjectType('PackComparisonTotals', {
  simpleResolvers: true,
  description:
    '比对结果：What a changed pack would mean. Exact for requests that may see names and numbers whole and say why (`person:reveal`, header `reveal-reason`): then winners, losers and unchanged together are all persons. Else counts are in full tens, rounded down, and null below ten; money counts for these tens alone; totals are those of what is shown; and whoever a change befalls that fewer than ten people share counts as if nothing changed for them.',
})
export class PackComparisonTotals implements ShownComparison {
  @Field(() => Boolean, { description: '是否精确：Whether the figures are as they are, or in full tens.' })
  exact: boolean;

  @Field(() => Int, { nullable: true, description: '人数：Everybody of whom anything stood.' })
  persons: number | null;

  @Field(() => Int, {
    nullable: true,
    description: '受益人数：Who would bear less of the premium, or as much and be covered for more days.',
  })
  winners: number | null;

  @Field(() => Int, {
    nullable: true,
    description: '受损人数：Who would bear more of the premium, or as much and be covered for fewer days.',
  })
  losers: number | null;

  @Field(() => Int, { nullable: true, description: '不变人数：Everybody else.' })
  unchanged: number | null;

  @Field(() => Int, {
    nullable: true,
    description: '新增待核人数：Who would newly be left to a person; they are among the others too.',
  })
  newlyInReview: number | null;

  @Field(() => Boolean, { description: '是否有未显示的人数：Whether any of these counts is held back.' })
  suppressed: boolean;

  @Field(() => ComparedCost, { description: '合计：Of everybody; category and funder are null.' })
  total: ShownComparedGroup;

  @Field(() => [ComparedCost], {
    description: '按身份类别和资金来源：By identity and funder; ordinary residents last.',
  })
  groups: readonly ShownComparedGroup[];
}

/** A comparison of packs. */
@ObjectType('PackComparison', {
  simpleResolvers: true,
  description:
    '政策包比对：A changed pack held against the pack in force of the same plan year, over everybody as known at an instant.',
})
export class PackComparisonType implements Omit<ComparisonView, 'jurisdiction' | 'agency'> {
  @Field(() => ID, {
    description:
      '编号：Its id. The persons who differ are at `GET /comparisons/<id>/persons.csv`, for those granted `person:reveal`.',
  })
  id: string;

  @Field(() => ComparisonStatusWord, { description: '状态：How far it is.' })
  status: StoredComparison['status'];

  @Field(() => ID, { description: '现行政策包：Id of the pack in force.' })
  pack: string;

  @Field(() => Int, { description: '参保年度：The plan year.' })
  policyYear: number;

  @Field(() => String, { description: '改动后政策包的摘要：SHA-256 of the changed pack’s text, lower-case hex.' })
  changedDigest: string;

  @Field(() => DayScalar, { description: '核定日期：The day as of which everybody is decided.' })
  asOf: PlainDate;

  @Field(() => InstantScalar, { description: '获知时点：By what the hub knew at this instant.' })
  knownAt: Date;

  @Field(() => InstantScalar, { description: '提出时间：When it was asked for.' })
  askedAt: Date;

  @Field(() => Int, {
    nullable: true,
    description:
      '总人数：About how many persons there are; null before it is counted; where figures are in full tens, as `totals` tells it.',
  })
  personsToDo: number | null;

  @Field(() => Int, {
    description:
      '已核定人数：How many are decided by both packs; where figures are in full tens, in full thousands until it is done.',
  })
  personsDone: number;

  @Field(() => InstantScalar, { nullable: true, description: '完成时间：When it was done; null before.' })
  doneAt: Date | null;

  @Field(() => PackComparisonTotals, { nullable: true, description: '结果：What it came to; null before it is done.' })
  totals: ShownComparison | null;
}
