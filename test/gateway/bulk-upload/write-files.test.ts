import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allColumns } from '../../../src/domain/intake/headings.ts';
import type { RawRow } from '../../../src/domain/intake/list-definition.ts';
import { textCellReader } from '../../../src/domain/intake/text-cells.ts';
import { readCsv } from '../../../src/gateway/bulk-upload/read-csv.ts';
import { readXlsx } from '../../../src/gateway/bulk-upload/read-xlsx.ts';
import { writeCsv } from '../../../src/gateway/bulk-upload/write-csv.ts';
import { writeXlsx } from '../../../src/gateway/bulk-upload/write-xlsx.ts';
import type { ReturnedRow } from '../../../src/gateway/bulk-upload/write-rows.ts';
import { getList } from '../../../src/lists/registry.ts';
import { gathered, onDisk } from '../../support/file-bytes.ts';

const columns = getList('payments').columns;
const file = allColumns(columns);
const MARK = '=130628:tax li.na 2026-03-02T02:00:00.000Z';

async function* returned(rows: readonly RawRow[], reason = '=退回'): AsyncGenerator<ReturnedRow> {
  for (const row of rows) yield { row, reason };
}

const csvOf = async (rows: readonly RawRow[]): Promise<Buffer> =>
  Buffer.concat(await gathered(writeCsv(file, returned(rows), MARK) as AsyncIterable<Buffer>));
const xlsxOf = async (rows: readonly RawRow[]): Promise<Buffer> =>
  Buffer.concat(await gathered(writeXlsx(file, returned(rows), MARK) as AsyncIterable<Buffer>));

const ways: Readonly<Record<string, (rows: readonly RawRow[]) => Promise<RawRow[]>>> = {
  CSV: async (rows) =>
    (await gathered(readCsv(writeCsv(file, returned(rows), MARK), { columns }))).flatMap((batch) => batch.rows),
  XLSX: async (rows) =>
    onDisk(await xlsxOf(rows), async (fd) =>
      (await gathered(readXlsx(fd, { columns }))).flatMap((batch) => batch.rows),
    ),
};

/** Text with much of what makes spreadsheets, CSV or XML stumble. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(
      ...[
        "'",
        '"',
        '=',
        '+',
        '-',
        '@',
        '＝',
        '－',
        '\t',
        '\r',
        '\n',
        ',',
        ';',
        '<',
        '&',
        '>',
        ']',
        ' ',
        '_x000D_',
        '_',
        'x',
        '0041_',
        '\u0000',
        '\u0001',
        '\uFFFE',
        '\uFEFF',
        '张',
        '𠮷',
        '1',
      ],
    ),
    maxLength: 8,
  }),
);

describe.each(Object.keys(ways))('a %s file of returned rows', (format) => {
  const roundTrip = ways[format]!;

  it('says what it said when it comes back', async () => {
    const row = fc.dictionary(
      fc.constantFrom(...columns.map(({ name }) => name)),
      nasty.filter((text) => text !== ''),
      {
        minKeys: 1,
        noNullPrototype: true,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        expect(await roundTrip(rows)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps typed cells, and an id that lost its digits stays unreadable', async () => {
    const [read] = (
      await roundTrip([{ policyYear: 2026, idNumber: Number('110105194912310021'), change: 'REMOVE' }])
    ).map(textCellReader(columns));
    expect(read).toEqual({ policyYear: 2026, idNumber: '1.1010519491231002e+17', change: 'REMOVE' });
  });
});

describe('spreadsheets', () => {
  const hostile = ['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1', "'=1"];

  it('find no formula in a CSV file', async () => {
    const text = (await csvOf(hostile.map((name) => ({ name })))).toString();
    expect(text.startsWith('\uFEFF"姓名","证件号码"')).toBe(true);
    for (const cell of hostile) expect(text).toContain(`"'${cell}"`);
    expect(text.match(/"'=退回"/g)).toHaveLength(hostile.length);
    expect(text.match(/"'=130628:tax li\.na /g)).toHaveLength(hostile.length);
  });

  it('find text in every cell of an XLSX file', async () => {
    const { fromBufferPromise } = await import('yauzl');
    const zip = await fromBufferPromise(await xlsxOf([{ name: '=1+1', idNumber: '11010519491231002X' }]));
    let xml = '';
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('sheet1.xml')) continue;
      xml = Buffer.concat(await gathered((await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>)).toString();
    }
    expect(xml).not.toMatch(/<f>|<v>/);
    expect(xml).toContain(`<c r="A2" s="1" t="inlineStr"><is><t xml:space="preserve">'=1+1</t></is></c>`);
  });

  it('are told when the rows break off', async () => {
    const broken = async function* (): AsyncGenerator<ReturnedRow> {
      yield { row: { name: '张三' }, reason: '' };
      throw new Error('database gone');
    };
    await expect(gathered(writeXlsx(file, broken(), MARK))).rejects.toThrow('database gone');
    await expect(gathered(writeCsv(file, broken(), MARK))).rejects.toThrow('database gone');
  });
});
