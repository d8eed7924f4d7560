import { describe, expect, it } from 'vitest';
import { readCsv, type ReadCsvOptions } from '../../../src/gateway/bulk-upload/read-csv.ts';
import { getList } from '../../../src/lists/registry.ts';
import { gathered, inPieces } from '../../support/file-bytes.ts';

const columns = getList('deaths').columns;
const HEAD = '姓名,证件号码,死亡日期';
const ROW = '张三,11010519491231002X,2025-01-01';
const SENT = { name: '张三', idNumber: '11010519491231002X', diedOn: '2025-01-01' };

async function rowsOf(
  bytes: Uint8Array | string,
  options: Partial<ReadCsvOptions> = {},
  pieces?: number,
): Promise<unknown[]> {
  const batches = await gathered(readCsv(inPieces(bytes, pieces), { columns, ...options }));
  return batches.flatMap(({ rows }) => rows);
}

const refusal = (bytes: Uint8Array | string, options: Partial<ReadCsvOptions> = {}): Promise<unknown> =>
  rowsOf(bytes, options).then(
    () => 'taken',
    ({ status, code }: { status: number; code: string }) => `${status} ${code}`,
  );

/** Chinese text of the tests in GB18030; Node has no encoder for it. */
const GB: Readonly<Record<string, number[]>> = {
  姓: [0xd0, 0xd5],
  名: [0xc3, 0xfb],
  证: [0xd6, 0xa4],
  件: [0xbc, 0xfe],
  号: [0xba, 0xc5],
  码: [0xc2, 0xeb],
  死: [0xcb, 0xc0],
  亡: [0xcd, 0xf6],
  日: [0xc8, 0xd5],
  期: [0xc6, 0xda],
  张: [0xd5, 0xc5],
  三: [0xc8, 0xfd],
  // A character of GBK with a second byte among the ASCII letters, and one of four bytes.
  喆: [0x86, 0xb4],
  㐀: [0x81, 0x39, 0xee, 0x39],
};
const gb18030 = (text: string): Buffer => Buffer.from([...text].flatMap((one) => GB[one] ?? [one.charCodeAt(0)]));
const BIG5_HEAD = 'a96da6572cc3d2a5f3b8b9bd582ca6baa460a4e9b4c10a'; // 姓名,證件號碼,死亡日期
const big5 = Buffer.concat([Buffer.from(BIG5_HEAD, 'hex'), Buffer.from('1,2,3\n')]);

describe('a CSV file', () => {
  const readable: ReadonlyArray<[why: string, bytes: Uint8Array | string, rows: readonly unknown[]]> = [
    ['in UTF-8', `${HEAD}\n${ROW}\n`, [SENT]],
    ['with a byte order mark and Windows line ends', `\uFEFF${HEAD}\r\n${ROW}\r\n`, [SENT]],
    ['without a last line end', `${HEAD}\n${ROW}`, [SENT]],
    ['with tabs', `${HEAD}\n${ROW}`.replaceAll(',', '\t'), [SENT]],
    ['with semicolons', `${HEAD}\n${ROW}`.replaceAll(',', ';'), [SENT]],
    ['in GB18030', gb18030(`${HEAD}\n${ROW}\n喆㐀,1,2\n`), [SENT, { name: '喆㐀', idNumber: '1', diedOn: '2' }]],
    ['in GB18030 after English headings', gb18030(`name,idNumber,diedOn\n${ROW}\n`), [SENT]],
    [
      'with quotation marks',
      `"姓名","证件号码","死亡日期"\n"张""三,\n四","1","2"\n${ROW}\n`,
      [{ name: '张"三,\n四', idNumber: '1', diedOn: '2' }, SENT],
    ],
    ['with an empty cell', `${HEAD}\n张三,,2025-01-01\n`, [{ name: '张三', diedOn: '2025-01-01' }]],
    ['with a short row', `${HEAD}\n张三\n`, [{ name: '张三' }]],
    ['with a long row, which keeps its surplus', `${HEAD}\n${ROW},x,y\n`, [{ ...SENT, '?4': 'x', '?5': 'y' }]],
    ['with blank lines, and blank rows at its end', `\n\n${HEAD}\n\n${ROW}\n\n,,\n,,\n\n`, [SENT]],
    ['with a blank row between others, which counts', `${HEAD}\n${ROW}\n,,\n${ROW}\n`, [SENT, {}, SENT]],
    [
      'with a cell guarded against formulas',
      `${HEAD}\n'=1+1,'＋1,'x\n`,
      [{ name: '=1+1', idNumber: '＋1', diedOn: "'x" }],
    ],
    [
      'with formulas, which are text',
      `${HEAD}\n=1+1,@x,"=""x"""\n`,
      [{ name: '=1+1', idNumber: '@x', diedOn: '="x"' }],
    ],
    [
      'with names of every object',
      `${HEAD}\n__proto__,constructor,toString\n`,
      [{ name: '__proto__', idNumber: 'constructor', diedOn: 'toString' }],
    ],
    ['with spaces, which are kept', `${HEAD}\n 张三 , 1,2 \n`, [{ name: ' 张三 ', idNumber: ' 1', diedOn: '2 ' }]],
  ];
  it.each(readable)('%s is read, however it is cut', async (_why, bytes, rows) => {
    for (const size of [1, 2, 3, 7, 65_536]) expect(await rowsOf(bytes, {}, size)).toEqual(rows);
  });

  const unfit: ReadonlyArray<[why: string, answer: string, bytes: Uint8Array | string, charset?: string]> = [
    ['nothing', '400 NO_ROWS', ''],
    ['headings only', '400 NO_ROWS', `${HEAD}\n`],
    ['headings and blank rows only', '400 NO_ROWS', `${HEAD}\n,,\n\n`],
    ['unknown headings', '400 HEADINGS_DO_NOT_FIT', `${HEAD},x\n${ROW}\n`],
    ['UTF-16 with a byte order mark', '415 UNSUPPORTED_CHARSET', Buffer.from(`\uFEFF${HEAD}\n${ROW}\n`, 'utf16le')],
    ['UTF-16 without one', '415 UNSUPPORTED_CHARSET', Buffer.from(`name,idNumber,diedOn\n${ROW}\n`, 'utf16le')],
    ['UTF-16 that is declared', '415 UNSUPPORTED_CHARSET', `${HEAD}\n${ROW}\n`, 'utf-16le'],
    ['Big5 that is declared', '415 UNSUPPORTED_CHARSET', big5, 'big5'],
    ['Big5 that is not', '415 UNSUPPORTED_CHARSET', big5],
    ['GB18030 declared as UTF-8', '415 UNSUPPORTED_CHARSET', gb18030(`${HEAD}\n${ROW}\n`), 'utf-8'],
    [
      'an overlong byte after UTF-8',
      '415 UNSUPPORTED_CHARSET',
      Buffer.concat([Buffer.from(`${HEAD}\n`), Buffer.from([0xc0, 0xaf])]),
    ],
    [
      'bytes of no encoding',
      '415 UNSUPPORTED_CHARSET',
      Buffer.concat([Buffer.from('name,idNumber,diedOn\n'), Buffer.from([0xff, 0xff])]),
    ],
    ['a character cut off', '415 UNSUPPORTED_CHARSET', Buffer.from(`${HEAD}\n张`).subarray(0, -1)],
    ['a quotation mark never closed', '400 FILE_BROKEN', `${HEAD}\n"张三,1,2\n${ROW}\n`],
    [
      'a quotation mark never closed in a large file',
      '400 ROW_TOO_LONG',
      `${HEAD}\n"张三,1,2\n${`${ROW}\n`.repeat(9_000)}`,
    ],
    ['a quotation mark within a cell', '400 FILE_BROKEN', `${HEAD}\n张"三,1,2"\n`],
    ['a row too long', '400 ROW_TOO_LONG', `${HEAD}\n${'张'.repeat(70_000)},1,2\n`],
    ['a row too long within quotation marks', '400 ROW_TOO_LONG', `${HEAD}\n"${'张'.repeat(70_000)}",1,2\n`],
    ['a line that never ends', '400 ROW_TOO_LONG', `${HEAD}\n${'1'.repeat(1_000_000)}`],
  ];
  it.each(unfit)('%s is answered %s', async (_why, answer, bytes, charset) => {
    expect(await refusal(bytes, { charset: charset ?? null })).toBe(answer);
  });

  it('is taken with as many rows as the limit says, and no more', async () => {
    expect(await rowsOf(`${HEAD}\n${`${ROW}\n`.repeat(3)}`, { mostRows: 3 })).toHaveLength(3);
    expect(await refusal(`${HEAD}\n${`${ROW}\n`.repeat(4)}`, { mostRows: 3 })).toBe('413 TOO_MANY_ROWS');
  });

  it('comes in batches of a thousand rows, each with the columns of the file', async () => {
    const batches = await gathered(readCsv(inPieces(`${HEAD}\n${`${ROW}\n`.repeat(2_500)}`), { columns }));
    expect(batches.map(({ rows }) => rows.length)).toEqual([1_000, 1_000, 500]);
    const told = [
      { column: 'name', heading: '姓名' },
      { column: 'idNumber', heading: '证件号码' },
      { column: 'diedOn', heading: '死亡日期' },
    ];
    for (const batch of batches) expect(batch.columns).toEqual(told);
  });

  it('never repeats what it says in a refusal', async () => {
    const error = await rowsOf(`姓名,王小明的身份证\n${ROW}\n`).catch((refused: unknown) => refused);
    expect(JSON.stringify(error) + String(error) + (error as { zh: string }).zh).not.toContain('王小明');
    expect((error as { zh: string }).zh).toContain('第 2 列');
  });
});
