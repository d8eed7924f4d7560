import type { ListMode, RowCode, RowFinding, RowOutcome } from '../domain/intake/list-definition.ts';
import type { SubmissionFormat, SubmissionRemark, SubmissionStatus, WorkStage } from '../domain/intake/submission.ts';
import type { DeathStatus, PersonRecord } from '../domain/person/person-record.ts';
import type { BenefitDecision, Candidate, Refund, WaitingPeriod } from '../domain/policy/decision.ts';
import type { PolicyPack, UntieredRow } from '../domain/policy/policy-pack.ts';
import type { SettlementKind } from '../domain/review/settlement.ts';
import type { CorrectionSide } from '../flows/request-correction.ts';
import { wordEnum } from './word-enum.ts';

/** Modes of a push. */
export const ListModeWord = wordEnum('ListMode', '报送方式：Whether a push adds to a list or is the whole of it.', {
  DELTA: '增量：adds to what is known; what it does not name goes on as before',
  SNAPSHOT: '全量：the whole list; what it does not confirm no longer holds from the day of receipt',
} satisfies Record<ListMode, string>);

/** Outcomes of rows. */
export const RowOutcomeWord = wordEnum('RowOutcome', '行校验结果：What became of a row.', {
  ACCEPTED: '接收：taken in',
  UNCHANGED: '未变：already known; nothing changed',
  FLAGGED: '提示：taken in, and worth a look',
  REJECTED: '退回：not taken in; every reason is given',
} satisfies Record<RowOutcome, string>);

/** Severities of findings. */
export const SeverityWord = wordEnum('FindingSeverity', '问题级别：What a finding does to its row.', {
  REJECT: '退回：the row is not taken in',
  FLAG: '提示：the row is taken in and marked',
} satisfies Record<RowFinding['severity'], string>);

/** Codes of findings. */
export const RowCodeWord = wordEnum(
  'RowCode',
  '问题代码：What can be wrong, or worth a look, with a row. Stable: programs may act on them. More may come.',
  {
    VALUE_MISSING: '必填项为空：a required column is empty',
    VALUE_WRONG_KIND: '数据类型不符：the cell is not of the kind its column holds',
    TEXT_TOO_LONG: '文字超长：the text is longer than its column allows',
    TEXT_HAS_CONTROL_CHARACTERS: '含控制字符：the text has control characters in it',
    TEXT_HAS_INVISIBLE_CHARACTERS: '含不可见字符：the text has invisible characters in it',
    ROW_UNREADABLE: '整行无法读取：the line of the file is no JSON object',
    COLUMN_UNKNOWN: '列名未知：the list has no such column',
    DAY_NOT_ON_CALENDAR: '日期无效：not a day of the calendar written YYYY-MM-DD',
    DAY_IN_FUTURE: '日期晚于今天：the day lies after the day of receipt',
    DAY_BEFORE_BIRTH: '日期早于出生日期：the day lies before the birth that the id number states',
    DAYS_OUT_OF_ORDER: '起止日期颠倒：the last day lies before the first',
    MONEY_NOT_DECIMAL: '金额格式不符：the amount is not yuan as decimal text with at most two places',
    NUMBER_OUT_OF_RANGE: '数值超出范围：the number lies outside its column’s range',
    WORD_UNKNOWN: '代码值未知：the cell is none of the column’s words',
    CATEGORY_WORD_UNKNOWN:
      '身份类别用语未知：the category word is not known; the finding says which are most like it, `lists { categoryWords }` which are',
    CATEGORY_WORD_IS_UMBRELLA: '身份类别用语过宽：the word covers several identities; the exact one is needed',
    REGION_CODE_MALFORMED: '行政区划代码格式不符：not a region code of 6 to 12 digits',
    ID_NUMBER_NOT_TEXT: '证件号码不是文本：the id number was sent as a JSON number; send it as text',
    ID_NUMBER_MALFORMED: '证件号码格式不符：the number has not the shape of its id type',
    ID_NUMBER_CHECK_DIGIT: '证件号码校验码错误：the check digit is wrong',
    ID_NUMBER_BIRTH_DATE:
      '证件号码出生日期无效：the birth date in the number is not a day of the calendar, or lies ahead',
    ID_TYPE_DISAGREES: '证件类型与号码不符：the number is not one of the id type stated',
    CERTIFICATE_DISAGREES: '残疾人证号与本行不符：the disability certificate number does not agree with its row',
    BIRTH_DATE_DIFFERS: '出生日期不一致：the day of birth is not the one that the id number states',
    HOUSEHOLD_TYPE_DISAGREES:
      '户类型与类别用语不符：whether the household was lifted from poverty does not agree with the category word',
    ROW_CONTRADICTS_ROW: '同批数据矛盾：another row of this push says otherwise of the same thing',
    OTHER_ID_IS_THE_SAME: '其他证件即本证件：the other document is the one that the row is about',
    NAME_DIFFERS: '姓名不一致：other lists give this number another name',
    NUMBER_NOT_THEIR_OWN:
      '借用或占位号码：the number is a placeholder or a guardian’s; the row is held apart from whoever has it',
    SAME_NAME_OTHER_NUMBER: '同名同生日、号码不同：somebody of that name and birthday is known under another number',
    NOTHING_TO_REMOVE: '无可减少记录：nothing stands that the row could remove',
    NOTHING_TO_CORRECT: '无可更正记录：nothing stands that the row could correct; it is taken as an addition',
  } satisfies Record<RowCode, string>,
);

/** States of submissions. */
export const SubmissionStatusWord = wordEnum('SubmissionStatus', '报送状态：Where a submission stands.', {
  QUEUED: '排队：received and kept whole; waits for the earlier submissions of its list',
  WORKING: '处理中：being judged and taken in; `progress` tells how far',
  RECEIVED: '已接收：every row judged; its claims stand',
  NEEDS_RELEASE: '待放行：judged and held, for `remarks` say why; a second person of the agency may release it',
  REFUSED: '整份退回：judged and not taken in, by a limit of the jurisdiction; `remarks` say which',
  FAILED: '处理失败：the work broke off, `remarks` say why; it can be driven again',
  WITHDRAWN: '已撤回：taken back whole; its claims no longer stand',
  DRY_RUN: '试报：only judged; nothing was kept',
} satisfies Record<SubmissionStatus, string>);

/** How submissions come. */
export const SubmissionFormatWord = wordEnum('SubmissionFormat', '报送格式：How a submission came.', {
  GRAPHQL: '接口逐行：typed rows of a push mutation',
  NDJSON: 'NDJSON 文件：a file of one JSON object a line',
  CSV: 'CSV 文件：a file of values parted by commas, tabs or semicolons',
  XLSX: 'Excel 文件：a workbook',
} satisfies Record<SubmissionFormat, string>);

/** Stages of the work on a submission. */
export const WorkStageWord = wordEnum('WorkStage', '处理阶段：What the hub is doing with a submission.', {
  JUDGING: '逐行校验：judging row by row',
  COMPARING: '比对在册：comparing with what stands',
  TAKING_IN: '入库：keeping claims',
  DECIDING: '重新核定：deciding the persons anew whom it touches',
} satisfies Record<WorkStage, string>);

/** Reasons why a submission stands where it does. */
export const SubmissionRemarkWord = wordEnum(
  'SubmissionRemarkCode',
  '整份说明代码：Why a submission is held, refused or failed. Stable: programs may act on them. More may come.',
  {
    SHRINKS_TOO_MUCH: '减少过多：the snapshot leaves out more of what stands than the limit',
    TOO_MANY_NEW_DEATHS: '新增死亡过多：more new deaths than the limit',
    TOO_MANY_BAD_ROWS: '退回行过多：a larger share of rows is rejected than the limit',
    CATEGORY_NOT_GRANTED: '类别未获授权：it holds a category that the agency may not push',
    WORK_BROKE_OFF: '处理中断：the work broke off too often',
  } satisfies Record<SubmissionRemark['code'], string>,
);

/** Kinds of cell. */
export const ColumnKindWord = wordEnum('ColumnKind', '列类型：What the cells of a column hold.', {
  text: '文本：text up to the column’s greatest length',
  'id-number': '证件号码：an id number, as text',
  day: '日期：a day, text YYYY-MM-DD',
  money: '金额：yuan as decimal text',
  'whole-number': '整数：a whole number within the column’s range',
  'yes-no': '是否：true or false',
  word: '代码：one of the column’s words',
  'region-code': '行政区划代码：6 to 12 digits, as text',
});

/** Sexes. */
export const SexWord = wordEnum('Sex', '性别：Sex as the 17th digit of the id number states it (GB 11643).', {
  MALE: '男：male, an odd digit',
  FEMALE: '女：female, an even digit',
} satisfies Record<NonNullable<PersonRecord['sex']>, string>);

/** What is known of a death. */
export const DeathStatusWord = wordEnum('DeathStatus', '死亡状态：What is known of a person’s death.', {
  NOT_REPORTED: '无报告：no list reports a death',
  REPORTED: '已报告待核实：reported, but by fewer sources than the jurisdiction asks for',
  CONFLICTING: '日期不一致：enough sources report it, but too few of them the same day',
  CONFIRMED: '已确认：as many sources as the jurisdiction asks for name the same day',
} satisfies Record<DeathStatus['status'], string>);

/** Values of a record. */
export const RecordValueWord = wordEnum('RecordValue', '档案数据项：A value of a person’s record that lists state.', {
  NAME: '姓名：the name',
  BIRTH_DATE: '出生日期：the day of birth',
  HOUSEHOLD_NUMBER: '户号：the household number',
  REGION_CODE: '行政区划代码：the place, down to the village where a list names it',
  HARDSHIP: '困难身份认定期：the days of an identity that holds',
  DISABILITY: '残疾身份认定期：the days of an identity of disability that holds',
});

/** Outcomes of decisions. */
export const OutcomeWord = wordEnum('Outcome', '核定结论：Whether a decision stands by itself.', {
  DECIDED: '已核定：the text settles everything',
  REVIEW: '待人工核实：at least one matter is left to a person; `review` says which',
} satisfies Record<BenefitDecision['outcome'], string>);

/** Standings of identities. */
export const TierStandingWord = wordEnum('TierStanding', '档次结果：Why an identity’s tier was used or not.', {
  WON: '采用：this tier was used',
  LOST_TO_HIGHER: '就高：a higher tier was used instead (就高不就低)',
  LOST_TO_EQUAL: '同档：an equal tier borne by an earlier fund was used instead',
  TOO_LATE: '逾期：the identity was found too late for this premium',
  NOT_YET: '未生效：listed, but counted only from a later day (次月)',
} satisfies Record<Candidate['standing'], string>);

/** Outcomes of refunds. */
export const RefundDecisionWord = wordEnum('RefundDecision', '退费结论：What a pack says of a refund.', {
  ALLOWED: '应退：the amount is given back',
  REFUSED: '不退：nothing is given back',
  REVIEW: '待人工核实：a person must settle it; the amount is the one at stake',
} satisfies Record<Refund['decision'], string>);

/** Units of waiting. */
export const WaitUnitWord = wordEnum(
  'WaitUnit',
  '等待期单位：What a waiting period is counted in. 90 days and 3 months differ.',
  {
    DAYS: '日：calendar days',
    MONTHS: '月：calendar months; a month without such a day ends on its last one',
  } satisfies Record<WaitingPeriod['unit'], string>,
);

/** States of packs. */
export const PackStatusWord = wordEnum('PackStatus', '政策状态：How far a pack’s document binds.', {
  IN_FORCE: '现行：the document is in force',
  DRAFT: '征求意见稿：a draft for comment',
  INTERPRETATION: '政策解读：an official interpretation; the notice itself is not held',
} satisfies Record<PolicyPack['status'], string>);

/** Why an identity has no tier. */
export const UntieredReasonWord = wordEnum(
  'UntieredReason',
  '无资助档次的原因：Why an identity has no tier in a pack.',
  {
    EXPLICIT: '明确不资助：the text says that there is no subsidy',
    COUNTED_ONLY: '仅统计：a target group without subsidy',
    RATE_MISSING: '缺标准：the text names a funder but no rate',
    NOT_NAMED: '未提及：the text is silent',
  } satisfies Record<UntieredRow['because'], string>,
);

/** Kinds of settlement. */
export const SettlementKindWord = wordEnum('SettlementKind', '认定方式：What a person settles about a task.', {
  SAME_PERSON: '同一人：the subjects are one person',
  DIFFERENT_PEOPLE: '不同的人：no two of the subjects are one person',
  OTHER_PERSONS_NAMES: '一号多人：what is told under some names is told of other people, each name of one',
  KEEP_VALUE: '以此值为准：this value counts',
  ASK_OWNER: '请部门核实：the owner of a row is asked to check and correct it',
} satisfies Record<SettlementKind, string>);

/** Values that can be settled. */
export const SettledAttributeWord = wordEnum('SettledAttribute', '数据项：A value that can be settled.', {
  NAME: '姓名：the name',
  BIRTH_DATE: '出生日期：the day of birth',
});

/** Which requests. */
export const CorrectionSideWord = wordEnum('CorrectionSide', '校核申请范围：Which requests to correct are meant.', {
  ASKED_OF_US: '向本部门提出的：those about the agency’s own rows, for it to answer',
  ASKED_BY_US: '本部门提出的：those that the agency asked',
  ALL: '全部：all of the jurisdiction; only for whoever sees all tasks',
} satisfies Record<CorrectionSide, string>);
