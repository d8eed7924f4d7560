import { formatYuan, type Fen } from '../intake/fen.ts';
import type { Category, RefundCause } from '../intake/words.ts';
import type { DeathStatus } from '../person/person-record.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { DecisionStep } from './decision.ts';
import type { StartRow, UntieredRow } from './policy-pack.ts';

/** What a rule can settle, each in one short sentence of our own; `{…}` stands for a value of the step. Stable codes. */
const STEP_WORDS = {
  PAYMENT_MOVED: ['{from}年度缴费改为本年度', 'the payment for {from} is moved to this plan year'],
  ORDINARY_PREMIUM: ['按普通居民标准缴费', 'the ordinary premium applies'],
  TIER_SETTLED: ['确定资助档次', 'the tier is settled'],
  HIGHEST_COUNTS_ONCE: ['多重身份只享受一次，就高不就低', 'of several identities the highest tier counts, once'],
  COUNTS_LATER: ['该身份自{day}起生效', 'this identity counts from {day}'],
  NO_TIER: ['该身份无资助档次', 'this identity has no tier'],
  FOREIGNERS_MAY_JOIN: ['持外国人永久居留证者属于参保范围', 'holders of a foreign permanent resident card may join'],
  FOREIGNERS_NOT_STATED: ['外籍人员参保途径文中未写', 'the text states no way in for foreigners'],
  COVERED_FROM: ['自{day}起享受待遇', 'covered from {day}'],
  NOT_COVERED: ['本年度无待遇期', 'no cover in this plan year'],
  BIRTH_YEAR_REGISTERED: ['出生当年已登记，免缴享受待遇', 'registered in the year of birth: covered without payment'],
  BIRTH_YEAR_PAID: ['出生年度已缴费，自出生之日起享受待遇', 'the year of birth is paid: covered from birth'],
  SCHOOL_YEAR_EXTENDED: ['学年缴费待遇延长至当年12月31日', 'a school-year payment covers on to 31 December'],
  DEATH_OPEN: ['死亡信息待核实，暂不停止待遇', 'the death is not confirmed; cover goes on meanwhile'],
  DEATH_CONFIRMED: ['死亡已确认，待遇止于死亡之日', 'the death is confirmed; cover ends with that day'],
  ENROLLED_ELSEWHERE: ['同期另有参保关系', 'another enrolment runs at the same time'],
  REFUND_ALLOWED: ['可以退费', 'refunded'],
  REFUND_REFUSED: ['不予退费', 'not refunded'],
  REFUND_REVIEW: ['是否退费须人工核定', 'left to a person'],
  EARLIER_YEAR_REFUNDED: ['依申请退还上一年度缴费', 'the earlier year’s premium is refunded on application'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** The code of what a rule settled. */
export type StepCode = keyof typeof STEP_WORDS;

/** What went into a rule, as values: amounts in fen, days, words. A value that there was not is absent. */
export interface StepValues {
  readonly category?: Category;
  readonly recognisedOn?: PlainDate;
  readonly listReceivedOn?: PlainDate;
  readonly identities?: string;
  readonly because?: UntieredRow['because'];
  readonly subsidy?: Fen;
  readonly payable?: Fen;
  readonly price?: NonNullable<StartRow['price']>;
  readonly payerGroup?: string;
  readonly paidOn?: PlainDate;
  readonly creditedOn?: PlainDate;
  readonly registeredOn?: PlainDate;
  readonly bornOn?: PlainDate;
  readonly wait?: string;
  readonly paidSchoolYearUntil?: PlainDate;
  readonly status?: DeathStatus['status'];
  readonly diedOn?: PlainDate;
  readonly cause?: RefundCause;
  readonly appliedOn?: PlainDate;
  readonly benefitStarts?: PlainDate;
  readonly paid?: Fen;
  readonly amount?: Fen;
  /** A plan year of which something is told. */
  readonly year?: number;
  /** The plan years between which a payment is moved. */
  readonly from?: number;
  readonly to?: number;
  /** The day that the sentence names; no input of the rule. */
  readonly day?: PlainDate;
}

const AMOUNTS: ReadonlySet<string> = new Set<keyof StepValues>(['subsidy', 'payable', 'paid', 'amount']);
/** Said in the sentence, and no input of the rule. */
const ONLY_SAID: keyof StepValues = 'day';

/** Says in both languages what a step settled. */
export function outcomeInWords(code: StepCode, values: StepValues): DecisionStep['outcome'] {
  const [zh, en] = STEP_WORDS[code];
  return { zh: filled(zh, values), en: filled(en, values) };
}

const filled = (sentence: string, values: StepValues): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name as keyof StepValues]));

/** Writes what went into a step as named texts, amounts as yuan. */
export function inputsInWords(values: StepValues): DecisionStep['inputs'] {
  return Object.entries(values).flatMap(([name, value]: [string, string | number | undefined]) =>
    value === undefined || name === ONLY_SAID
      ? []
      : [{ name, value: AMOUNTS.has(name) ? formatYuan(Number(value)) : String(value) }],
  );
}
