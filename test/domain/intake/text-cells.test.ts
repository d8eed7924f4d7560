import { describe, expect, it } from 'vitest';
import { checkRow } from '../../../src/domain/intake/check-row.ts';
import { textCellReader } from '../../../src/domain/intake/text-cells.ts';
import type { ListName } from '../../../src/domain/intake/words.ts';
import { getList } from '../../../src/lists/registry.ts';

const cellRead = (list: ListName, column: string, cell: unknown): unknown =>
  textCellReader(getList(list).columns)({ [column]: cell })[column];

/** What the checks make of the cell once read: its value, or the codes for which it is rejected. */
function judged(list: ListName, column: string, cell: unknown): unknown {
  const rules = getList(list);
  const { cells, findings } = checkRow(textCellReader(rules.columns)({ [column]: cell }), 0, rules, '2026-01-01');
  return cells[column] ?? findings.filter((finding) => finding.column === column).map(({ code }) => code);
}

describe('cells of text files', () => {
  const believed: ReadonlyArray<[why: string, list: ListName, column: string, cell: unknown, value: unknown]> = [
    ['a whole number', 'payments', 'policyYear', ' 2026 ', 2026],
    ['nought', 'enrolments', 'backPaidMonths', '0', 0],
    ['yes', 'hardship', 'liftedHousehold', '是', true],
    ['yes in English', 'hardship', 'liftedHousehold', 'TRUE', true],
    ['yes as a letter', 'hardship', 'liftedHousehold', 'Y', true],
    ['no as a digit', 'hardship', 'liftedHousehold', '0', false],
    ['no as a number of a sheet', 'hardship', 'liftedHousehold', 0, false],
    ['a cell of a sheet that is yes', 'hardship', 'liftedHousehold', true, true],
    ['a code', 'payments', 'channel', 'ONLINE', 'ONLINE'],
    ['its meaning', 'payments', 'channel', '网上缴费', 'ONLINE'],
    ['its meaning with a space before', 'payments', 'channel', ' 税务征收(办税服务厅)', 'TAX_OFFICE'],
    ['the first part of its meaning', 'payments', 'idType', '居民身份证', 'RESIDENT_ID'],
    ['the part in brackets', 'students', 'stage', '中专', 'VOCATIONAL'],
    ['a change', 'payments', 'change', '减少', 'REMOVE'],
    ['an amount', 'payments', 'amount', ' 380.50 ', 38050],
    ['an amount that a sheet holds as a number', 'payments', 'amount', 380.1, 38010],
    ['a region that a sheet holds as a number', 'payments', 'regionCode', 130628103, '130628103'],
    ['a day as it should be', 'payments', 'paidOn', '2025-01-02', '2025-01-02'],
    ['a day with strokes', 'payments', 'paidOn', '2025/1/2', '2025-01-02'],
    ['a day with points', 'payments', 'paidOn', '2025.1.2', '2025-01-02'],
    ['a day in Chinese', 'payments', 'paidOn', '2025年1月2日', '2025-01-02'],
    ['a day in digits', 'payments', 'paidOn', '20250102', '2025-01-02'],
    ['a day in digits that a sheet holds as a number', 'payments', 'paidOn', 20250102, '2025-01-02'],
  ];
  it.each(believed)('%s is believed', (_why, list, column, cell, value) => {
    expect(judged(list, column, cell)).toBe(value);
  });

  const rejected: ReadonlyArray<[list: ListName, column: string, cell: unknown, code: string]> = [
    ...['NaN', '1e309', '0x10', '1,000.00', '-0', '9007199254740993', '9'.repeat(99), '2026.0', '０'].map(
      (cell) => ['payments', 'policyYear', cell, 'VALUE_WRONG_KIND'] as [ListName, string, unknown, string],
    ),
    ...['NaN', '1e309', '0x10', '1,000.00', '-0', '-5', '+5', '380.005', '９'].map(
      (cell) => ['payments', 'amount', cell, 'MONEY_NOT_DECIMAL'] as [ListName, string, unknown, string],
    ),
    ...[-0, 1e21, 380.005, -5, 2 ** 53, true].map(
      (cell) => ['payments', 'amount', cell, 'MONEY_NOT_DECIMAL'] as [ListName, string, unknown, string],
    ),
    ...[
      '2024-02-30',
      '2024/2/30',
      '0000-01-01',
      '10000-01-01',
      '45321',
      45321,
      '2025/1-2',
      '25-1-2',
      '2025-13-01',
      '20251301',
      '2025-01-02 10:00',
    ].map((cell) => ['payments', 'paidOn', cell, 'DAY_NOT_ON_CALENDAR'] as [ListName, string, unknown, string]),
    ['payments', 'paidOn', '2026/1/2', 'DAY_IN_FUTURE'],
    ['payments', 'policyYear', '-5', 'NUMBER_OUT_OF_RANGE'],
    ['payments', 'channel', '现金', 'WORD_UNKNOWN'],
    ['payments', 'channel', 'toString', 'WORD_UNKNOWN'],
    ['hardship', 'liftedHousehold', '不详', 'VALUE_WRONG_KIND'],
    ['hardship', 'liftedHousehold', 2, 'VALUE_WRONG_KIND'],
    ['payments', 'idNumber', Number('11010519491231002'), 'ID_NUMBER_NOT_TEXT'],
    ['payments', 'regionCode', 1.5, 'REGION_CODE_MALFORMED'],
    ['payments', 'name', 5, 'VALUE_WRONG_KIND'],
  ];
  it.each(rejected)('%s %s %s is rejected', (list, column, cell, code) => {
    expect(judged(list, column, cell)).toEqual([code]);
  });

  it('leaves the row as it was sent alone', () => {
    const sent = Object.freeze({ policyYear: '2026', '?9': 'stray', name: ' 张三' });
    expect(textCellReader(getList('payments').columns)(sent)).toEqual({
      policyYear: 2026,
      '?9': 'stray',
      name: ' 张三',
    });
    expect(sent.policyYear).toBe('2026');
  });

  it('takes part of a meaning for a word only where one word alone has it', () => {
    const words = { HALL: '缴费(大厅)', POST: '缴费(邮政)' };
    const read = textCellReader([{ name: 'way', zh: '方式', required: false, holds: { kind: 'word', words } }]);
    expect(['大厅', '邮政', '缴费'].map((way) => read({ way })['way'])).toEqual(['HALL', 'POST', '缴费']);
  });

  it('keeps what it cannot read', () => {
    expect(cellRead('payments', 'channel', '张三')).toBe('张三');
  });
});
