import type { IncomingMessage } from 'node:http';
import type { HubContext } from '../../subgraphs/context.ts';
import { ToldRefusal } from '../error-answer.ts';

/** Everything about a push that is not in its file. */
export type FilePush = Parameters<HubContext['flows']['receiveFile']>[0];

const PARAMETERS = ['mode', 'period', 'documentNumber', 'jurisdiction', 'dryRun'] as const;

/**
 * Reads what the address and the headers say of a push. Refuses what it does not know, by name: a `dryrun` that went
 * unnoticed would push in earnest.
 */
export function readPushLabels(list: string, request: IncomingMessage): FilePush {
  const query = new URLSearchParams(request.url?.split('?')[1] ?? '');
  const known: readonly string[] = PARAMETERS;
  if ([...query.keys()].some((name) => !known.includes(name))) {
    throw bad(
      `地址中有不认识的参数，可用的有 ${PARAMETERS.join('、')}`,
      `an unknown parameter; known are ${PARAMETERS.join(', ')}`,
    );
  }
  const twice = PARAMETERS.find((name) => query.getAll(name).length > 1);
  if (twice) throw bad(`参数 ${twice} 出现多次`, `the parameter ${twice} stands there more than once`);

  const { mode, dryRun, ...labels } = Object.fromEntries(PARAMETERS.map((name) => [name, query.get(name) || null]));
  if (mode != null && mode !== 'DELTA' && mode !== 'SNAPSHOT') {
    throw bad('参数 mode 应为 DELTA 或 SNAPSHOT', 'mode must be DELTA or SNAPSHOT');
  }
  if (dryRun != null && dryRun !== 'true' && dryRun !== 'false') {
    throw bad('参数 dryRun 应为 true 或 false', 'dryRun must be true or false');
  }
  return {
    list,
    idempotencyKey: idempotencyKeyOf(request),
    mode: mode ?? 'DELTA',
    period: labels['period'] ?? null,
    documentNumber: labels['documentNumber'] ?? null,
    jurisdiction: labels['jurisdiction'] ?? null,
    dryRun: dryRun === 'true',
    signature: signatureOf(request),
  };
}

function idempotencyKeyOf(request: IncomingMessage): string {
  const [key, ...more] = request.headersDistinct['idempotency-key'] ?? [];
  if (key === undefined || more.length > 0) {
    throw bad('须有且仅有一个 Idempotency-Key 请求头', 'exactly one Idempotency-Key header is needed');
  }
  return key;
}

function signatureOf(request: IncomingMessage): string | null {
  const [signature, ...more] = request.headersDistinct['submission-signature'] ?? [];
  if (more.length > 0) throw bad('至多一个 Submission-Signature 请求头', 'at most one Submission-Signature header');
  return signature ?? null;
}

const bad = (zh: string, en: string): ToldRefusal => new ToldRefusal(400, { code: 'BAD_USER_INPUT', zh, en });
