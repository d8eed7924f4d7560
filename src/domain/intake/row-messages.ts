import type { RowCode, RowFinding } from './list-definition.ts';

/** What a code means: is the row taken in all the same, and the sentence for it in Chinese and English. */
export const ROW_MESSAGES: Readonly<
  Record<RowCode, readonly [severity: RowFinding['severity'], zh: string, en: string]>
> = {
  VALUE_MISSING: ['REJECT', '必填项为空', 'a required value is missing'],
  VALUE_WRONG_KIND: ['REJECT', '数据类型不符', 'the value is not of the kind this column holds'],
  TEXT_TOO_LONG: ['REJECT', '文字超过长度上限', 'the text is longer than the column allows'],
  TEXT_HAS_CONTROL_CHARACTERS: [
    'REJECT',
    '文字含控制字符、双向排版字符或损坏的字符',
    'the text holds control, bidirectional or damaged characters',
  ],
  TEXT_HAS_INVISIBLE_CHARACTERS: [
    'FLAG',
    '文字含不可见字符，已按原样保留',
    'the text holds invisible characters; it is kept as written',
  ],
  ROW_UNREADABLE: [
    'REJECT',
    '该行无法读取（不是 JSON 对象）',
    'the line cannot be read as a row (it is no JSON object)',
  ],
  COLUMN_UNKNOWN: ['REJECT', '本名单没有该列', 'the list has no such column'],
  DAY_NOT_ON_CALENDAR: ['REJECT', '日期不存在或格式不是 YYYY-MM-DD', 'not a day of the calendar written as YYYY-MM-DD'],
  DAY_IN_FUTURE: ['REJECT', '日期晚于收到名单之日', 'the day lies after the day of receipt'],
  DAY_BEFORE_BIRTH: [
    'REJECT',
    '日期早于证件号码中的出生日期',
    'the day lies before the birth that the id number states',
  ],
  DAYS_OUT_OF_ORDER: ['REJECT', '结束日期早于开始日期', 'the later day lies before the earlier one'],
  MONEY_NOT_DECIMAL: [
    'REJECT',
    '金额须为文本形式的十进制元，最多两位小数，如 "380.00"',
    'an amount must be yuan as decimal text with at most two places, such as "380.00"',
  ],
  NUMBER_OUT_OF_RANGE: ['REJECT', '数值超出允许范围', 'the number lies outside the range allowed'],
  WORD_UNKNOWN: ['REJECT', '代码不在允许的取值中', 'not one of the words of this column'],
  CATEGORY_WORD_UNKNOWN: ['REJECT', '身份类别名称无法识别', 'the category word is not known'],
  CATEGORY_WORD_IS_UMBRELLA: [
    'REJECT',
    '该名称是多类人员的统称，请写明具体身份类别',
    'the word covers several categories; name the category itself',
  ],
  REGION_CODE_MALFORMED: [
    'REJECT',
    '行政区划代码须为 6 至 12 位数字文本',
    'a region code must be text of 6 to 12 digits',
  ],
  ID_NUMBER_NOT_TEXT: ['REJECT', '证件号码须以文本报送', 'an id number must be sent as text'],
  ID_NUMBER_MALFORMED: ['REJECT', '证件号码格式不符合任何证件', 'the id number has the form of no known document'],
  ID_NUMBER_CHECK_DIGIT: ['REJECT', '证件号码校验位不符', 'the check digit of the id number is wrong'],
  ID_NUMBER_BIRTH_DATE: [
    'REJECT',
    '证件号码中的出生日期不合理，或须提供 18 位号码',
    'the birth date in the id number is not plausible, or the 18-digit number is needed',
  ],
  ID_TYPE_DISAGREES: ['REJECT', '证件类型与证件号码不符', 'the id type does not fit the id number'],
  CERTIFICATE_DISAGREES: [
    'FLAG',
    '证件编号与本行其他内容不一致',
    'the certificate number disagrees with the rest of the row',
  ],
  BIRTH_DATE_DIFFERS: [
    'FLAG',
    '出生日期与证件号码中的出生日期不一致',
    'the day of birth differs from the one the id number states',
  ],
  HOUSEHOLD_TYPE_DISAGREES: [
    'FLAG',
    '身份类别名称与是否脱贫户不一致，户类型按未注明处理',
    'the category word and liftedHousehold disagree; the type of household is taken as not stated',
  ],
  ROW_CONTRADICTS_ROW: [
    'FLAG',
    '同一批次中有另一行就同一事项作了不同说明',
    'another row of this push says something else of the same matter',
  ],
  OTHER_ID_IS_THE_SAME: [
    'FLAG',
    '其他证件与本行证件号码是同一证件',
    'the other document is the same as the one that the row is about',
  ],
  NAME_DIFFERS: ['FLAG', '姓名与其他名单不一致', 'the name differs from what other lists say'],
  NUMBER_NOT_THEIR_OWN: [
    'FLAG',
    '证件号码是占位号码或监护人号码，本行单独留存，不并入该号码名下',
    'the id number is a placeholder or a guardian’s; the row is held apart from whoever has that number',
  ],
  SAME_NAME_OTHER_NUMBER: [
    'FLAG',
    '已有同名同生日的人，证件号码不同',
    'somebody of the same name and birthday is known under another number',
  ],
  NOTHING_TO_REMOVE: ['FLAG', '没有可减少的在册记录', 'nothing stands that this row could remove'],
  NOTHING_TO_CORRECT: [
    'FLAG',
    '没有可更正的在册记录，已按新增处理',
    'nothing stands that this row could correct; it is taken as new',
  ],
};

/** A finding with its message; `more` is added where the sender needs to know what would do. Never hand it what the row says. */
export function findingOf(
  code: RowCode,
  column: string | null,
  more?: { readonly zh: string; readonly en: string },
): RowFinding {
  const [severity, zh, en] = ROW_MESSAGES[code];
  return { code, column, severity, zh: more ? `${zh}：${more.zh}` : zh, en: more ? `${en}: ${more.en}` : en };
}
