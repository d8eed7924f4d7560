import type { HubContext } from '../../subgraphs/context.ts';
import type { Authenticate } from '../authenticate.ts';
import { RequestRefused, ToldRefusal, toldRefusal } from '../error-answer.ts';
import { sendJson, type Route } from '../http-server.ts';
import { askingIn, recorded, type RequestRecords } from '../request-records.ts';
import { incomingFile, type IncomingFileParts } from './incoming-file.ts';
import { readPushLabels } from './push-labels.ts';
import { UploadRefused } from './upload-refused.ts';

/** Files that come in at one time; each takes a connection of the database and some memory. */
const MOST_UPLOADS = 4;
/** Seconds after which to ask again. */
const RETRY_AFTER = 10;

/** What the door to whole files is made of. */
export interface UploadRouteParts extends IncomingFileParts {
  readonly authenticate: Authenticate;
  readonly receiveFile: HubContext['flows']['receiveFile'];
  readonly signReceipt: HubContext['flows']['signReceipt'];
  readonly records: RequestRecords;
}

/**
 * `POST /lists/<list>`: takes a file in as it comes. 202 tells that all of it is kept and will be worked on. Who asks is
 * settled, and whether they may, before the body is read; whatever is wrong with the file, nothing of it is kept.
 */
export function uploadRoute(parts: UploadRouteParts): Route {
  let underWay = 0;
  return {
    method: 'POST',
    path: '/lists/:list',
    longBody: true,
    handle: async ({ request, response, requestId, params, note }) => {
      const known = await parts.authenticate(request);
      if (!known) throw new RequestRefused('UNAUTHENTICATED');
      const caller = askingIn(known, requestId, 'POST /lists');
      note({ client: caller.client });
      const { submission, repeated, signed } = await recorded(caller, parts.records, async () => {
        if (underWay >= MOST_UPLOADS) {
          response.setHeader('retry-after', RETRY_AFTER);
          throw new RequestRefused('TOO_MANY_UPLOADS');
        }
        underWay += 1;
        try {
          const push = readPushLabels(params['list']!, request);
          const file = incomingFile(request, parts);
          note({ format: file.format });
          const answer = await parts.receiveFile(push, file, caller);
          if (!answer.ok) throw toldRefusal(answer.refusal);
          const receipt = await parts.signReceipt(answer.value.submission, caller);
          if (!receipt.ok) throw toldRefusal(receipt.refusal);
          return { ...answer.value, signed: receipt.value };
        } catch (error) {
          const told = error instanceof UploadRefused ? new ToldRefusal(error.status, error) : error;
          if (told instanceof ToldRefusal) note({ codes: [told.refusal.code] });
          if (told instanceof RequestRefused) note({ codes: [told.code] });
          throw told;
        } finally {
          underWay -= 1;
        }
      });
      note({ list: submission.list, rows: submission.counts.sent });
      sendJson(response, 202, receiptOf(submission, repeated, signed));
    },
  };
}

type Received = Extract<Awaited<ReturnType<UploadRouteParts['receiveFile']>>, { readonly ok: true }>['value'];

const receiptOf = (
  { id, status, dryRun, digest, receivedAt, counts }: Received['submission'],
  repeated: boolean,
  signed: string,
): object => ({
  id,
  status,
  dryRun,
  repeated,
  receipt: { id, digest, receivedAt: receivedAt.toISOString(), rows: counts.sent },
  // Sealed anew each time, with what the log came to by now; the receipt itself stays the same.
  signedReceipt: signed,
  links: {
    graph: '/graphql',
    rejectedCsv: `/submissions/${id}/rejected.csv`,
    rejectedXlsx: `/submissions/${id}/rejected.xlsx`,
  },
});
