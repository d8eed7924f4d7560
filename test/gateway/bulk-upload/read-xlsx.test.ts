import { describe, expect, it } from 'vitest';
import { readXlsx } from '../../../src/gateway/bulk-upload/read-xlsx.ts';
import { getList } from '../../../src/lists/registry.ts';
import { gathered, onDisk, workbookParts, zipOf } from '../../support/file-bytes.ts';

const columns = getList('payments').columns;

const rowsOf = (bytes: Uint8Array): Promise<unknown[]> =>
  onDisk(bytes, async (fd) => (await gathered(readXlsx(fd, { columns }))).flatMap(({ rows }) => rows));

const answerTo = (bytes: Uint8Array): Promise<unknown> =>
  rowsOf(bytes).catch(({ status, code }: { status?: number; code: string }) => `${status} ${code}`);

const text = (cell: string): string => `<c t="inlineStr"><is><t>${cell}</t></is></c>`;
const HEAD = `<row r="1">${['变更方式', '证件号码', '缴费日期', '缴费金额（元）', '姓名'].map(text).join('')}</row>`;
const ROW = `<row r="2"><c r="B2" t="inlineStr"><is><t>1</t></is></c></row>`;

type Extras = Parameters<typeof workbookParts>[1];
const STYLES = `<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="177" formatCode="[Red]0.00&quot;yd&quot;"/></numFmts>
  <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
  <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/><xf numFmtId="31"/></cellXfs>`;

describe('a cell of an XLSX file', () => {
  const readable: ReadonlyArray<[why: string, xml: string, cells: unknown, extras?: Extras]> = [
    [
      'shared text',
      '<c r="B2" t="s"><v>1</v></c>',
      { idNumber: '乙' },
      { strings: '<si><t>甲</t></si><si><t>乙</t></si>' },
    ],
    [
      'shared text in runs, with a reading beside it',
      '<c r="B2" t="s"><v>0</v></c>',
      { idNumber: '张 三' },
      {
        strings:
          '<si><r><rPr/><t>张</t></r><r><t xml:space="preserve"> 三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh></si>',
      },
    ],
    [
      'text within the cell',
      '<c r="B2" t="inlineStr"><is><r><t>张</t></r><r><t>三</t></r><rPh><t>x</t></rPh></is></c>',
      { idNumber: '张三' },
    ],
    ['text that a program wrote as a result', '<c r="B2" t="str"><v>张三</v></c>', { idNumber: '张三' }],
    [
      'text with characters escaped',
      '<c r="B2" t="str"><v>a_x000D_b_x005F_x000D_&lt;&#24352;</v></c>',
      { idNumber: 'a\rb_x000D_<张' },
    ],
    ['CDATA', '<c r="B2" t="str"><v><![CDATA[<张>]]></v></c>', { idNumber: '<张>' }],
    [
      'an id that is a number',
      '<c r="B2"><v>1.1010519491231002E+17</v></c>',
      { idNumber: Number('110105194912310020') },
    ],
    ['a decimal', '<c r="D2"><v>380.10000000000002</v></c>', { amount: 380.1 }],
    ['a number too large', '<c r="D2"><v>1e309</v></c>', { amount: '1e309' }],
    ['yes', '<c r="B2" t="b"><v>1</v></c>', { idNumber: true }],
    ['a day', '<c r="C2" s="1"><v>45658</v></c>', { paidOn: '2025-01-01' }, { styles: STYLES }],
    ['a day with a time', '<c r="C2" s="1"><v>45658.99</v></c>', { paidOn: '2025-01-01' }, { styles: STYLES }],
    [
      'a day in a Chinese format',
      '<c r="C2" s="2"><v>60</v></c><c r="D2" s="4"><v>61</v></c>',
      { paidOn: 60, amount: '1900-03-01' },
      { styles: STYLES },
    ],
    ['the first day of all', '<c r="C2" s="1"><v>1</v></c>', { paidOn: '1900-01-01' }, { styles: STYLES }],
    [
      'a day counted from 1904',
      '<c r="C2" s="1"><v>0</v></c>',
      { paidOn: '1904-01-01' },
      { styles: STYLES, workbook: '<workbookPr date1904="1"/>' },
    ],
    ['a day after the last one', '<c r="C2" s="1"><v>2958466</v></c>', { paidOn: 2958466 }, { styles: STYLES }],
    ['a number that only looks red', '<c r="C2" s="3"><v>45658</v></c>', { paidOn: 45658 }, { styles: STYLES }],
    ['a serial number without a format', '<c r="C2"><v>45658</v></c>', { paidOn: 45658 }, { styles: STYLES }],
    ['a day as text of its own kind', '<c r="C2" t="d"><v>2025-01-01T00:00:00</v></c>', { paidOn: '2025-01-01' }],
    [
      'cells without references',
      '<c t="str"><v>新增</v></c><c/><c t="str"><v>x</v></c>',
      { change: '新增', paidOn: 'x' },
    ],
    ['a cell beside the headings', '<c r="B2"><v>1</v></c><c r="G2"><v>2</v></c>', { idNumber: 1, '?7': 2 }],
    ['a cell guarded against formulas', `<c r="B2" t="str"><v>'=1</v></c>`, { idNumber: '=1' }],
    ['elements with a prefix', '<x:c xmlns:x="y" r="B2" t="str"><x:v>1</x:v></x:c>', { idNumber: '1' }],
  ];
  it.each(readable)('%s is read', async (_why, xml, cells, extras) => {
    const bytes = await zipOf(workbookParts(`${HEAD}<row r="2">${xml}</row>`, extras));
    expect(await rowsOf(bytes)).toEqual([cells]);
  });
});

describe('an XLSX file', () => {
  it('counts blank rows between others, not those at its end, and needs no numbers of rows', async () => {
    const filled = '<row r="5"><c r="B5"><v>1</v></c></row>';
    const bytes = await zipOf(
      workbookParts(
        `<row r="1"/>${HEAD.replace('r="1"', 'r="2"')}<row r="3"><c r="A3" s="1"/></row>${filled}<row r="6"/><row r="9"><c r="A9"/></row>`,
      ),
    );
    expect(await rowsOf(bytes)).toEqual([{}, {}, { idNumber: 1 }]);
    const unnumbered = await zipOf(workbookParts(`${HEAD.replace(' r="1"', '')}<row><c><v>1</v></c></row>`));
    expect(await rowsOf(unnumbered)).toEqual([{ change: 1 }]);
  });

  it('may have formulas outside its cells', async () => {
    const parts = workbookParts(`${HEAD}${ROW}`);
    parts['xl/worksheets/sheet1.xml'] = parts['xl/worksheets/sheet1.xml']!.replace(
      '</sheetData>',
      '</sheetData><extLst><f>A1</f></extLst>',
    );
    expect(await rowsOf(await zipOf(parts))).toEqual([{ idNumber: '1' }]);
  });

  it('leaves no file and no memory behind when its reader stops early', async () => {
    const bytes = await zipOf(
      workbookParts(`${HEAD}${Array.from({ length: 5_000 }, () => '<row><c/><c><v>1</v></c></row>').join('')}`),
    );
    await onDisk(bytes, async (fd) => {
      for await (const batch of readXlsx(fd, { columns })) {
        expect(batch.rows).toHaveLength(1_000);
        break;
      }
    });
  });

  const sheet = (rows: string, extras?: Extras): Promise<Buffer> => zipOf(workbookParts(rows, extras));
  const parts = workbookParts(`${HEAD}${ROW}`);
  const replaced = (part: string, from: string, to: string): Promise<Buffer> =>
    zipOf({ ...parts, [part]: parts[part]!.replace(from, to) });
  const patched = async (change: (bytes: Buffer) => void): Promise<Buffer> => {
    const bytes = await zipOf(parts);
    change(bytes);
    return bytes;
  };
  /** The central record of an entry, counted from 0. */
  const record = (bytes: Buffer, number: number): number => {
    let at = -1;
    for (let count = 0; count <= number; count++) at = bytes.indexOf('PK\x01\x02', at + 1, 'latin1');
    return at;
  };

  const unfit: ReadonlyArray<[why: string, answer: string, bytes: () => Promise<Uint8Array>]> = [
    ['nothing', '400 NO_ROWS', async () => Buffer.alloc(0)],
    ['no archive', '400 FILE_BROKEN', async () => Buffer.from('姓名,证件号码')],
    ['an archive of something else', '400 FILE_BROKEN', () => zipOf({ 'a.txt': 'x' })],
    ['an archive within an archive', '400 FILE_BROKEN', async () => zipOf({ 'a.zip': await zipOf(parts) })],
    [
      'an old or encrypted workbook',
      '400 FILE_IS_ENCRYPTED',
      async () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]),
    ],
    ['headings only', '400 NO_ROWS', () => sheet(HEAD)],
    ['no rows at all', '400 NO_ROWS', () => sheet('')],
    [
      'unknown headings',
      '400 HEADINGS_DO_NOT_FIT',
      () => sheet(`<row r="1">${text('证件号码')}${text('张三')}</row>${ROW}`),
    ],
    ['16,384 headings', '400 HEADINGS_DO_NOT_FIT', () => sheet(`<row r="1">${text('x').repeat(7_000)}</row>${ROW}`)],
    [
      'a row of 16,384 cells',
      '400 ROW_TOO_LONG',
      () => sheet(`${HEAD}<row r="2">${'<c><v>1</v></c>'.repeat(16_384)}</row>`),
    ],
    ['a cell too long', '400 ROW_TOO_LONG', () => sheet(`${HEAD}<row r="2">${text('x'.repeat(70_000))}</row>`)],
    ['a formula', '400 FILE_HAS_FORMULAS', () => sheet(`${HEAD}<row r="2"><c r="B2"><f>1+1</f><v>2</v></c></row>`)],
    [
      'an error cell',
      '400 FILE_HAS_ERROR_CELLS',
      () => sheet(`${HEAD}<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>`),
    ],
    [
      'shared text that is not there',
      '400 FILE_BROKEN',
      () => sheet(`${HEAD}<row r="2"><c r="B2" t="s"><v>7</v></c></row>`),
    ],
    [
      'a cell beyond the last column',
      '400 FILE_BROKEN',
      () => sheet(`${HEAD}<row r="2"><c r="XFE2"><v>7</v></c></row>`),
    ],
    ['cells out of order', '400 FILE_BROKEN', () => sheet(`${HEAD}<row r="2"><c r="B2"/><c r="A2"/></row>`)],
    ['rows out of order', '400 FILE_BROKEN', () => sheet(`${HEAD}<row r="3"/><row r="3"/>`)],
    ['a row beyond the last', '400 FILE_BROKEN', () => sheet(`${HEAD}<row r="1048577"/>`)],
    ['XML that breaks off', '400 FILE_BROKEN', () => sheet(`${HEAD}<row r="2">`)],
    ['XML nested without end', '400 FILE_BROKEN', () => sheet(`${HEAD}${'<a>'.repeat(1_000)}${'</a>'.repeat(1_000)}`)],
    ['a tag without end', '400 FILE_BROKEN', () => sheet(`${HEAD}<row a="${'x'.repeat(3_000_000)}"`)],
    ['an entity', '400 FILE_BROKEN', () => sheet(`${HEAD}<row r="2">${text('&x;')}</row>`)],
    [
      'a document type with an external entity',
      '400 FILE_BROKEN',
      () =>
        replaced(
          'xl/worksheets/sheet1.xml',
          '<worksheet>',
          '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>',
        ),
    ],
    [
      'a document type in the shared text',
      '400 FILE_BROKEN',
      () => sheet(`${HEAD}${ROW}`, { strings: '</sst><!DOCTYPE x><sst>' }),
    ],
    [
      'UTF-16 in a part',
      '415 UNSUPPORTED_CHARSET',
      () => zipOf({ ...parts, 'xl/worksheets/sheet1.xml': Buffer.from(`\uFEFF<a/>`, 'utf16le') }),
    ],
    ['macros', '415 UNSUPPORTED_MEDIA_TYPE', () => zipOf({ ...parts, 'xl/vbaProject.bin': 'x' })],
    [
      'macros by its type',
      '415 UNSUPPORTED_MEDIA_TYPE',
      () => replaced('[Content_Types].xml', 'application/xml', 'application/vnd.ms-excel.sheet.macroEnabled.main+xml'),
    ],
    ['a binary workbook', '415 UNSUPPORTED_MEDIA_TYPE', () => replaced('_rels/.rels', 'workbook.xml', 'workbook.bin')],
    [
      'a sheet elsewhere',
      '400 FILE_BROKEN',
      () =>
        replaced(
          'xl/_rels/workbook.xml.rels',
          'Target="/xl/worksheets/sheet1.xml"',
          'Target="http://127.0.0.1/sheet1.xml" TargetMode="External"',
        ),
    ],
    [
      'an encrypted part',
      '400 FILE_IS_ENCRYPTED',
      () => patched((bytes) => bytes.writeUInt16LE(bytes.readUInt16LE(record(bytes, 0) + 8) | 1, record(bytes, 0) + 8)),
    ],
    [
      'a symbolic link',
      '400 FILE_BROKEN',
      () => patched((bytes) => bytes.writeUInt32LE((0o120777 << 16) >>> 0, record(bytes, 0) + 38)),
    ],
    [
      'parts that overlap',
      '400 FILE_BROKEN',
      () => patched((bytes) => bytes.writeUInt32LE(bytes.readUInt32LE(record(bytes, 0) + 42), record(bytes, 3) + 42)),
    ],
    [
      'a part that is larger than it says',
      '400 FILE_BROKEN',
      () => patched((bytes) => bytes.writeUInt32LE(20, record(bytes, 6) + 24)),
    ],
    ['a wrong check sum', '400 FILE_BROKEN', () => patched((bytes) => bytes.writeUInt32LE(1, record(bytes, 6) + 16))],
    ['a part that is there twice', '400 FILE_BROKEN', () => zipOf({ ...parts, 'XL/workbook.xml': 'x' })],
    [
      'a path upwards',
      '400 FILE_BROKEN',
      () => patched((bytes) => bytes.write('../', record(bytes, 6) + 46, 'latin1')),
    ],
    [
      'too many parts',
      '413 BODY_TOO_LARGE',
      () => zipOf(Object.fromEntries(Array.from({ length: 10_001 }, (_one, index) => [`${index}`, '']))),
    ],
    [
      'a part that becomes a thousand times as large',
      '413 BODY_TOO_LARGE',
      () => sheet(`${HEAD}${' '.repeat(20_000_000)}`),
    ],
    ['an archive cut off', '400 FILE_BROKEN', async () => (await zipOf(parts)).subarray(0, -30)],
  ];
  it.each(unfit)('with %s is answered %s', async (_why, answer, bytes) => {
    expect(await answerTo(await bytes())).toBe(answer);
  });

  it('says where a formula stands, and not what it is', async () => {
    const bytes = await sheet(`${HEAD}<row r="7"><c r="C7"><f>HYPERLINK("http://x")</f></c></row>`);
    const error = (await rowsOf(bytes).catch((refused: unknown) => refused)) as { zh: string };
    expect(error.zh).toContain('第 7 行第 3 列');
    expect(JSON.stringify(error)).not.toContain('HYPERLINK');
  });
});
