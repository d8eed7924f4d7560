import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawRow } from '../../../src/domain/intake/list-definition.ts';
import { RowGatherer, TableRows } from '../../../src/gateway/bulk-upload/row-batch.ts';
import { SharedStrings } from '../../../src/gateway/bulk-upload/shared-strings.ts';
import { SheetCells } from '../../../src/gateway/bulk-upload/sheet-cells.ts';
import { SheetReader } from '../../../src/gateway/bulk-upload/sheet-reader.ts';
import { XmlReader } from '../../../src/gateway/bulk-upload/xml-reader.ts';
import { getList } from '../../../src/lists/registry.ts';

const options = { columns: getList('deaths').columns };
// Once: their pages are megabytes, and no sheet adds to them.
const strings = new SharedStrings();
strings.add('甲');

/** The rows that a reader makes of a sheet, cut at the places, or why it refuses it. */
function rowsBy(make: (cells: SheetCells) => XmlReader | SheetReader, xml: string, cuts: readonly number[]): unknown {
  const gatherer = new RowGatherer(options);
  const workbook = { sheet: '', dayCount: '1900', strings, dayStyles: [false, true] } as const;
  const reader = make(new SheetCells(workbook, new TableRows(options, gatherer)));
  try {
    let from = 0;
    for (const cut of [...cuts.map((at) => at % xml.length).toSorted((a, b) => a - b), xml.length]) {
      reader.write(xml.slice(from, cut));
      from = cut;
    }
    reader.end();
    return gatherer.end().flatMap(({ rows }): readonly RawRow[] => rows);
  } catch (refused) {
    return (refused as { code: unknown }).code;
  }
}

const bit = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);
const value = bit(
  '张三',
  '1',
  '45658',
  '0',
  '',
  ' ',
  '1e309',
  'a&amp;b',
  '&#24352;',
  '\r\n',
  'a]b',
  ']]>',
  '_x0041_',
  '<!-- x -->',
  '<![CDATA[<v>]]>',
  '&x;',
  '\u0001',
);
const cell = fc
  .tuple(
    bit('A', 'B', 'C', 'E', 'b', 'XFE'),
    bit('', ' s="1"', ' t="s"', ' t="b"', ' t="inlineStr"', ' s="1" t="n"', ' t="str" s="0"', ' t="e"'),
    bit('v', 't', 'f', 'none', 'rich'),
    value,
  )
  .map(([column, attributes, holds, text]) => {
    const inner = {
      v: `<v>${text}</v>`,
      t: `<is><t xml:space="preserve">${text}</t></is>`,
      f: `<f>${text}</f>`,
      none: '',
      rich: `<is><r><t>${text}</t></r><rPh><t>x</t></rPh></is>`,
    }[holds as 'v'];
    return inner === '' ? `<c r="${column}2"${attributes}/>` : `<c r="${column}2"${attributes}>${inner}</c>`;
  });
const plainCell = fc
  .tuple(bit('A', 'B', 'C'), bit('张三', '1'))
  .map(([column, text]) => `<c r="${column}2" t="str"><v>${text}</v></c>`);
const row = fc
  .tuple(
    bit('', ' r="2"', ' r="3"', ' spans="1:3" r="5"', ' r="4" ht="15"', ' r="x"', ' r="1" r="2"'),
    fc.array(fc.oneof({ weight: 3, arbitrary: plainCell }, cell), { maxLength: 3 }),
  )
  .map(([attributes, cells]) => `<row${attributes}>${cells.join('')}</row>`);
const between = bit(
  '',
  '',
  '',
  '',
  '',
  '\n',
  '<row/>',
  '<row r="7"/>',
  '<!-- <row><c r="A2"><v>9</v></c></row> -->',
  '<!-- </row> --><row></row>',
  '<?x </row><row></row> ?>',
  '<![CDATA[</row>]]>',
  '</sheetData><x><sheetData></x>',
  '</sheetData><sheetData>',
);
const HEAD =
  '<row r="1"><c r="A1" t="str"><v>姓名</v></c><c r="B1" t="str"><v>证件号码</v></c><c r="C1" t="str"><v>死亡日期</v></c></row>';
const sheet = fc
  .tuple(
    bit('<sheetData>', '<sheetData a="b">', '<!-- <sheetData> --><sheetData>', '<x:sheetData>'),
    bit(HEAD, HEAD, `${HEAD}\n`),
    fc.array(fc.tuple(row, between), { maxLength: 6 }),
  )
  .map(
    ([begin, head, rows]) =>
      `<?xml version="1.0"?><worksheet>${begin}${head}${rows.flat().join('')}</${begin.includes('x:') ? 'x:' : ''}sheetData><extLst><row><f/></row></extLst></worksheet>`,
  );

describe('rows taken whole', () => {
  it('say what they say to a parser of XML, however the sheet is written and cut', () => {
    fc.assert(
      fc.property(sheet, fc.array(fc.nat(), { maxLength: 6 }), (xml, cuts) => {
        expect(rowsBy((cells) => new SheetReader(cells), xml, cuts)).toEqual(
          rowsBy((cells) => new XmlReader(cells), xml, []),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('are no rows within a comment', () => {
    const person = '<row><c r="A2" t="str"><v>张三</v></c></row>';
    const xml = `<a><sheetData>${HEAD}<!-- ${person}${person} -->${person}</sheetData></a>`;
    for (let cut = 1; cut < xml.length; cut++) {
      expect(rowsBy((cells) => new SheetReader(cells), xml, [cut])).toEqual([{ name: '张三' }]);
    }
  });
});
