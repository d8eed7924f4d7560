import { PURPOSES } from '../domain/access/caller.ts';
import { SEEN_KINDS } from '../domain/audit/audit-entry.ts';
import type { ClaimAttributes } from '../domain/claims/claim.ts';
import {
  AGENCIES,
  CATEGORIES,
  DISABILITY_TYPES,
  ENROLMENT_END_CAUSES,
  FUND_SOURCES,
  ID_TYPES,
  LIFE_EVENTS,
  LISTS,
  PAYMENT_CHANNELS,
  REFUND_CAUSES,
  REGISTRATIONS,
  ROW_CHANGES,
  SCHEMES,
  STUDENT_STAGES,
} from '../domain/intake/words.ts';
import { MATTER_KINDS } from '../domain/identity/identity-matter.ts';
import type { TargetGroup } from '../domain/policy/decision.ts';
import { NOTICE_CODES, REVIEW_CODES } from '../domain/policy/decision.ts';
import { CORRECTION_STATES, TASK_STATES, TASK_STEPS } from '../domain/review/settlement.ts';
import { SUGGESTION_REASONS } from '../domain/review/suggest.ts';
import { wordEnum } from './word-enum.ts';

/** Offices. */
export const AgencyWord = wordEnum(
  'Agency',
  '部门：An agency by the office it holds in its jurisdiction. `CIVIL_AFFAIRS` stands for `civil-affairs` in tokens and files.',
  AGENCIES,
);

/** Kinds of things that were seen of a person. */
export const SeenKindWord = wordEnum(
  'SeenKind',
  '查看内容：A kind of thing that was seen of a person, or done with it.',
  SEEN_KINDS,
);

/** Lists. */
export const ListWord = wordEnum(
  'ListName',
  '名单：A list that agencies push. `REFUND_APPLICATIONS` stands for `refund-applications` in scopes and files.',
  LISTS,
);

/** Identities a policy can subsidise or count. */
export const CategoryWord = wordEnum(
  'Category',
  '身份类别：An identity that a policy can subsidise or count. Owners send their own words for it, which are kept as written.',
  CATEGORIES,
);

/** Kinds of document. */
export const IdTypeWord = wordEnum('IdType', '证件类型：A kind of identity document.', ID_TYPES);

/** Kinds of disability. */
export const DisabilityTypeWord = wordEnum(
  'DisabilityType',
  '残疾类别：A kind of disability (GB/T 26341-2010).',
  DISABILITY_TYPES,
);

/** Stages of schooling. */
export const StudentStageWord = wordEnum('StudentStage', '就读阶段：A stage of schooling.', STUDENT_STAGES);

/** Insurance schemes. */
export const SchemeWord = wordEnum('Scheme', '险种：A basic medical insurance scheme.', SCHEMES);

/** Why an enrolment ended. */
export const EnrolmentEndCauseWord = wordEnum(
  'EnrolmentEndCause',
  '停保原因：Why an enrolment ended.',
  ENROLMENT_END_CAUSES,
);

/** Ways of paying. */
export const PaymentChannelWord = wordEnum(
  'PaymentChannel',
  '缴费渠道：A way in which a premium is paid.',
  PAYMENT_CHANNELS,
);

/** Causes of refunds. */
export const RefundCauseWord = wordEnum('RefundCause', '退费原因：A cause for which a refund is asked.', REFUND_CAUSES);

/** Kinds of life event. */
export const LifeEventKindWord = wordEnum(
  'LifeEventKind',
  '事件类型：An event in a life that changes how a policy treats a person.',
  LIFE_EVENTS,
);

/** Ways of being registered at a place. */
export const RegistrationWord = wordEnum(
  'ResidentRegistration',
  '登记类型：A way in which a person is registered at a place.',
  REGISTRATIONS,
);

/** What a row does to its list. */
export const RowChangeWord = wordEnum('RowChange', '变更类型：How a row changes its list.', {
  ADD: `${ROW_CHANGES.ADD}：adds what the row says to the list; the default`,
  REMOVE: `${ROW_CHANGES.REMOVE}：takes the person off the list; the row needs only what identifies the entry`,
  CORRECT: `${ROW_CHANGES.CORRECT}：replaces what the list said of the person before`,
});

/** Funds. */
export const FundSourceWord = wordEnum('FundSource', '资助资金来源：A fund that bears a subsidy.', FUND_SOURCES);

/** Purposes of reading. */
export const PurposeWord = wordEnum(
  'Purpose',
  '查询用途：The purpose for which a person is read. A jurisdiction grants each agency some of them; any other is refused (FORBIDDEN). EMERGENCY is granted to none: it takes an open emergency, and is for finding persons by number alone.',
  PURPOSES,
);

/** Target groups. */
export const TargetGroupWord = wordEnum(
  'TargetGroupName',
  '参保任务人群：A group whose enrolment a policy sets as a target.',
  {
    ...CATEGORIES,
    NEWBORN: '新生儿',
    STUDENT: '在校学生',
    VETERAN: '退役军人',
  } satisfies Record<TargetGroup['group'], string>,
);

/** Matters left to a person. */
export const ReviewCodeWord = wordEnum(
  'ReviewCode',
  '待核实事项代码：A matter that the policy’s text leaves to a person. Stable; more may come.',
  REVIEW_CODES,
);

/** Things to see. */
export const NoticeCodeWord = wordEnum(
  'NoticeCode',
  '提示代码：Something a clerk should see that changes nothing by itself. Stable; more may come.',
  NOTICE_CODES,
);

/** Kinds of matters of identity. */
export const MatterKindWord = wordEnum(
  'MatterKind',
  '核查事项：What of somebody’s identity only a person can settle. Stable; more may come.',
  MATTER_KINDS,
);

/** Where tasks stand. */
export const TaskStateWord = wordEnum('ReviewState', '核查状态：Where a task for review stands.', TASK_STATES);

/** What is done about tasks. */
export const TaskStepWord = wordEnum('ReviewAction', '核查经过：What was done about a task for review.', TASK_STEPS);

/** Why settlements are suggested. */
export const SuggestionReasonWord = wordEnum(
  'SuggestionReason',
  '建议理由：Why a settlement is suggested. Stable; more may come.',
  SUGGESTION_REASONS,
);

/** The Chinese and English words of why settlements are suggested. */
export const SUGGESTION_TEXTS: typeof SUGGESTION_REASONS = SUGGESTION_REASONS;

/** Where requests to correct stand. */
export const CorrectionStateWord = wordEnum(
  'CorrectionState',
  '校核申请状态：Where a request to correct a row stands.',
  CORRECTION_STATES,
);

/** The Chinese and English words of matters left to a person. */
export const REVIEW_TEXTS: typeof REVIEW_CODES = REVIEW_CODES;

/** The Chinese and English words of notices. */
export const NOTICE_TEXTS: typeof NOTICE_CODES = NOTICE_CODES;

// Who is who follows from it, but keys of documents are the hub's own affair.
type ShownAttributes<L extends keyof ClaimAttributes> = Exclude<keyof ClaimAttributes[L], 'sameAs'>;
type AttributeName = { [L in keyof ClaimAttributes]: ShownAttributes<L> }[keyof ClaimAttributes];

/** The Chinese heading of each thing that a claim can say. */
export const ATTRIBUTE_LABELS: Readonly<Record<string, string>> = {
  name: '姓名',
  regionCode: '行政区划代码',
  heldApart: '证件号码非本人',
  diedOn: '死亡日期',
  bornOn: '出生日期',
  policyYear: '参保年度',
  registeredOn: '登记日期',
  category: '身份类别',
  word: '原始类别用语',
  liftedHousehold: '是否脱贫户',
  riskEliminated: '风险是否已消除',
  ruralHukou: '是否农村户口',
  type: '残疾类别',
  level: '残疾等级',
  certificateNumber: '残疾人证号',
  stage: '就读阶段',
  newStudent: '是否新生',
  paidSchoolYearUntil: '学年缴费截止日期',
  schoolRegion: '学校所在地',
  scheme: '险种',
  region: '统筹区',
  endedBecause: '停保原因',
  backPaidMonths: '补缴月数',
  amount: '缴费金额（元）',
  paidOn: '缴费日期',
  creditedOn: '到账日期',
  channel: '缴费渠道',
  receiptNumber: '票据号',
  appliedOn: '申请日期',
  cause: '退费原因',
  kind: '事件类型',
  happenedOn: '发生日期',
  householdNumber: '户号',
  registration: '登记类型',
} satisfies Record<AttributeName, string>;

const places = new Map(Object.keys(ATTRIBUTE_LABELS).map((name, place) => [name, place]));
const placeOf = (name: string): number => places.get(name) ?? places.size;

/** What a claim says that may be shown, the name first and the rest as on its list: the store keeps it in an order of its own. */
export function attributesInOrder(attributes: object): [name: string, value: unknown][] {
  return Object.entries(attributes)
    .filter(([name]) => places.has(name))
    .sort(([a], [b]) => placeOf(a) - placeOf(b));
}
