import type { HubContext } from '../subgraphs/context.ts';
import type { Authenticate } from './authenticate.ts';
import { RequestRefused, ToldRefusal, toldRefusal } from './error-answer.ts';
import { sendJson, type Route } from './http-server.ts';
import type { JSONWebKeySet } from './issuer.ts';
import { askingIn, recorded, type RequestRecords } from './request-records.ts';

/** Where the hub tells by what it can be held to. */
export const AUDIT_PATHS = { seal: '/.well-known/yidang-seal.jwks.json', proof: '/audit/proof' } as const;

/** What these addresses are made of. */
export interface AuditRouteParts {
  readonly authenticate: Authenticate;
  readonly proveLog: HubContext['flows']['proveLog'];
  readonly records: RequestRecords;
  /** The public halves of the hub's seal, those of former keys among them. */
  readonly seal: JSONWebKeySet;
}

/**
 * `GET /.well-known/yidang-seal.jwks.json`: by which keys receipts and checkpoints are signed, for anybody. `GET /audit/proof`: what the
 * log of the caller's jurisdiction is, with `from` that it grew out of what it was at that size, with `submission` that the receiving of
 * one of the agency's own is in it; with `until` as of that size.
 */
export function auditRoutes({ authenticate, proveLog, records, seal }: AuditRouteParts): Route[] {
  return [
    { method: 'GET', path: AUDIT_PATHS.seal, handle: async ({ response }) => sendJson(response, 200, seal) },
    {
      method: 'GET',
      path: AUDIT_PATHS.proof,
      handle: async ({ request, response, requestId, note }) => {
        const known = await authenticate(request);
        if (!known) throw new RequestRefused('UNAUTHENTICATED');
        const caller = askingIn(known, requestId, 'GET /audit/proof');
        note({ client: caller.client });
        const { head, ...proof } = await recorded(caller, records, async () => {
          const answer = await proveLog(readQuestion(request.url ?? ''), caller);
          if (!answer.ok) throw toldRefusal(answer.refusal);
          return answer.value;
        });
        sendJson(response, 200, { ...head, ...proof });
      },
    },
  ];
}

const PARAMETERS: readonly string[] = ['from', 'until', 'submission'];

function readQuestion(url: string): Parameters<AuditRouteParts['proveLog']>[0] {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const names = [...query.keys()];
  if (!names.every((name) => PARAMETERS.includes(name)) || new Set(names).size < names.length) {
    throw new ToldRefusal(400, {
      code: 'BAD_USER_INPUT',
      zh: `地址中的参数只能是 ${PARAMETERS.join('、')}，各至多一个`,
      en: `parameters are ${PARAMETERS.join(', ')}, each at most once`,
    });
  }
  return { from: sizeIn(query.get('from')), until: sizeIn(query.get('until')), submission: query.get('submission') };
}

/** A size as it is written; what is none becomes one that no log has. */
const sizeIn = (text: string | null): number | null =>
  text === null ? null : /^\d{1,15}$/.test(text) ? Number(text) : NaN;
