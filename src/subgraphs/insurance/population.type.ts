import { Field, Int, ObjectType } from 'type-graphql';
import type { ShownPopulationGroup } from '../../domain/access/shown-population.ts';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Category, FundSource } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { PopulationSummary } from '../../flows/find-population.ts';
import { DayScalar, InstantScalar, MoneyScalar } from '../scalars.ts';
import { CategoryWord, FundSourceWord } from '../words.ts';
import { PolicyPackType } from './policy-pack.type.ts';

/** Persons and money of one identity and funder. */
@ObjectType('PopulationGroup', {
  simpleResolvers: true,
  description:
    '核定分组：Persons to whom a pack gives the same identity and funder, and what they come to. A figure that is null is held back: fewer than ten people, or nobody.',
})
export class PopulationGroupType implements ShownPopulationGroup {
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

  @Field(() => Int, { nullable: true, description: '人数：How many persons.' })
  persons: number | null;

  @Field(() => Int, { nullable: true, description: '待人工核实人数：Of how many a matter is left to a person.' })
  inReview: number | null;

  @Field(() => MoneyScalar, { nullable: true, description: '资助金额合计（元）：What the fund bears for them.' })
  subsidy: Fen | null;

  @Field(() => MoneyScalar, { nullable: true, description: '个人应缴合计（元）：What is left to them.' })
  payable: Fen | null;

  @Field(() => MoneyScalar, { nullable: true, description: '已缴合计（元）：What they have paid.' })
  paid: Fen | null;

  @Field(() => Boolean, { description: '是否有未显示的数字：Whether a figure of the group is held back.' })
  suppressed: boolean;
}

/** What a pack decides of everybody. */
@ObjectType('PopulationSummary', {
  simpleResolvers: true,
  description:
    '核定汇总：What a policy pack decides of everybody in the jurisdiction of whom anything stands. Exact for requests that may see names and numbers whole and say why (`person:reveal`, header `reveal-reason`); else counts are in full tens, rounded down, and null below ten, and money counts for these tens alone.',
})
export class PopulationSummaryType implements Omit<PopulationSummary, 'pack'> {
  @Field(() => PolicyPackType, { description: '政策包：The pack that decided.' })
  pack: PolicyPackType;

  @Field(() => DayScalar, { description: '核定日期：The day as of which everybody is decided.' })
  asOf: PlainDate;

  @Field(() => InstantScalar, {
    description:
      '全员核定时间：When everybody was last decided at once; what was pushed since is in the figures as well.',
  })
  builtAt: Date;

  @Field(() => Int, {
    description: '待核定批次数：Pushes and settled review tasks whose persons are still to be decided.',
  })
  pending: number;

  @Field(() => Boolean, { description: '是否精确：Whether the figures are as they are, or in full tens.' })
  exact: boolean;

  @Field(() => [PopulationGroupType], {
    description:
      '分组：By identity and funder; ordinary residents last. In full tens every group of the pack’s tiers is listed, whether or not anybody is in it.',
  })
  groups: readonly ShownPopulationGroup[];
}
