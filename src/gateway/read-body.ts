import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './error-answer.ts';

/** Bytes of a request body: room for a push of 5,000 rows. */
const LARGEST_BODY = 8 * 1024 * 1024;

/** Reads a body of UTF-8 JSON; refuses with 415, 413 or 400 what is none, without repeating any of it. */
export async function readJsonBody(request: IncomingMessage, largest = LARGEST_BODY): Promise<unknown> {
  if (!isJson(request.headers['content-type']) || request.headers['content-encoding'] !== undefined) {
    throw new RequestRefused('UNSUPPORTED_MEDIA_TYPE');
  }
  const bytes = await readBytes(request, largest);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RequestRefused('BAD_USER_INPUT');
  }
}

function isJson(contentType: string | undefined): boolean {
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';');
  if (type?.trim() !== 'application/json') return false;
  return parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter));
}

async function readBytes(request: IncomingMessage, largest: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > largest) throw new RequestRefused('BODY_TOO_LARGE');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new RequestRefused('BODY_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
