import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DiskFile, drawFileKey, writeHidden } from '../../../src/gateway/bulk-upload/disk-file.ts';
import { readXlsx } from '../../../src/gateway/bulk-upload/read-xlsx.ts';
import { readXlsxApart } from '../../../src/gateway/bulk-upload/xlsx-process.ts';
import { getList } from '../../../src/lists/registry.ts';
import { gathered, workbookParts, zipOf } from '../../support/file-bytes.ts';

let folder: string;
let file: FileHandle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yidang-hidden-'));
});
afterAll(async () => {
  await file?.close();
  await rm(folder, { recursive: true, force: true });
});

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** Writes bytes hidden to a file of their own, and gives its place. */
async function hide(name: string, bytes: Buffer, key: Buffer): Promise<string> {
  await file?.close();
  const path = join(folder, name);
  file = await open(path, 'wx+');
  await writeHidden(file, key, inChunks(bytes, 77));
  return path;
}

it('what is written hidden tells nothing on the disk, and is read from anywhere with its key', async () => {
  const bytes = Buffer.concat([Buffer.from('证件号码130628199003070013'), randomBytes(1_000), Buffer.alloc(1_000)]);
  const key = drawFileKey();
  const path = await hide('any', bytes, key);
  const lies = await readFile(path);
  expect(lies).toHaveLength(bytes.length);
  expect(lies.includes('130628199003070013')).toBe(false);
  expect(lies.includes(Buffer.alloc(16))).toBe(false);

  const read = new DiskFile(file.fd, key);
  expect(await read.start(30)).toEqual(bytes.subarray(0, 30));
  for (const [from, to] of [
    [0, 1],
    [15, 17],
    [16, 32],
    [17, 1_999],
    [1_999, bytes.length],
  ] as const) {
    expect(await buffer(read._readStreamForRange(from, to))).toEqual(bytes.subarray(from, to));
    const into = Buffer.alloc(to - from + 3);
    await new Promise((resolve) => read.read(into, 3, to - from, from, resolve));
    expect(into.subarray(3)).toEqual(bytes.subarray(from, to));
  }
  expect(await buffer(new DiskFile(file.fd, drawFileKey())._readStreamForRange(0, 30))).not.toEqual(
    bytes.subarray(0, 30),
  );
});

it('a hidden workbook is read as one in clear, here and in a process of its own, and is none without its key', async () => {
  const columns = getList('payments').columns;
  const text = (cell: string): string => `<c t="inlineStr"><is><t>${cell}</t></is></c>`;
  const rows = Array.from({ length: 3_000 }, (_, row) => `<row>${text(`甲${row}`)}</row>`);
  const head = ['姓名', '证件号码', '变更方式', '缴费日期', '缴费金额（元）'].map(text).join('');
  const workbook = await zipOf(workbookParts(`<row>${head}</row>${rows.join('')}`));
  const key = drawFileKey();
  const path = await hide('workbook', workbook, key);
  expect((await readFile(path)).subarray(0, 2).toString()).not.toBe('PK');
  for (const read of [readXlsx, readXlsxApart]) {
    const batches = await gathered(read(file.fd, { columns }, key));
    const names = batches.flatMap((batch) => batch.rows.map(({ name }) => name));
    expect(names).toEqual(rows.map((_, row) => `甲${row}`));
    await expect(gathered(read(file.fd, { columns }))).rejects.toMatchObject({ code: 'FILE_BROKEN' });
    await expect(gathered(read(file.fd, { columns }, drawFileKey()))).rejects.toMatchObject({ code: 'FILE_BROKEN' });
  }
});
