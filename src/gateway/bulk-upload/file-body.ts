import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../error-answer.ts';
import { gunzipped } from './gunzipped.ts';
import { UploadRefused } from './upload-refused.ts';

/** Slower senders than this give up their place: bytes that must come in a span of milliseconds spent waiting for them. */
const PACE = { span: 10_000, bytes: 100_000 };
/** Bytes worked on at a stretch: about a millisecond's work. */
const STRETCH = 16 * 1024;

/** How a body comes, and how much of it may. */
export interface FileBodyOptions {
  readonly packed: boolean;
  /** Most bytes, as sent and as unpacked. */
  readonly largest: number;
  /** Instead of the usual pace. */
  readonly pace?: typeof PACE;
}

/** The bytes of a file in a request body. */
export interface FileBody {
  /** Unpacked, as they come. They can be read once. */
  readonly bytes: AsyncGenerator<Buffer>;
  /** SHA-256 of them all, lower-case hex; reads what was not read yet. */
  digest(): Promise<string>;
}

/**
 * Reads the file in a request body. Its bytes end with an error where the body is cut (`BODY_INCOMPLETE`), drips
 * (`BODY_TOO_SLOW`), is larger than allowed (`BODY_TOO_LARGE`) or cannot be unpacked (`FILE_BROKEN`).
 */
export function fileBody(request: IncomingMessage, { packed, largest, pace = PACE }: FileBodyOptions): FileBody {
  const hash = createHash('sha256');
  const sent = limited(paced(request, pace), largest);
  const bytes = hashed(packed ? gunzipped(sent, { mostBytes: largest }) : sent, hash.update.bind(hash));
  let digest: string | undefined;
  return {
    bytes,
    digest: async () => {
      for await (const _ of bytes);
      return (digest ??= hash.digest('hex'));
    },
  };
}

/** Chunks of the body. Only the time spent waiting for the sender counts: while the hub is busy nobody drips. */
async function* paced(request: IncomingMessage, pace: typeof PACE): AsyncGenerator<Buffer> {
  // Left open when reading ends early: whoever is refused should get to read why.
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  let [waited, came] = [0, 0];
  let reading = false;
  try {
    for (;;) {
      const since = performance.now();
      reading = true;
      const next = await within(chunks.next(), pace.span - waited);
      if (next === LATE) throw new RequestRefused('BODY_TOO_SLOW');
      reading = false;
      if (next.done) return;
      [waited, came] = [waited + performance.now() - since, came + next.value.length];
      if (came >= pace.bytes) [waited, came] = [0, 0];
      for (let from = 0; from < next.value.length; from += STRETCH) {
        yield next.value.subarray(from, from + STRETCH);
        await othersFirst();
      }
    }
  } catch (error) {
    throw error instanceof RequestRefused ? error : new RequestRefused('BODY_INCOMPLETE');
  } finally {
    // Of one that is still waiting for a chunk the end would have to be waited for.
    if (!reading) await chunks.return?.();
  }
}

/** Lets whoever waits for an answer have a turn: a sender that is always ahead would never leave one. */
const othersFirst = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const LATE = Symbol('late');

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | typeof LATE> {
  const late = Promise.withResolvers<typeof LATE>();
  const timer = setTimeout(() => late.resolve(LATE), milliseconds);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
    // Heard or not, what comes later is nobody's error.
    promise.catch(() => undefined);
  }
}

async function* limited(chunks: AsyncIterable<Buffer>, largest: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > largest) throw new UploadRefused('BODY_TOO_LARGE');
    yield chunk;
  }
}

async function* hashed(chunks: AsyncIterable<Buffer>, update: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    update(chunk);
    yield chunk;
  }
}
