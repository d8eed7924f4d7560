import type { Fen } from '../intake/fen.ts';
import type {
  Agency,
  Category,
  EnrolmentEndCause,
  FundSource,
  LifeEventKind,
  RefundCause,
  StudentStage,
} from '../intake/words.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { NoticeCode, ReviewCode, TargetGroup } from './decision.ts';

/** A rule of a document: its id in the catalogue, the few decisive words, and how they are read. */
export interface PackRule {
  /** `GY26-2.5.6b`. */
  readonly id: string;
  /** Verbatim words of the document; `…` marks a cut. Null for a reading that rests on silence. */
  readonly quote: string | null;
  /** The reading in our own words. */
  readonly reading: string;
  /** True where the text allows another reading and the recommended one is used. */
  readonly assumption: boolean;
}

/** One line of the subsidy table. */
export interface TierRow {
  readonly category: Category;
  /** Facts of the listing that must be as stated for this line; lines of one category must cover every combination once. */
  readonly when: {
    readonly liftedHousehold?: boolean;
    readonly riskEliminated?: boolean;
    readonly ruralHukou?: boolean;
  };
  readonly subsidy: Fen;
  readonly payable: Fen;
  readonly fundedBy: FundSource | null;
  readonly rule: string;
}

/** An identity without a tier, and what its absence means. */
export interface UntieredRow {
  readonly category: Category;
  /**
   * `EXPLICIT` the text says no subsidy; `COUNTED_ONLY` it is a target group without subsidy; `RATE_MISSING` a funder is
   * named, no rate; `NOT_NAMED` the text is silent (REVIEW).
   */
  readonly because: 'EXPLICIT' | 'COUNTED_ONLY' | 'RATE_MISSING' | 'NOT_NAMED';
  readonly rule: string;
}

/** A day that a table compares with: fixed, or counted from something in the person's own history. */
export type PackDay =
  | PlainDate
  | { readonly from: 'BIRTH' | 'EMPLOYEE_BREAK'; readonly days: number }
  | { readonly from: 'EMPLOYEE_LAST_MONTH_END'; readonly months: number }
  | { readonly latestOf: readonly PackDay[] };

/** The day a table measures: when the premium was paid, credited, registered, or both registered and paid. */
export type MeasuredDay = 'PAID' | 'CREDITED' | 'REGISTERED' | 'REGISTERED_AND_PAID';

/** Where cover starts. */
export type StartDay =
  PlainDate | 'PAID_DAY' | 'DAY_AFTER_PAID' | 'CREDITED_DAY' | 'BIRTH' | 'EMPLOYEE_BREAK' | 'ADMISSION' | 'NONE';

/** One line of a start table: holds up to and including `until`, the last line without end. */
export interface StartRow {
  readonly until: PackDay | null;
  /** `null`: this group gives nothing here; the next group that fits is asked. */
  readonly start: StartDay | null;
  readonly wait?: { readonly length: number; readonly unit: 'DAYS' | 'MONTHS' };
  /** `STANDARD` unless stated. `FREE`: no premium at all. `LATE`: standard and fiscal part together. */
  readonly price?: 'STANDARD' | 'LATE' | 'FREE';
  /** `NONE`: no tier this year, whatever the person's identity. */
  readonly tier?: 'NONE';
  readonly review?: readonly ReviewCode[];
  readonly notices?: readonly NoticeCode[];
  /** The days of the year of birth are granted too, where the group's `birthYear` requires and finds a payment for them. */
  readonly birthYear?: true;
  readonly rule: string;
}

/** What makes a person one of a group. Every condition stated must hold. */
export interface GroupCondition {
  readonly bornFrom?: PlainDate;
  readonly bornTo?: PlainDate;
  readonly newStudentOf?: {
    readonly stages: readonly StudentStage[];
    readonly from: PlainDate;
    readonly to: PlainDate;
  };
  readonly lifeEvent?: { readonly kinds: readonly LifeEventKind[]; readonly from?: PlainDate; readonly to?: PlainDate };
  readonly leftEmployeeInsurance?: {
    readonly because?: readonly (EnrolmentEndCause | 'NOT_STATED')[];
    readonly minMonths?: number;
  };
  readonly migrantWorker?: true;
  /** Newly listed under one of the categories (any tiered one if none are named) after the day and by the payment. */
  readonly newlyListedAfter?: { readonly day: PlainDate; readonly categories?: readonly Category[] };
  /** Holds a tiered listing recognised on or before the day. */
  readonly listedBy?: PlainDate;
  /** No record of either scheme in the year. */
  readonly uninsuredInYear?: number;
}

/** A group of payers with its own start table. Groups are tried in order; the last one takes everybody. */
export interface PayerGroup {
  readonly id: string;
  readonly zh: string;
  readonly when: GroupCondition;
  readonly measure: MeasuredDay;
  readonly rows: readonly StartRow[];
  /** Cover in the year of birth, before the plan year. */
  readonly birthYear?: {
    readonly year: number;
    readonly requires: 'PAYMENT_FOR_BIRTH_YEAR' | 'REGISTRATION_FOR_BIRTH_YEAR';
    /** Where payments of the birth year count only if made within these days of birth. */
    readonly within?: PackDay;
    /** What to do where the birth year is not paid though the child paid late enough to need it. */
    readonly missing?: ReviewCode;
    readonly rule: string;
  };
  /** A payment for this earlier year counts as this year's where none was made for it; the year is then to be changed. */
  readonly movesPaymentFrom?: { readonly year: number; readonly rule: string };
  /** A payment for this earlier year is refunded on application where this year's is paid too, even after the start. */
  readonly refundsEarlierYear?: { readonly year: number; readonly cause: RefundCause; readonly rule: string };
}

/** What a tier found after payment does to the price. Read in order; the first line that fits decides. */
export interface RepricingRow {
  /** Which day is held against `until`: of recognition, or of the list's receipt. Null: always fits. */
  readonly basis: 'RECOGNISED' | 'LIST_RECEIVED' | null;
  readonly until: PlainDate | null;
  readonly decision: 'ALLOWED' | 'REFUSED' | 'REVIEW';
  readonly rule: string;
  /** Matter raised where the listing fits by recognition, but was told after `until`. */
  readonly toldAfter?: ReviewCode;
}

/** Refund before the period starts, on application, for the causes named. */
export interface RefundClause {
  readonly causes: readonly RefundCause[];
  readonly rule: string;
  /** The payment must lie in the collection window. */
  readonly paidInWindow: boolean;
  readonly afterStart: { readonly rule: string };
}

/** One jurisdiction's rules for one plan year, as data with citations. */
export interface PolicyPack {
  /** `gaoyang-2026`: place and plan year. */
  readonly id: string;
  readonly place: { readonly name: string; readonly regionCode: string };
  readonly policyYear: number;
  readonly status: 'IN_FORCE' | 'DRAFT' | 'INTERPRETATION';
  readonly document: {
    readonly title: string;
    readonly number: string | null;
    readonly issuedOn: PlainDate | null;
    /** The source file's name, for checking quotations. */
    readonly source: string;
  };
  readonly premium: { readonly standard: Fen; readonly fiscal: Fen; readonly rule: string };
  readonly period: { readonly from: PlainDate; readonly to: PlainDate; readonly rule: string };
  readonly window: {
    /** Null where the text names no first day. */
    readonly from: PlainDate | null;
    readonly to: PlainDate;
    readonly rule: string;
    readonly openDays?: {
      readonly first: number;
      readonly last: number;
      readonly applies: 'IN_WINDOW' | 'ALWAYS';
      readonly rule: string;
    };
  };
  /** What a listing that leaves the fact open is taken to say, where the pack assumes anything. */
  readonly assumes: { readonly riskEliminated?: boolean };
  readonly tiers: readonly TierRow[];
  readonly untiered: readonly UntieredRow[];
  readonly highestOnce: { readonly rule: string; readonly fundOrder: readonly FundSource[] };
  readonly groups: readonly PayerGroup[];
  /** School-year payers are covered on to 31 December of the year their payment ran out in. */
  readonly schoolYearExtension: { readonly stages: readonly StudentStage[]; readonly rule: string } | null;
  readonly repricing: readonly RepricingRow[];
  readonly refund: RefundClause | null;
  /** The rule cited where the text says nothing of refunds. */
  readonly silence: { readonly refund: string };
  /** Additions and removals told after the window take effect on the first day of the month after receipt. */
  readonly standing: { readonly nextMonthAfter: PlainDate; readonly rule: string } | null;
  /** Which sources confirm a death; null: as the jurisdiction says. */
  readonly deaths: { readonly sources: readonly Agency[]; readonly mustAgree: number; readonly rule: string } | null;
  readonly normalCover: {
    readonly year: number;
    readonly gapMonths: number;
    readonly rule: string;
  } | null;
  /** Life events shortly before a wait that may exempt from it though the list of exemptions is not held. */
  readonly unheldExemption: {
    readonly kinds: readonly LifeEventKind[];
    readonly days: number;
    readonly rule: string;
  } | null;
  readonly foreigners: { readonly route: 'IN_SCOPE' | 'NOT_STATED'; readonly rule: string };
  readonly duplicates: { readonly rule: string };
  readonly deathStops: { readonly rule: string };
  readonly targets: readonly {
    readonly groups: readonly TargetGroup['group'][];
    readonly ratePercent: number | null;
    readonly rule: string;
  }[];
  readonly rules: Readonly<Record<string, PackRule>>;
  /** SHA-256 of the pack's file, lower-case hex. */
  readonly digest: string;
}
