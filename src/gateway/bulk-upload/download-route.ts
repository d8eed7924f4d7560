import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { HubContext } from '../../subgraphs/context.ts';
import type { Authenticate } from '../authenticate.ts';
import { RequestRefused, ToldRefusal, toldRefusal } from '../error-answer.ts';
import type { Route } from '../http-server.ts';
import { askingIn, recorded, type RequestRecords } from '../request-records.ts';
import { writeCsv } from './write-csv.ts';
import { MOST_XLSX_ROWS, writeXlsx } from './write-xlsx.ts';

/** What the door to rejected rows is made of. */
export interface DownloadRouteParts {
  readonly authenticate: Authenticate;
  readonly returnRows: HubContext['flows']['returnRows'];
  readonly records: RequestRecords;
}

type ReturnedRows = Extract<Awaited<ReturnType<DownloadRouteParts['returnRows']>>, { readonly ok: true }>['value'];

interface FileFormat {
  readonly extension: 'csv' | 'xlsx';
  readonly type: string;
  readonly mostRows: number;
  write(returned: ReturnedRows): Readable;
}

const CSV: FileFormat = {
  extension: 'csv',
  type: 'text/csv; charset=utf-8',
  mostRows: Infinity,
  write: ({ columns, rows }) => writeCsv(columns, rows),
};
const XLSX: FileFormat = {
  extension: 'xlsx',
  type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  mostRows: MOST_XLSX_ROWS,
  write: ({ columns, rows }) => writeXlsx(columns, rows),
};

/**
 * `GET /submissions/<id>/rejected.csv` and `.xlsx`: the rows of one of the agency's own submissions that were not taken in, with
 * the columns of its file and why each was sent back. Written as it is read, however long it is.
 */
export function downloadRoutes({ authenticate, returnRows, records }: DownloadRouteParts): Route[] {
  return [CSV, XLSX].map((format) => ({
    method: 'GET',
    path: `/submissions/:id/rejected.${format.extension}`,
    handle: async ({ request, response, requestId, params, note }) => {
      const known = await authenticate(request);
      if (!known) throw new RequestRefused('UNAUTHENTICATED');
      const caller = askingIn(known, requestId, `GET /submissions/rejected.${format.extension}`);
      note({ client: caller.client });
      const returned = await recorded(caller, records, async () => {
        const answer = await returnRows(params['id']!, caller);
        if (!answer.ok) throw toldRefusal(answer.refusal);
        if (answer.value.count > format.mostRows) throw tooManyFor(format);
        return answer.value;
      });
      note({ rows: returned.count });
      response.writeHead(200, {
        'content-type': format.type,
        'content-disposition': `attachment; filename="${returned.list}-${returned.submission}-rejected.${format.extension}"`,
      });
      await pipeline(format.write(returned), response).catch((error: NodeJS.ErrnoException) => {
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
