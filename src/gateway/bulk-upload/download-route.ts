import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { HubContext } from '../../subgraphs/context.ts';
import { ToldRefusal, toldRefusal } from '../error-answer.ts';
import { recorded, type RequestRecords } from '../request-records.ts';
import { fileMark } from './file-mark.ts';
import type { GivenFile } from './file-routes.ts';
import { writeCsv } from './write-csv.ts';
import { MOST_XLSX_ROWS, writeXlsx } from './write-xlsx.ts';

/** What files of rejected rows are made of. */
export interface RejectedFileParts {
  readonly returnRows: HubContext['flows']['returnRows'];
  readonly records: RequestRecords;
  readonly clock: { now(): Date };
}

type ReturnedRows = Extract<Awaited<ReturnType<RejectedFileParts['returnRows']>>, { readonly ok: true }>['value'];

interface FileFormat {
  readonly extension: 'csv' | 'xlsx';
  readonly type: string;
  readonly mostRows: number;
  write(returned: ReturnedRows, mark: string): Readable;
}

const CSV: FileFormat = {
  extension: 'csv',
  type: 'text/csv; charset=utf-8',
  mostRows: Infinity,
  write: ({ columns, rows }, mark) => writeCsv(columns, rows, mark),
};
const XLSX: FileFormat = {
  extension: 'xlsx',
  type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  mostRows: MOST_XLSX_ROWS,
  write: ({ columns, rows }, mark) => writeXlsx(columns, rows, mark),
};

/**
 * `/submissions/<id>/rejected.csv` and `.xlsx`: the rows of one of the agency's own submissions that were not taken in, with the columns
 * of its file, why each was sent back, and whose file it is. Written as it is read, however long it is.
 */
export function rejectedFiles({ returnRows, records, clock }: RejectedFileParts): GivenFile[] {
  return [CSV, XLSX].map((format) => ({
    kind: `rejected.${format.extension}`,
    path: `/submissions/:id/rejected.${format.extension}`,
    send: async ({ response, note }, caller, { id }) => {
      const returned = await recorded(caller, records, async () => {
        const answer = await returnRows(id, caller);
        if (!answer.ok) throw toldRefusal(answer.refusal);
        if (answer.value.count > format.mostRows) throw tooManyFor(format);
        return answer.value;
      });
      note({ rows: returned.count });
      response.writeHead(200, {
        'content-type': format.type,
        'content-disposition': `attachment; filename="${returned.list}-${returned.submission}-rejected.${format.extension}"`,
      });
      const file = format.write(returned, fileMark(caller, clock.now()));
      await pipeline(file, response).catch((error: NodeJS.ErrnoException) => {
        // Whoever stops reading has read enough.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      });
    },
  }));
}

const tooManyFor = ({ mostRows }: FileFormat): ToldRefusal =>
  new ToldRefusal(413, {
    code: 'TOO_MANY_ROWS',
    zh: `工作表最多 ${mostRows} 行，请下载 CSV`,
    en: `a sheet holds at most ${mostRows} rows, fetch the CSV`,
  });
