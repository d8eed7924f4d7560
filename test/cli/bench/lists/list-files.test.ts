import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { gzipFile, writeListFile, type FileFormat } from '../../../../src/cli/bench/lists/list-files.ts';
import { madeRoster } from '../../../../src/cli/bench/lists/made-lists.ts';

const list = madeRoster({ rows: 1_500, persons: 1_500 }, 'first');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'yidang-bench-files-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function written(format: FileFormat): Promise<Buffer> {
  const file = join(dir, `list.${format}`);
  await writeListFile(list, format, file);
  return readFileSync(file);
}

test('NDJSON has the rows as they are, one a line', async () => {
  const lines = (await written('ndjson')).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(Array.from({ length: 1_500 }, (_, index) => list.rowAt(index)));
});

test('CSV has the headings a clerk knows and every row as text', async () => {
  const lines = (await written('csv')).toString().split('\r\n');
  expect(lines).toHaveLength(1_502);
  expect(lines[0]).toBe('姓名,证件号码,身份类别,认定日期,是否农村户口,行政区划代码');
  const { name, idNumber, category, from, ruralHukou, regionCode } = list.rowAt(1_499);
  expect(lines[1_500]).toBe([name, idNumber, category, from, ruralHukou ? '是' : '否', regionCode].join(','));
});

test('compressed files hold the same bytes', async () => {
  const plain = await written('csv');
  expect(gunzipSync(await written('csv.gz'))).toEqual(plain);
  await gzipFile(join(dir, 'list.csv'), join(dir, 'again.gz'));
  expect(gunzipSync(readFileSync(join(dir, 'again.gz')))).toEqual(plain);
});

test('a workbook has every cell as a shared string behind the sheet, in the row and column it belongs to', async () => {
  await written('xlsx');
  const parts = await partsOf(join(dir, 'list.xlsx'));
  const strings = [...parts['xl/sharedStrings.xml']!.matchAll(/<si><t>([^<]*)<\/t><\/si>/g)].map(
    ([, string]) => string,
  );
  const cells = new Map(
    [...parts['xl/worksheets/sheet1.xml']!.matchAll(/<c r="([A-Z]+\d+)" t="s"><v>(\d+)<\/v><\/c>/g)].map(
      ([, place, index]) => [place, strings[Number(index)]],
    ),
  );
  const row = list.rowAt(1_499);
  expect(['A1', 'B1', 'A1501', 'B1501', 'E1501'].map((place) => cells.get(place))).toEqual([
    '姓名',
    '证件号码',
    row['name'],
    row['idNumber'],
    row['ruralHukou'] === true ? '是' : '否',
  ]);
  expect(cells.size).toBe(1_501 * 6);
  expect(strings.filter((string) => string === '是')).toHaveLength(1);
});

async function partsOf(file: string): Promise<Record<string, string>> {
  const zip = await yauzl.openPromise(file);
  const parts: Record<string, string> = {};
  for await (const entry of zip.eachEntry()) parts[entry.fileName] = await text(await zip.openReadStreamPromise(entry));
  return parts;
}
