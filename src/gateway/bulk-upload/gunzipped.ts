import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UploadRefused } from './upload-refused.ts';

/** How much a body may grow when it is unpacked. */
export interface UnpackLimits {
  /** Bytes that are taken in all. */
  readonly mostBytes?: number;
  /** How many times its size it may become; lists rarely reach 30. */
  readonly mostRatio?: number;
}

/** Bytes unpacked in all, unless the caller says otherwise: room for two million rows. */
const MOST_BYTES = 2 * 1024 * 1024 * 1024;
const MOST_RATIO = 200;

/** So little does no harm at any ratio. */
const HARMLESS = 8 * 1024 * 1024;

/**
 * Unpacks gzip as it arrives. A body that grows beyond the limits, breaks off, or has bytes after its end is refused;
 * errors of `chunks` themselves go through.
 * @throws UploadRefused
 */
export async function* gunzipped(
  chunks: AsyncIterable<Uint8Array>,
  { mostBytes = MOST_BYTES, mostRatio = MOST_RATIO }: UnpackLimits = {},
): AsyncGenerator<Buffer> {
  let packed = 0;
  let unpacked = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      packed += chunk.length;
      yield chunk;
    }
  };
  const gunzip = createGunzip();
  const feeding = pipeline(counted, gunzip).catch((error: unknown) => error);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      unpacked += piece.length;
      if (unpacked > mostBytes || (unpacked > HARMLESS && unpacked > packed * mostRatio)) {
        throw new UploadRefused('BODY_TOO_LARGE');
      }
      yield piece;
    }
  } catch (error) {
    throw isZlibError(error) ? new UploadRefused('FILE_BROKEN') : error;
  }
  await feeding;
  // zlib ends quietly at zeros behind the last member.
  if (gunzip.bytesWritten !== packed) throw new UploadRefused('FILE_BROKEN');
}

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
