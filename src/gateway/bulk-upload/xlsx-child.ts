import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { readXlsx } from './read-xlsx.ts';
import { UploadRefused } from './upload-refused.ts';
import { WORKBOOK_FD, type ToldByChild, type ToldToChild } from './xlsx-process.ts';

// The process that reads one workbook and ends; what it is told comes in on its standard input.

/** Writes a line, and waits while nobody reads. */
async function tell(line: ToldByChild): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}

const { options, key } = JSON.parse(await text(process.stdin)) as ToldToChild;
const fileKey = key === null ? undefined : Buffer.from(key, 'base64url');
try {
  for await (const batch of readXlsx(WORKBOOK_FD, options, fileKey)) await tell({ batch });
  await tell({ end: true });
} catch (error) {
  if (!(error instanceof UploadRefused)) throw error;
  await tell({ refused: { code: error.code, more: error.more } });
}
