import { fstat } from 'node:fs';
import { promisify } from 'node:util';
import { DiskFile, type FileKey } from './disk-file.ts';
import { RowGatherer, TableRows, type ReadOptions, type RowBatch } from './row-batch.ts';
import { SheetCells } from './sheet-cells.ts';
import { SheetReader } from './sheet-reader.ts';
import { UploadRefused } from './upload-refused.ts';
import { readWorkbook } from './workbook.ts';
import { WorkbookPackage } from './workbook-package.ts';

/** How an OLE document begins: an encrypted workbook, or one of the time before XLSX. */
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

const stat = promisify(fstat);

/**
 * Reads the first visible sheet of an XLSX file, row by row. The file must lie on disk, since its directory stands at its end;
 * the descriptor stays the caller's, who closes it when the batches have ended.
 *
 * @param key of a file that was written hidden
 * @throws UploadRefused
 */
export async function* readXlsx(fd: number, options: ReadOptions, key?: FileKey): AsyncGenerator<RowBatch> {
  const { size } = await stat(fd);
  if (size === 0) throw new UploadRefused('NO_ROWS');
  const file = new DiskFile(fd, key);
  if ((await file.start(OLE.length)).equals(OLE)) throw new UploadRefused('FILE_IS_ENCRYPTED', orOld);

  const parts = await WorkbookPackage.open(file, size);
  const workbook = await readWorkbook(parts);
  const gatherer = new RowGatherer(options);
  const sheet = new SheetReader(new SheetCells(workbook, new TableRows(options, gatherer)));
  for await (const piece of parts.read(workbook.sheet)) {
    sheet.write(piece);
    yield* gatherer.full();
  }
  sheet.end();
  yield* gatherer.end();
}

const orOld = {
  zh: '或是旧版 XLS，请另存为不加密的 XLSX',
  en: 'or an old XLS; save it as XLSX without a password',
};
