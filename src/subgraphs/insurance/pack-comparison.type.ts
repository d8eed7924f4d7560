import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Category, FundSource } from '../../domain/intake/words.ts';
import type { ComparedGroup, ComparisonTotals, PackCost } from '../../domain/policy/comparison-tally.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { StoredComparison } from '../../flows/ports-compare.ts';
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
@ObjectType('PackCost', { simpleResolvers: true, description: '费用：What one pack comes to for some persons.' })
export class PackCostType implements PackCost {
  @Field(() => Int, { description: '人数：How many persons.' })
  persons: number;

  @Field(() => MoneyScalar, { description: '资助金额合计（元）：What the funds bear for them.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴合计（元）：What is left to them.' })
  payable: Fen;

  @Field(() => MoneyScalar, {
    description: '应退金额合计（元）：What is given back of premiums paid (refund ALLOWED).',
  })
  refunds: Fen;
}

/** A difference of costs. */
@ObjectType('PackCostDifference', {
  simpleResolvers: true,
  description: '费用差额：The changed pack less the one in force; less than nothing where it costs less.',
})
export class PackCostDifference implements PackCost {
  @Field(() => Int, { description: '人数差：Persons more, or fewer.' })
  persons: number;

  @Field(() => MoneyScalar, { description: '资助金额差（元）：What the funds bear more, or less.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴差（元）：What is left to the persons more, or less.' })
  payable: Fen;

  @Field(() => MoneyScalar, { description: '应退金额差（元）：What is given back more, or less.' })
  refunds: Fen;
}

/** Costs by both packs. */
@ObjectType('ComparedCost', {
  simpleResolvers: true,
  description: '费用对照：Persons and money of one identity and funder under both packs.',
})
export class ComparedCost {
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
  before: PackCost;

  @Field(() => PackCostType, { description: '改动后：Under the changed pack.' })
  after: PackCost;

  @Field(() => PackCostDifference, { description: '差额：The changed pack less the one in force.' })
  difference: PackCost;
}

/** What a comparison came to. */
@ObjectType('PackComparisonTotals', {
  simpleResolvers: true,
  description: '比对结果：What a changed pack would mean. Winners, losers and unchanged together are all persons.',
})
export class PackComparisonTotals implements Omit<ComparisonTotals, 'groups'> {
  @Field(() => Int, { description: '人数：Everybody of whom anything stood.' })
  persons: number;

  @Field(() => Int, {
    description: '受益人数：Who would bear less of the premium, or as much and be covered for more days.',
  })
  winners: number;

  @Field(() => Int, {
    description: '受损人数：Who would bear more of the premium, or as much and be covered for fewer days.',
  })
  losers: number;

  @Field(() => Int, { description: '不变人数：Everybody else.' })
  unchanged: number;

  @Field(() => Int, {
    description: '新增待核人数：Who would newly be left to a person; they are among the others too.',
  })
  newlyInReview: number;

  @Field(() => ComparedCost, { description: '合计：Of everybody; category and funder are null.' })
  total: ComparedCost;

  @Field(() => [ComparedCost], {
    description: '按身份类别和资金来源：By identity and funder; ordinary residents last.',
  })
  groups: readonly ComparedCost[];
}

/** A comparison of packs. */
@ObjectType('PackComparison', {
  simpleResolvers: true,
  description:
    '政策包比对：A changed pack held against the pack in force of the same plan year, over everybody as known at an instant.',
})
export class PackComparisonType {
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
    description: '总人数：About how many persons there are; null before it is counted.',
  })
  personsToDo: number | null;

  @Field(() => Int, { description: '已核定人数：How many are decided by both packs.' })
  personsDone: number;

  @Field(() => InstantScalar, { nullable: true, description: '完成时间：When it was done; null before.' })
  doneAt: Date | null;

  @Field(() => PackComparisonTotals, { nullable: true, description: '结果：What it came to; null before it is done.' })
  totals: PackComparisonTotals | null;
}

/** Shows a comparison, with the differences and sums worked out of what is kept. */
export function packComparisonView(stored: StoredComparison): PackComparisonType {
  const { id, status, pack, policyYear, changedDigest, asOf, knownAt, askedAt, personsToDo, personsDone, doneAt } =
    stored;
  return {
    ...{ id, status, pack, policyYear, changedDigest, asOf, knownAt, askedAt, personsToDo, personsDone, doneAt },
    totals: stored.totals && totalsView(stored.totals),
  };
}

function totalsView({ groups, ...counts }: ComparisonTotals): PackComparisonTotals {
  const sum = (side: 'before' | 'after'): PackCost => groups.map((group) => group[side]).reduce(plus, NOTHING);
  return {
    ...counts,
    total: costView({ category: null, fundedBy: null, before: sum('before'), after: sum('after') }),
    groups: groups.map(costView),
  };
}

const costView = (group: ComparedGroup): ComparedCost => ({
  ...group,
  difference: plus(group.after, scaled(group.before, -1)),
});

const NOTHING: PackCost = { persons: 0, subsidy: 0, payable: 0, refunds: 0 };

const plus = (a: PackCost, b: PackCost): PackCost => ({
  persons: a.persons + b.persons,
  subsidy: a.subsidy + b.subsidy,
  payable: a.payable + b.payable,
  refunds: a.refunds + b.refunds,
});

const scaled = ({ persons, subsidy, payable, refunds }: PackCost, by: number): PackCost => ({
  persons: persons * by,
  subsidy: subsidy * by,
  payable: payable * by,
  refunds: refunds * by,
});
