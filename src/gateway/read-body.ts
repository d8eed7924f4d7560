import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { RequestRefused } from './error-answer.ts';
import { membersIn } from './strict-json.ts';

/** How much a body may hold: of nothing but small values it costs thirty times its size in memory. */
export interface BodyLimits {
  readonly bytes: number;
  /** Members of all objects and items of all lists. */
  readonly values: number;
}

/** A body that may bring a list: room for a push of 5,000 rows. */
export const PUSH_BODY: BodyLimits = { bytes: 8 * 1024 * 1024, values: 512 * 1024 };
/** A body that brings no list: room for the numbers of 1,000 persons, or for the text of a pack of 40,000 characters. */
export const QUESTION_BODY: BodyLimits = { bytes: 160 * 1024, values: 2_500 };

/** Levels of lists and objects in a body: a row lies at the fifth. */
const DEEPEST_BODY = 16;
/** Bytes of one text: room for the 40,000 characters of a pack. */
const LONGEST_TEXT = 128 * 1024;

/**
 * Reads a body of UTF-8 JSON; refuses with 415, 413 or 400 what is none, without repeating any of it, and what writes a member twice: of two
 * documents or two numbers nobody can say which is meant, and whoever looked at the body on its way may have read the other.
 */
export async function readJsonBody(request: IncomingMessage, limits = PUSH_BODY): Promise<unknown> {
  if (!isJson(request.headers['content-type']) || request.headers['content-encoding'] !== undefined) {
    throw new RequestRefused('UNSUPPORTED_MEDIA_TYPE');
  }
  const bytes = await readBytes(request, limits.bytes);
  const members = membersWritten(bytes, limits.values);
  const body = parsed(bytes);
  if (membersIn(body) !== members) throw new RequestRefused('BAD_USER_INPUT');
  return body;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parsed(bytes: Buffer): unknown {
  try {
    // Most questions are ASCII, and are told to be so and read in a fraction of what the decoder takes.
    return JSON.parse(isAscii(bytes) ? bytes.toString('latin1') : utf8.decode(bytes));
  } catch {
    throw new RequestRefused('BAD_USER_INPUT');
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Counts the members of all objects as they are written. Looks at brackets, commas and colons alone, before anything is made of them, and
 * refuses too many of them; whether the rest is JSON is for the parser to say.
 */
function membersWritten(bytes: Buffer, mostValues: number): number {
  let depth = 0;
  let values = 0;
  let members = 0;
  let inText = false;
  let began = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (inText && at - began > LONGEST_TEXT) throw new RequestRefused('BAD_USER_INPUT');
      inText = !inText;
      began = at;
    } else if (inText) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA) values += 1;
    else if (byte === COLON) members += 1;
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > DEEPEST_BODY || values > mostValues) throw new RequestRefused('BAD_USER_INPUT');
  }
  return members;
}

function isJson(contentType: string | undefined): boolean {
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';');
  if (type?.trim() !== 'application/json') return false;
  return parameters.every((parameter) => /^\s*charset="?utf-8"?\s*$/.test(parameter));
}

/** Hears the body's parts as they come: to iterate over a stream costs more than the rest of reading a question. */
async function readBytes(request: IncomingMessage, largest: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > largest) throw new RequestRefused('BODY_TOO_LARGE');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let size = 0;
  const stop = (): void => void request.off('data', take).off('end', finish).off('close', cut);
  const take = (part: Buffer): void => {
    size += part.length;
    parts.push(part);
    if (size <= largest) return;
    stop();
    // Left open: whoever is refused should get to read why.
    request.pause();
    reject(new RequestRefused('BODY_TOO_LARGE'));
  };
  const finish = (): void => {
    stop();
    resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts, size));
  };
  const cut = (): void => {
    stop();
    reject(new Error('the sender went away in the middle of the body'));
  };
  request.on('data', take).on('end', finish).on('close', cut);
  // One that went before anybody listened says so no more.
  if (request.destroyed) cut();
  return promise;
}
