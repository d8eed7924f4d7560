import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allColumns } from '../../../src/domain/intake/headings.ts';
import { readXlsx } from '../../../src/gateway/bulk-upload/read-xlsx.ts';
import type { RowBatch } from '../../../src/gateway/bulk-upload/row-batch.ts';
import { writeXlsx } from '../../../src/gateway/bulk-upload/write-xlsx.ts';
import { readXlsxApart } from '../../../src/gateway/bulk-upload/xlsx-process.ts';
import { getList } from '../../../src/lists/registry.ts';

const { columns } = getList('hardship');
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'yidang-xlsx-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function* people(count: number) {
  for (let index = 0; index < count; index++) {
    yield { row: { name: `第${index}人`, idNumber: String(index), category: '低保对象' }, reason: '' };
  }
}

async function batchesOf(path: string, read: typeof readXlsx): Promise<RowBatch[]> {
  const file = await open(path);
  try {
    const batches: RowBatch[] = [];
    for await (const batch of read(file.fd, { columns })) batches.push(batch);
    return batches;
  } finally {
    await file.close();
  }
}

describe('a workbook read in a process of its own', () => {
  test('gives the same batches as one read here', async () => {
    const path = join(dir, 'sound.xlsx');
    await writeFile(path, writeXlsx([...allColumns(columns)], people(2_500), 'mark'));
    const apart = await batchesOf(path, readXlsxApart);
    expect(apart).toEqual(await batchesOf(path, readXlsx));
    expect(apart.flatMap(({ rows }) => rows)).toHaveLength(2_500);
  });

  test.each([
    ['no workbook', 'PK no', 'FILE_BROKEN'],
    ['nothing at all', '', 'NO_ROWS'],
  ])('%s is refused with the same words', async (name, content, code) => {
    const path = join(dir, `${name}.xlsx`);
    await writeFile(path, content);
    const here = await batchesOf(path, readXlsx).catch((error: unknown) => error);
    expect(here).toMatchObject({ code });
    await expect(batchesOf(path, readXlsxApart)).rejects.toMatchObject({
      code,
      zh: (here as { zh: string }).zh,
      en: (here as { en: string }).en,
    });
  });

  test('ends its process when nobody wants more', async () => {
    const path = join(dir, 'left.xlsx');
    await writeFile(path, writeXlsx([...allColumns(columns)], people(20_000), 'mark'));
    const file = await open(path);
    for await (const { rows } of readXlsxApart(file.fd, { columns })) {
      expect(rows).toHaveLength(1_000);
      break;
    }
    await file.close();
    // The generator returned only once its child was gone, so there is no process left to read the closed file.
    expect(process.getActiveResourcesInfo()).not.toContain('ProcessWrap');
  });
});
