import { describe, expect, it } from 'vitest';
import { readHeadings } from '../../../src/domain/intake/headings.ts';
import { getList } from '../../../src/lists/registry.ts';

const columns = getList('payments').columns;
const ALL = ['姓名', '证件号码', '参保年度', '缴费金额（元）', '缴费日期', '缴费渠道'];

function columnsIn(headings: readonly string[]): readonly (string | null)[] | readonly string[] {
  const reading = readHeadings(headings, columns);
  return reading.ok ? reading.keys : reading.problems.map(({ code, en }) => `${code} ${en}`);
}

describe('headings of a file', () => {
  const KEYS = ['name', 'idNumber', 'policyYear', 'amount', 'paidOn', 'channel'];
  const fitting: ReadonlyArray<[why: string, headings: readonly string[], keys: readonly (string | null)[]]> = [
    ['in Chinese', ALL, KEYS],
    ['in English', KEYS, KEYS],
    ['in another order', ALL.toReversed(), KEYS.toReversed()],
    [
      'with marks, spaces, widths and a byte order mark',
      ['\uFEFF 姓 名 *', '＊证件号码', '参保年度（必填）', '缴费金额(元)', '缴费日期\n', 'ＣＨＡＮＮＥＬ'],
      KEYS,
    ],
    ['without what stands in brackets', ALL.with(3, '缴费金额'), KEYS],
    ['with the reasons of an earlier return', [...ALL, '退回原因'], [...KEYS, null]],
    ['with the reasons and the mark of an earlier return', [...ALL, '退回原因', '领取标记'], [...KEYS, null, null]],
    [
      'with a blank one',
      [...ALL.slice(0, 2), '', ...ALL.slice(2), ' '],
      [...KEYS.slice(0, 2), '?3', ...KEYS.slice(2), '?8'],
    ],
    [
      'without required ones, where rows say what changes',
      ['证件号码', '票据号', '变更方式'],
      ['idNumber', 'receiptNumber', 'change'],
    ],
  ];
  it.each(fitting)('%s', (_why, headings, keys) => {
    expect(columnsIn(headings)).toEqual(keys);
  });

  const unfit: ReadonlyArray<[why: string, headings: readonly string[], problems: readonly string[]]> = [
    [
      'an unknown one, told by its place: it may be a person',
      [...ALL, '张三'],
      ['HEADING_UNKNOWN the heading of column 7 is none of this list'],
    ],
    [
      'one twice, in two languages',
      [...ALL, 'idNumber'],
      ['HEADING_DOUBLED the column idNumber (证件号码) stands there more than once'],
    ],
    ['a missing one', ALL.slice(1), ['COLUMN_MISSING the required column name (姓名) is missing']],
    [
      'no id number, even where rows say what changes',
      ['票据号', '变更方式'],
      ['COLUMN_MISSING the required column idNumber (证件号码) is missing'],
    ],
    [
      'a name of every object',
      [...ALL, '__proto__', 'constructor'],
      [
        'HEADING_UNKNOWN the heading of column 7 is none of this list',
        'HEADING_UNKNOWN the heading of column 8 is none of this list',
      ],
    ],
  ];
  it.each(unfit)('%s is refused', (_why, headings, problems) => {
    expect(columnsIn(headings)).toEqual(problems);
  });

  it('fit every list in both languages', () => {
    for (const list of [
      'deaths',
      'births',
      'registrations',
      'hardship',
      'disability',
      'students',
      'enrolments',
      'refund-applications',
      'life-events',
      'migrant-workers',
      'residents',
    ] as const) {
      const own = getList(list).columns;
      for (const headings of [own.map(({ zh }) => zh), own.map(({ name }) => name)]) {
        expect(readHeadings(headings, own)).toMatchObject({ ok: true, keys: own.map(({ name }) => name) });
      }
    }
  });
});
