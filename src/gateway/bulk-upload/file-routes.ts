import type { IncomingMessage } from 'node:http';
import { PURPOSES, type Caller } from '../../domain/access/caller.ts';
import type { HubContext } from '../../subgraphs/context.ts';
import type { Authenticate } from '../authenticate.ts';
import { RequestRefused, toldRefusal } from '../error-answer.ts';
import { sendJson, type Exchange, type Route } from '../http-server.ts';
import { askingIn, recordDenied, recorded, type RequestRecords } from '../request-records.ts';
import { withRevealReason } from '../reveal-reason.ts';

type Flows = HubContext['flows'];
type FileWish = Parameters<Flows['linkFile']>[0];

/** A file that is given out at an address of its own. */
export interface GivenFile {
  readonly kind: FileWish['kind'];
  /** `/submissions/:id/rejected.csv` */
  readonly path: `/${string}/:id/${string}`;
  /** Writes it as the answer, once it is put down that the caller is given it. */
  send(exchange: Exchange, caller: Caller, wish: FileWish): Promise<void>;
}

/** What the doors to files are made of. */
export interface FileRouteParts {
  readonly authenticate: Authenticate;
  readonly linkFile: Flows['linkFile'];
  readonly openFileLink: Flows['openFileLink'];
  readonly records: RequestRecords;
  readonly files: readonly GivenFile[];
  /** Is the client one of the hub's still, and neither it nor its key shut out? Asked when a link is used. */
  standsStill(caller: Caller): Promise<boolean>;
  /** Hears of every link that is none. */
  onRefused(reason: 'NO_LINK'): void;
}

/**
 * `GET <file>` with a token gives the file out. `POST <file>` with a token gives a link to it in its stead, for a browser, which can send
 * none: `GET /files/<ticket>`, good once. Whatever is wrong with a link, the answer is the same.
 */
export function fileRoutes(parts: FileRouteParts): Route[] {
  const { authenticate, linkFile, records, files } = parts;
  const knownFor = async (exchange: Exchange, operation: string): Promise<Caller> => {
    const known = await authenticate(exchange.request);
    if (!known) throw new RequestRefused('UNAUTHENTICATED');
    exchange.note({ client: known.client });
    return askingIn(known, exchange.requestId, operation);
  };
  return [
    ...files.flatMap((file): Route[] => [
      {
        method: 'GET',
        path: file.path,
        handle: async (exchange) => {
          const caller = await knownFor(exchange, `GET ${addressOf(file)}`);
          await file.send(exchange, caller, wishOf(file, exchange));
        },
      },
      {
        method: 'POST',
        path: file.path,
        handle: async (exchange) => {
          const caller = await knownFor(exchange, `POST ${addressOf(file)}`);
          const { ticket, until } = await recorded(caller, records, async () => {
            const answer = await linkFile(wishOf(file, exchange), withRevealReason(caller, exchange.request));
            if (!answer.ok) throw toldRefusal(answer.refusal);
            return answer.value;
          });
          sendJson(exchange.response, 201, { link: `/files/${ticket}`, until: until.toISOString() });
        },
      },
    ]),
    { method: 'GET', path: '/files/:ticket', handle: (exchange) => sendLinked(exchange, parts) },
  ];
}

async function sendLinked(exchange: Exchange, parts: FileRouteParts): Promise<void> {
  const { requestId, params, note } = exchange;
  const opened = await parts.openFileLink(params['ticket']!);
  if (!opened.ok) {
    parts.onRefused('NO_LINK');
    throw new RequestRefused('NOT_FOUND');
  }
  const { wish, asker, isOpen } = opened.value;
  const file = parts.files.find(({ kind }) => kind === wish.kind);
  const caller = askingIn(asker, requestId, `GET /files/${wish.kind}`);
  note({ client: caller.client });
  const why = isOpen ? ((await parts.standsStill(caller)) ? null : 'REVOKED') : 'LINK_SPENT';
  if (why !== null || !file) {
    // Somebody has it who should not, or asked in vain for what was taken from them.
    await recordDenied(caller, why ?? 'NOT_FOUND', parts.records, caller.request!);
    throw new RequestRefused('NOT_FOUND');
  }
  await file.send(exchange, caller, wish);
}

const addressOf = ({ path }: GivenFile): string => path.replace('/:id', '');

const wishOf = ({ kind }: GivenFile, { request, params }: Exchange): FileWish => ({
  kind,
  id: params['id']!,
  purpose: purposeOf(request),
});

/** Words that are no purpose are none: they must not lie with the link, nor in the audit log. */
function purposeOf({ url = '' }: IncomingMessage): FileWish['purpose'] {
  const given = new URLSearchParams(url.split('?', 2)[1]).get('purpose');
  return given !== null && Object.hasOwn(PURPOSES, given) ? (given as FileWish['purpose']) : null;
}
