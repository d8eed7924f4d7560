import { describe, expect, test } from 'vitest';
import { columnsOf, textTable } from '../../../src/cli/demo/text-table.ts';

describe('a table on a terminal', () => {
  const widths: ReadonlyArray<[why: string, text: string, columns: number]> = [
    ['Latin letters and digits', 'GY26-0001', 9],
    ['a Chinese character takes two columns', '特困人员', 8],
    ['so does its punctuation', '（一、二级）', 12],
    ['and a full-width digit', '１３', 4],
    ['a rare character of a name', '𠮷', 2],
    ['a middle dot takes one', '·', 1],
    ['nothing', '', 0],
  ];
  test.each(widths)('%s', (_why, text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  test('columns stay under their head whatever is written in them, and lines of a cell below one another', () => {
    expect(
      textTable(
        ['姓名', ['应缴', 'payable']],
        [
          ['王秀英', '40.00'],
          ['Ana', ['1.00', '2.00']],
        ],
      ),
    ).toEqual([
      '姓名   │ 应缴', //
      '       │ payable',
      '───────┼────────',
      '王秀英 │ 40.00',
      'Ana    │ 1.00',
      '       │ 2.00',
    ]);
  });
});
