import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { ClaimSource } from '../../domain/claims/claim.ts';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Category, FundSource } from '../../domain/intake/words.ts';
import type { DecisionAdjustment, KeptTerms } from '../../domain/policy/decision-adjustment.ts';
import type { Refund } from '../../domain/policy/decision.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { CausingClaim, ExplainedChange } from '../../flows/find-changes.ts';
import type { ChangeCause } from '../../flows/ports-changes.ts';
import { ClaimSourceType } from '../claim.type.ts';
import { DayScalar, InstantScalar, MoneyScalar } from '../scalars.ts';
import { OutcomeWord, RefundDecisionWord } from '../states.ts';
import { PageInfo } from '../page-info.type.ts';
import { wordEnum } from '../word-enum.ts';
import { CategoryWord, FundSourceWord } from '../words.ts';
import { PolicyPackType } from './policy-pack.type.ts';
import { policyPackView } from './policy-pack.view.ts';

/** Causes of changes. */
const ChangeCauseWord = wordEnum('ChangeCause', '变动起因：Why a decision changed.', {
  LISTS: '名单：claims of submissions came, were corrected or were withdrawn',
  SETTLEMENT: '身份认定：somebody settled who is who',
  RULES_OR_DAY: '政策或日期：the pack was revised, or the day as of which everybody is decided is another',
} satisfies Record<ChangeCause, string>);

/** What happened to a claim. */
const CausingWord = wordEnum('CausingEvent', '记载变化：What happened to a claim behind a change.', {
  TOLD: '告知：it began to stand',
  ENDED: '终止：it ceased to stand: corrected, removed, dropped or withdrawn',
} satisfies Record<CausingClaim['what'], string>);

/** A refund within kept terms. */
@ObjectType('KeptRefund', { simpleResolvers: true, description: '退费：What is said of a refund.' })
export class KeptRefund implements Pick<Refund, 'decision' | 'amount'> {
  @Field(() => RefundDecisionWord, { description: '退费结论：What is decided of it.' })
  decision: Refund['decision'];

  @Field(() => MoneyScalar, { description: '金额（元）：What is given back; under REVIEW the amount at stake.' })
  amount: Fen;
}

/** A span of cover within kept terms. */
@ObjectType('CoveredDays', { simpleResolvers: true, description: '待遇期：A span of cover, both days inclusive.' })
export class CoveredDays {
  @Field(() => DayScalar, { description: '起始日期：The first day of cover.' })
  from: PlainDate;

  @Field(() => DayScalar, { description: '截止日期：The last day of cover.' })
  to: PlainDate;
}

/** What a decision came to. */
@ObjectType('KeptTerms', {
  simpleResolvers: true,
  description: '结论要点：What a decision comes to for the person and for the funds.',
})
export class KeptTermsType implements KeptTerms {
  @Field(() => OutcomeWord, { description: '核定结论：Whether it stands by itself.' })
  outcome: KeptTerms['outcome'];

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

  @Field(() => MoneyScalar, { description: '资助金额（元）：What the fund bears.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴（元）：What is left to the person.' })
  payable: Fen;

  @Field(() => MoneyScalar, { description: '已缴（元）：What has been paid.' })
  paid: Fen;

  @Field(() => KeptRefund, { nullable: true, description: '退费：What is said of a refund; null where nothing is.' })
  refund: KeptTerms['refund'];

  @Field(() => [CoveredDays], { description: '待遇期：The spans of cover, in order.' })
  periods: KeptTerms['periods'];

  @Field(() => [String], { description: '待人工核定：Codes of the matters left to a person (`ReviewCode`).' })
  review: readonly string[];
}

/** What a change comes to. */
@ObjectType('DecisionAdjustment', {
  simpleResolvers: true,
  description: '调整：What a change comes to, after less before: less than nothing where it is less.',
})
export class DecisionAdjustmentType implements DecisionAdjustment {
  @Field(() => MoneyScalar, { description: '资助金额差（元）：What the fund bears more, or less.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴差（元）：What is left to the person more, or less.' })
  payable: Fen;

  @Field(() => MoneyScalar, { description: '已缴差（元）：What has been paid more, or less.' })
  paid: Fen;

  @Field(() => MoneyScalar, { description: '应退差（元）：What is given back more, or less (refund ALLOWED).' })
  refund: Fen;

  @Field(() => Int, { description: '待遇天数差：Days of cover more, or less.' })
  coveredDays: number;
}

/** A claim behind a change. */
@ObjectType('CausingClaim', {
  simpleResolvers: true,
  description: '起因记载：A claim that came or went, and so changed a decision.',
})
export class CausingClaimType implements CausingClaim {
  @Field(() => CausingWord, { description: '记载变化：Whether it came or went.' })
  what: CausingClaim['what'];

  @Field(() => ClaimSourceType, { description: '数据来源：The row that says it.' })
  source: ClaimSource;
}

/** A change of a decision. */
@ObjectType('DecisionChange', {
  simpleResolvers: true,
  description:
    '核定结果变动：That what a policy pack decides of a person changed: before, after, what it comes to, and why. Entries are never rewritten and never removed.',
})
export class DecisionChangeType {
  @Field(() => ID, { description: '编号：Its id; ids are in the order of the changes.' })
  id: string;

  // For the resolver of `person`; no fields.
  personId: string;
  purpose: Purpose;

  @Field(() => PolicyPackType, { description: '政策包：The pack that decides, as it is now.' })
  pack: PolicyPackType;

  @Field(() => DayScalar, { description: '核定日期：The day as of which the decisions are.' })
  asOf: PlainDate;

  @Field(() => InstantScalar, { description: '变动时间：When it was decided anew.' })
  at: Date;

  @Field(() => ChangeCauseWord, { description: '起因：Why.' })
  because: ChangeCause;

  @Field(() => [ID], {
    description:
      '起因编号：The submissions (LISTS) of lists that the caller may see, or the review task (SETTLEMENT) behind it; empty for RULES_OR_DAY.',
  })
  causes: readonly string[];

  @Field(() => Boolean, {
    description:
      '起因未示：Are there causes that are not named, because the caller may not see their list, or no tasks?',
  })
  causesWithheld: boolean;

  @Field(() => [CausingClaimType], {
    description: '起因记载：The claims that came or went, of lists that the caller may see.',
  })
  claims: readonly CausingClaim[];

  @Field(() => [ID], {
    description:
      '相关条款：Rules that only one of the two decisions applied, or applied with another outcome, by the pack as it is now; empty unless claims came or went.',
  })
  rules: readonly string[];

  @Field(() => KeptTermsType, {
    nullable: true,
    description: '原结论：What was decided before; null where nothing was.',
  })
  before: KeptTerms | null;

  @Field(() => KeptTermsType, {
    nullable: true,
    description: '新结论：What is decided now; null where nothing is any more.',
  })
  after: KeptTerms | null;

  @Field(() => DecisionAdjustmentType, { description: '调整：What it comes to, with its sign.' })
  adjustment: DecisionAdjustment;

  @Field(() => InstantScalar, {
    description: '变动前时点：Asked as `knownAt` this instant, `benefit` gives the old decision step by step.',
  })
  knownBefore: Date;

  @Field(() => InstantScalar, {
    description: '变动后时点：Asked as `knownAt` this instant, `benefit` gives the new decision step by step.',
  })
  knownAfter: Date;
}

/** A change with its cursor. */
@ObjectType('DecisionChangeEdge', { simpleResolvers: true, description: '分页项：A change and its cursor.' })
export class DecisionChangeEdge {
  @Field(() => String, { description: 'The cursor of this change, to pass as `after`.' })
  cursor: string;

  @Field(() => DecisionChangeType, { description: 'The change.' })
  node: DecisionChangeType;
}

/** A page of changes. */
@ObjectType('DecisionChangeConnection', {
  simpleResolvers: true,
  description: '分页：A page of changes, oldest first.',
})
export class DecisionChangeConnection {
  @Field(() => [DecisionChangeEdge], { description: 'The changes of the page, each with its cursor.' })
  edges: DecisionChangeEdge[];

  @Field(() => PageInfo, { description: 'Where the page ends.' })
  pageInfo: PageInfo;

  @Field(() => Int, { description: 'How many changes there are from where the page was asked for.' })
  totalCount: number;
}

/** Shows a change. */
export const decisionChangeView = (
  { person, pack, ...change }: ExplainedChange,
  purpose: Purpose,
): DecisionChangeType => ({
  ...change,
  personId: person,
  purpose,
  pack: policyPackView(pack),
});
