import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Fen } from '../../domain/intake/fen.ts';
import type { Agency, Category, FundSource } from '../../domain/intake/words.ts';
import type { BenefitDecision, Refund, ReviewCode } from '../../domain/policy/decision.ts';
import type { Actor, SettlementKind } from '../../domain/review/settlement.ts';
import type { SuggestionReason } from '../../domain/review/suggest.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import { DayScalar, InstantScalar, MoneyScalar } from '../scalars.ts';
import { OutcomeWord, RefundDecisionWord, SettledAttributeWord, SettlementKindWord } from '../states.ts';
import { AgencyWord, CategoryWord, FundSourceWord, ReviewCodeWord, SuggestionReasonWord } from '../words.ts';

/** A value that can be settled, as the graph has it. */
export type SettledAttribute = 'NAME' | 'BIRTH_DATE';

/** Who acted. */
@ObjectType('Actor', { simpleResolvers: true, description: '经办人：Who acted: a staff member of an agency.' })
export class ActorType implements Actor {
  @Field(() => AgencyWord, { description: '部门：The agency.' })
  agency: Agency;

  @Field(() => String, { description: '经办人：The staff member, as the token named them.' })
  operator: string;
}

/** What a person settles. */
@ObjectType('Settlement', {
  simpleResolvers: true,
  description: '认定：What a person settles about a task. Only the fields of its kind are filled.',
})
export class SettlementType {
  @Field(() => SettlementKindWord, { description: '认定方式：The kind.' })
  kind: SettlementKind;

  @Field(() => [ID], { description: '证件主体：The subjects that it is about, by key.' })
  subjects: readonly string[];

  @Field(() => [String], { description: '姓名：The names that are other people’s (OTHER_PERSONS_NAMES).' })
  names: readonly string[];

  @Field(() => SettledAttributeWord, { nullable: true, description: '数据项：Whose value counts (KEEP_VALUE).' })
  attribute: SettledAttribute | null;

  @Field(() => String, {
    nullable: true,
    description: '采用值：The value that counts, a day as YYYY-MM-DD (KEEP_VALUE).',
  })
  value: string | null;

  @Field(() => ID, {
    nullable: true,
    description: '报送批次：The submission of the row that is asked about (ASK_OWNER).',
  })
  submission: string | null;

  @Field(() => Int, { nullable: true, description: '行号：The row that is asked about (ASK_OWNER).' })
  row: number | null;

  @Field(() => String, { nullable: true, description: '列名：The column that is doubted (ASK_OWNER).' })
  about: string | null;

  @Field(() => Boolean, {
    description: '是否隐去：Are names, value or row left out, because they stand on lists that the caller may not see?',
  })
  withheld: boolean;
}

/** What the evidence speaks for. */
@ObjectType('SettlementSuggestion', {
  simpleResolvers: true,
  description: '认定建议：What the evidence speaks for. Nothing follows from it by itself: a person settles.',
})
export class SettlementSuggestion {
  @Field(() => SettlementType, { description: '建议的认定：The settlement suggested.' })
  settlement: SettlementType;

  @Field(() => SuggestionReasonWord, { description: '理由代码：Why, as a stable code.' })
  because: SuggestionReason;

  @Field(() => String, { description: '中文理由：Why, in Chinese.' })
  zh: string;

  @Field(() => String, { description: '英文理由：The same in English.' })
  en: string;
}

/** Days of cover. */
@ObjectType('SettledDays', { simpleResolvers: true, description: '待遇期：Days of cover, both ends included.' })
export class SettledDays {
  @Field(() => DayScalar, { description: '起始日期：The first day.' })
  from: PlainDate;

  @Field(() => DayScalar, { description: '截止日期：The last day.' })
  to: PlainDate;
}

/** What a decision comes to. */
@ObjectType('SettledTerms', {
  simpleResolvers: true,
  description: '核定要点：What a pack’s decision comes to for a person and for the funds.',
})
export class SettledTerms {
  @Field(() => OutcomeWord, { description: '核定结论：Whether anything is left to a person.' })
  outcome: BenefitDecision['outcome'];

  @Field(() => CategoryWord, { nullable: true, description: '身份类别：The identity whose tier is used.' })
  category: Category | null;

  @Field(() => FundSourceWord, { nullable: true, description: '资金来源：Who bears the subsidy.' })
  fundedBy: FundSource | null;

  @Field(() => MoneyScalar, { description: '资助金额（元）：The subsidy.' })
  subsidy: Fen;

  @Field(() => MoneyScalar, { description: '个人应缴（元）：What the person pays.' })
  payable: Fen;

  @Field(() => MoneyScalar, { description: '已缴金额（元）：What was paid.' })
  paid: Fen;

  @Field(() => RefundDecisionWord, {
    nullable: true,
    description: '退费结论：What is said of a refund; null for none.',
  })
  refundDecision: Refund['decision'] | null;

  @Field(() => MoneyScalar, {
    nullable: true,
    description: '退费金额（元）：The amount; null where there is no refund.',
  })
  refundAmount: Fen | null;

  @Field(() => [SettledDays], { description: '待遇期：Every span of cover.' })
  periods: readonly SettledDays[];

  @Field(() => [ReviewCodeWord], { description: '待核实事项：Matters of the policy left to a person.' })
  review: readonly ReviewCode[];
}

/** What a settlement changes of one decision. */
@ObjectType('SettledDifference', {
  simpleResolvers: true,
  description: '认定影响：What a settlement changes of one person’s decision by one pack.',
})
export class SettledDifferenceType {
  @Field(() => ID, { description: '人员标识：The person, by id.' })
  person: string;

  @Field(() => ID, { description: '政策包：The pack, by id.' })
  pack: string;

  @Field(() => SettledTerms, {
    nullable: true,
    description: '认定前：What was decided before; null where nothing was, because nobody was this person.',
  })
  before: SettledTerms | null;

  @Field(() => SettledTerms, {
    nullable: true,
    description: '认定后：What is decided after it; null where nothing is, because they are another’s.',
  })
  after: SettledTerms | null;
}

/** A settlement that waits for a second person. */
@ObjectType('ProposedSettlement', {
  simpleResolvers: true,
  description: '待复核的认定：What one person would settle; it moves money, so that a second person must confirm it.',
})
export class ProposedSettlement {
  @Field(() => SettlementType, {
    nullable: true,
    description: '拟作认定：What would be settled; null where what was settled would be undone.',
  })
  settlement: SettlementType | null;

  @Field(() => String, { description: '理由：Why.' })
  because: string;

  @Field(() => ActorType, { description: '提出人：Who proposes it.' })
  by: Actor;

  @Field(() => InstantScalar, { description: '提出时间：When.' })
  at: Date;

  @Field(() => [SettledDifferenceType], {
    nullable: true,
    description: '认定影响：What it would change, for whom; null where the caller may not see what is decided.',
  })
  difference: SettledDifferenceType[] | null;
}

/** What was settled. */
@ObjectType('SettledReview', { simpleResolvers: true, description: '已作认定：What was settled, by whom and why.' })
export class SettledReview {
  @Field(() => SettlementType, { description: '认定：What was settled.' })
  settlement: SettlementType;

  @Field(() => String, { description: '理由：Why.' })
  because: string;

  @Field(() => ActorType, { description: '认定人：Who settled it.' })
  by: Actor;

  @Field(() => ActorType, {
    nullable: true,
    description: '复核人：The second person; null where no money moved, so that none was needed.',
  })
  confirmedBy: Actor | null;

  @Field(() => InstantScalar, { description: '认定时间：When it took effect.' })
  at: Date;
}
