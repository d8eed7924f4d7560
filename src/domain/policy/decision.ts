import type { ClaimSource } from '../claims/claim.ts';
import type { Fen } from '../intake/fen.ts';
import type { Category, FundSource, RefundCause } from '../intake/words.ts';
import type { PlainDate } from '../time/plain-date.ts';

/** Matters that the policy's text leaves to a person. Stable codes. */
export const REVIEW_CODES = {
  CATEGORY_NOT_IN_POLICY: ['该身份在本政策中未列资助档次', 'the policy names no tier for this identity'],
  RATE_MISSING: ['政策写明了出资部门，但未写资助标准', 'the policy names a funder but no rate'],
  HOUSEHOLD_TYPE_MISSING: [
    '名单未注明是否脱贫户，暂按较低档',
    'the list does not say whether the household was lifted from poverty; the lower tier is shown',
  ],
  RURAL_HUKOU_MISSING: ['名单未注明是否农村户口', 'the list does not say whether the household is rural'],
  NEWBORN_LATE_NOT_STATED: [
    '政策未写新生儿逾期参保的待遇起始',
    'the policy does not say when a late newborn is covered',
  ],
  NEWBORN_ONE_YEAR_PAID: ['跨年度新生儿只缴了一个年度', 'only one of a newborn’s two years is paid'],
  NEWBORN_YEAR_NOT_STATED: [
    '政策未写跨年度新生儿应缴哪一年度',
    'the policy does not say which year’s premium a newborn across two years pays',
  ],
  LATE_PRICE_NOT_STATED: ['政策未写集中征缴期后的缴费标准', 'the policy states no price for paying after the window'],
  LATE_PERIOD_NOT_STATED: [
    '政策未写集中征缴期后缴费的待遇期',
    'the policy states no benefit period for paying after the window',
  ],
  LATE_TIER_NOT_STATED: [
    '政策未写已在名单人员逾期缴费是否仍享受资助',
    'the policy does not say whether a listed person who pays late keeps the tier',
  ],
  NOT_PERMITTED_BY_TEXT: [
    '政策未允许此类人员在集中征缴期后参保',
    'the policy gives this person no way to join after the window',
  ],
  WAIT_FOR_NEWLY_LISTED_NOT_STATED: [
    '政策未写征缴期后新增困难人员是否设等待期',
    'the policy does not say whether someone newly listed after the window waits',
  ],
  WAIT_EXEMPTION_NOT_HELD: [
    '可能免除等待期，所依据文件未收录',
    'an exemption from the wait may apply; its document is not held',
  ],
  EMPLOYEE_GAP_OVER_THREE_MONTHS: [
    '职工医保中断超过3个月，是否视为正常参保需核实',
    'employee cover lapsed for over three months; whether that counts as normal cover must be settled',
  ],
  EMPLOYEE_END_CAUSE_UNPROVEN: [
    '职工医保停保原因不是劳动关系终止或未注明',
    'employee cover did not end, or is not shown to have ended, with the employment',
  ],
  MIGRANT_LISTED_AFTER_PAYMENT: ['外出务工名单晚于缴费报送', 'the migrant-worker list came after the payment'],
  RECOGNISED_IN_WINDOW_TOLD_AFTER: ['征缴期内认定、征缴期后报送', 'recognised within the window, reported after it'],
  REFUND_APPLIED_AFTER_START: [
    '原因发生在待遇期前，申请在待遇期开始后',
    'the cause precedes the period, the application does not',
  ],
  REFUND_CAUSE_NOT_EVIDENCED: ['退费原因没有部门数据佐证', 'no list bears out the cause given for the refund'],
  REFUND_CAUSE_NOT_NAMED: ['政策未把该原因列为退费原因', 'the policy does not name this cause for a refund'],
  REFUND_NOT_STATED: ['政策未写此种情形是否退费', 'the policy does not say whether this is refunded'],
  REFUND_PAID_OUTSIDE_WINDOW: [
    '退费条款只写集中征缴期内的缴费',
    'the refund clause speaks only of payments made in the window',
  ],
  DEATH_NOT_NAMED_AS_REFUND_CAUSE: ['政策退费原因中未列死亡', 'the policy does not name death as a cause for a refund'],
  DEATH_UNCONFIRMED: ['死亡信息来源不足，待核实', 'too few sources report the death'],
  DEATH_DATE_CONFLICT: ['死亡日期不一致', 'sources give different days of death'],
  DUPLICATE_ENROLMENT: ['同一时期有其他参保关系', 'another enrolment runs at the same time'],
  UNDERPAID: ['实缴少于应缴', 'less was paid than was due'],
  FOREIGNER_ROUTE_NOT_STATED: [
    '政策未写外籍人员参加居民医保的途径',
    'the policy gives foreigners no way into this scheme',
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** The code of a matter left to a person. */
export type ReviewCode = keyof typeof REVIEW_CODES;

/** Things a clerk should see that change nothing by themselves. Stable codes. */
export const NOTICE_CODES = {
  PAID_OUTSIDE_OPEN_DAYS: ['缴费日不在每月缴费时段内', 'paid on a day of the month that takes no payments'],
  PAID_BEFORE_WINDOW: ['缴费早于集中征缴期', 'paid before the window opened'],
  PAID_AFTER_SOFT_END: ['缴费晚于“原则上”的截止日', 'paid after the end that the text sets “in principle”'],
  PAID_AFTER_DEATH: ['缴费日晚于报告的死亡日期', 'paid after the reported day of death'],
  PAID_MORE_THAN_DUE: ['实缴多于应缴', 'more was paid than was due'],
  MOVE_PAYMENT_YEAR: ['由市医保部门将缴费年度更改为本年度', 'the city office moves the payment to this plan year'],
  REFUND_ON_APPLICATION: ['可依申请退费', 'a refund can be had on application'],
  CREDITED_DAY_ASSUMED: ['到账日缺失，按缴费日计', 'the day of credit is missing; the payment day is used'],
  REGISTRATION_NOT_SEEN: ['未见参保登记', 'no registration was reported'],
  PERIOD_ASSUMED: ['政策未写待遇期，按自然年度计', 'the policy states no period; the calendar year is used'],
  RISK_STATUS_ASSUMED: [
    '名单未注明风险是否消除，按未消除计',
    'the list does not say whether the risk is eliminated; it is taken as not',
  ],
  IDENTITY_NOT_IN_POLICY: ['另有身份在本政策中未列资助档次', 'a further identity has no tier in this policy'],
  PRICE_AFTER_WINDOW_NOT_STATED: [
    '集中征缴期已过，政策未写缴费标准',
    'the window is over and the policy states no later price',
  ],
  FUND_NOT_STATED: ['政策未写出资部门', 'the policy does not name who bears the subsidy'],
  FISCAL_STANDARD_ASSUMED: ['逾期标准按现有财政补助标准计', 'the late price uses the fiscal standard held'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** The code of a notice. */
export type NoticeCode = keyof typeof NOTICE_CODES;

/** A matter or notice with the rule that raises it. */
export interface Marked<Code extends string> {
  readonly code: Code;
  readonly rule: string;
}

/** One rule applied: its words, what went in, and the claims that this came from. */
export interface DecisionStep {
  /** Rule id of the catalogue, `GY26-2.5.6b`. */
  readonly rule: string;
  /** What the rule settled here, in one short sentence of our own. */
  readonly outcome: { readonly zh: string; readonly en: string };
  /** Named values that went in, as text. */
  readonly inputs: readonly { readonly name: string; readonly value: string }[];
  readonly claims: readonly ClaimSource[];
}

/** An identity that was weighed, and whether its tier was used. */
export interface Candidate {
  readonly category: Category;
  readonly subsidy: Fen;
  readonly payable: Fen;
  readonly fundedBy: FundSource | null;
  readonly rule: string;
  /**
   * `WON`, or why it lost: a higher tier won, an equal tier of an earlier fund won, it is found too late for this premium, or
   * it is listed but counts only from a later day (次月).
   */
  readonly standing: 'WON' | 'LOST_TO_HIGHER' | 'LOST_TO_EQUAL' | 'TOO_LATE' | 'NOT_YET';
  readonly claims: readonly ClaimSource[];
}

/** A span of cover, both days inclusive, with the rule that grants it. */
export interface BenefitPeriod {
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly rule: string;
}

/** A waiting period: from the day it counts from to the last day without cover. */
export interface WaitingPeriod {
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly length: number;
  readonly unit: 'DAYS' | 'MONTHS';
  readonly rule: string;
}

/** What is given back, and why. `amount` is the amount at stake under `REVIEW`. */
export interface Refund {
  readonly decision: 'ALLOWED' | 'REFUSED' | 'REVIEW';
  readonly amount: Fen;
  /** The cause applied for; null where the refund follows from a change of tier. */
  readonly cause: RefundCause | null;
  readonly rule: string;
}

/** A target group in which a person is counted, with its rate in per cent; null where the text sets none (应保尽保). */
export interface TargetGroup {
  readonly group: Category | 'NEWBORN' | 'STUDENT' | 'VETERAN';
  readonly ratePercent: number | null;
  readonly rule: string;
}

/** What a pack says of one person for its plan year, as of a day, as known at an instant. */
export interface BenefitDecision {
  /** `REVIEW` as soon as one matter is left to a person, else `DECIDED`. */
  readonly outcome: 'DECIDED' | 'REVIEW';
  readonly pack: string;
  readonly asOf: PlainDate;
  readonly knownAt: Date;
  /** The identity whose tier was used; null for an ordinary resident. */
  readonly category: Category | null;
  readonly subsidy: Fen;
  readonly fundedBy: FundSource | null;
  readonly payable: Fen;
  readonly paid: Fen;
  readonly candidates: readonly Candidate[];
  readonly periods: readonly BenefitPeriod[];
  readonly waiting: WaitingPeriod | null;
  readonly refund: Refund | null;
  /** Holds a tiered identity that is in effect on `asOf`. */
  readonly assisted: boolean;
  readonly targetGroups: readonly TargetGroup[];
  readonly review: readonly Marked<ReviewCode>[];
  readonly notices: readonly Marked<NoticeCode>[];
  readonly steps: readonly DecisionStep[];
}
