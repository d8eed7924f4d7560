import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { HubAccess } from './tokens.ts';
import type { PushOptions } from './push-options.ts';
import { signFile } from './sign-file.ts';

/** What the hub answers to a file that it keeps. */
export interface FileReceipt {
  readonly id: string;
  readonly repeated: boolean;
  readonly dryRun: boolean;
  readonly receipt: { readonly digest: string; readonly receivedAt: string; readonly rows: number };
  /** The same with what the audit log has come to, signed by the hub: a compact JWS. */
  readonly signedReceipt: string;
  readonly links: { readonly rejectedCsv: string; readonly rejectedXlsx: string };
}

/** The hub does not take the file, or cannot be reached; its words are for who pushed. */
export class PushRefused extends Error {}

/** The same file under the same labels makes the same key: pushed twice it is received once. */
async function defaultKey({ list, file, mode, period, documentNumber }: PushOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([list, mode, period, documentNumber]));
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `file-${hash.digest('hex').slice(0, 40)}`;
}

/** Streams a file to the hub; `onBytes` is told how many bytes more have been sent. Throws {@link PushRefused}. */
export async function sendFile(
  options: PushOptions,
  access: HubAccess,
  onBytes: (bytes: number) => void,
): Promise<FileReceipt> {
  const { kind, file } = options;
  const labels = {
    mode: options.mode,
    ...(options.period === null ? {} : { period: options.period }),
    ...(options.documentNumber === null ? {} : { documentNumber: options.documentNumber }),
    ...(options.dryRun ? { dryRun: 'true' } : {}),
  };
  const address = `${access.hub}/lists/${encodeURIComponent(options.list)}?${new URLSearchParams(labels).toString()}`;
  const idempotencyKey = options.key ?? (await defaultKey(options));
  const signature = await signatureOf(options, idempotencyKey);
  const headers = {
    authorization: `Bearer ${await access.token()}`,
    'content-type': kind.type,
    'idempotency-key': idempotencyKey,
    ...(signature === null ? {} : { 'submission-signature': signature }),
    ...(kind.packed ? { 'content-encoding': 'gzip' } : {}),
  };
  const { status, text } = await post(address, headers, file, onBytes);
  const body = readJson(text);
  if (status !== 202) throw new PushRefused(wordsOf(body) ?? `HTTP ${status}`);
  return body as FileReceipt;
}

async function signatureOf(options: PushOptions, idempotencyKey: string): Promise<string | null> {
  const { client, signKeyFile } = options;
  if (client === null || signKeyFile === null) return null;
  return signFile({ ...options, client, idempotencyKey }, signKeyFile);
}

async function post(
  address: string,
  headers: Readonly<Record<string, string>>,
  file: string,
  onBytes: (bytes: number) => void,
): Promise<{ status: number; text: string }> {
  const request = (address.startsWith('https:') ? httpsRequest : httpRequest)(address, { method: 'POST', headers });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
  bytes.on('data', (chunk) => onBytes(chunk.length));
  const sending = pipeline(bytes, request);
  try {
    // A refusal may come while the file is still being sent.
    const [response] = await Promise.race([answered, sending.then(() => answered)]);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    throw new PushRefused(`连接中断 / the connection broke (${(error as NodeJS.ErrnoException).code ?? 'error'})`, {
      cause: error,
    });
  } finally {
    answered.catch(() => undefined);
    sending.catch(() => undefined);
    bytes.destroy();
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wordsOf(body: unknown): string | undefined {
  const { errors } = (body ?? {}) as {
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  };
  return errors?.map(({ message, extensions }) => `${extensions.code}: ${message}`).join('\n');
}
