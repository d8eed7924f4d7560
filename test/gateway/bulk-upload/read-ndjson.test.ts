import { describe, expect, it } from 'vitest';
import { checkRow } from '../../../src/domain/intake/check-row.ts';
import type { RawRow } from '../../../src/domain/intake/list-definition.ts';
import { readNdjson } from '../../../src/gateway/bulk-upload/read-ndjson.ts';
import { getList } from '../../../src/lists/registry.ts';
import { gathered, inPieces } from '../../support/file-bytes.ts';

const deaths = getList('deaths');
const ROW = '{"name":"张三","idNumber":"11010519491231002X","diedOn":"2025-01-01"}';

const rowsOf = async (bytes: Uint8Array | string, size?: number): Promise<RawRow[]> =>
  (await gathered(readNdjson(inPieces(bytes, size), { columns: deaths.columns }))).flatMap(({ rows }) => rows);

const codesOf = (row: RawRow): readonly string[] =>
  checkRow(row, 0, deaths, '2026-01-01').findings.map(({ code }) => code);

describe('an NDJSON file', () => {
  it('is read line by line, however it is cut', async () => {
    const text = `\uFEFF${ROW}\r\n\n  \n${ROW}\n${ROW}`;
    for (const size of [1, 2, 7, 65_536]) expect(await rowsOf(text, size)).toEqual(Array(3).fill(JSON.parse(ROW)));
  });

  it('may name columns in Chinese, but not the same one twice', async () => {
    const [chinese, twice] = await rowsOf('{"姓名":"张三","diedOn":"2025-01-01"}\n{"姓名":"张三","name":"李四"}');
    expect(chinese).toEqual({ name: '张三', diedOn: '2025-01-01' });
    expect(codesOf(twice!)).toContain('COLUMN_UNKNOWN');
  });

  const unreadable = [
    '[1,2]',
    '"张三"',
    '5',
    'null',
    'true',
    '{',
    '{"name":}',
    '{"name":"张三","name":"李四"}',
    "{'name':1}",
    '<row/>',
    `{"name":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
  ];
  it.each(unreadable)('keeps a line that is no row, and rejects it for that alone: %s', async (line) => {
    const rows = await rowsOf(`${ROW}\n${line}\n${ROW}\n`);
    expect(rows).toHaveLength(3);
    expect(codesOf(rows[1]!)).toEqual(['ROW_UNREADABLE']);
    // What is kept goes through JSON, which must not break on it.
    expect(JSON.parse(JSON.stringify(rows[1]))).toEqual(rows[1]);
  });

  it('is not harmed by members that every object has', async () => {
    const [row] = await rowsOf('{"__proto__":{"name":"李四"},"constructor":1,"姓名":"张三","name2":1,"name3":2}');
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(row!['name']).toBe('张三');
    expect(codesOf(row!)).toContain('COLUMN_UNKNOWN');
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
  });

  const unfit: ReadonlyArray<[why: string, answer: string, bytes: Uint8Array | string]> = [
    ['nothing', '400 NO_ROWS', ''],
    ['blank lines only', '400 NO_ROWS', '\n\n \n'],
    ['a line too long', '400 ROW_TOO_LONG', `{"name":"${'张'.repeat(70_000)}"}\n`],
    ['a line that never ends', '400 ROW_TOO_LONG', '1'.repeat(1_000_000)],
    ['GB18030', '415 UNSUPPORTED_CHARSET', Buffer.from([0x7b, 0xd5, 0xc5, 0x7d])],
    ['UTF-16', '415 UNSUPPORTED_CHARSET', Buffer.from(`\uFEFF${ROW}`, 'utf16le')],
  ];
  it.each(unfit)('%s is answered %s', async (_why, answer, bytes) => {
    const told = await rowsOf(bytes).catch(({ status, code }: { status: number; code: string }) => `${status} ${code}`);
    expect(told).toBe(answer);
  });
});
