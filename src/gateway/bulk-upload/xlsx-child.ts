import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { readXlsx } from './read-xlsx.ts';
import type { ReadOptions } from './row-batch.ts';
import { UploadRefused } from './upload-refused.ts';
import { WORKBOOK_FD, type ToldByChild } from './xlsx-process.ts';

// The process that reads one workbook and ends; what it is told comes in on its standard input.

/** Writes a line, and waits while nobody reads. */
async function tell(line: ToldByChild): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}

const options = JSON.parse(await text(process.stdin)) as ReadOptions;
try {
  for await (const batch of readXlsx(WORKBOOK_FD, options)) await tell({ batch });
  await tell({ end: true });
} catch (error) {
  if (!(error instanceof UploadRefused)) throw error;
  await tell({ refused: { code: error.code, more: error.more } });
}
