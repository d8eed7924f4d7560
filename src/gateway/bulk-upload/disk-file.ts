import { createCipheriv, createDecipheriv, randomBytes, type Decipheriv } from 'node:crypto';
import { read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { callbackify, promisify } from 'node:util';
import { RandomAccessReader } from 'yauzl';

/** AES-256 in counter mode (NIST SP 800-38A): it can be read from anywhere. That a file is whole is for its reader to see. */
const CIPHER = 'aes-256-ctr';
const KEY_BYTES = 32;
const BLOCK = 16;
/** Bytes read at a time. */
const CHUNK = 64 * 1024;

/** The key of one file, which whoever wrote it hands to whoever reads it and which lies nowhere. */
export type FileKey = Buffer;

/** Draws a key for one file. Never used for a second one: the same place of both would be hidden alike. */
export const drawFileKey = (): FileKey => randomBytes(KEY_BYTES);

/** Writes bytes to the front of an empty file so that what lies on the disk tells nothing. */
export async function writeHidden(file: FileHandle, key: FileKey, bytes: AsyncIterable<Buffer>): Promise<void> {
  const cipher = createCipheriv(CIPHER, key, Buffer.alloc(BLOCK));
  for await (const chunk of bytes) {
    const hidden = cipher.update(chunk);
    for (let written = 0; written < hidden.length;) written += (await file.write(hidden, written)).bytesWritten;
  }
}

const readAt = promisify(read);

/** A file on disk as the archive's reader asks for it, from anywhere; the descriptor stays the caller's. */
export class DiskFile extends RandomAccessReader {
  readonly #fd: number;
  readonly #key: FileKey | undefined;

  /** @param key of a file that was written by {@link writeHidden} */
  constructor(fd: number, key?: FileKey) {
    super();
    this.#fd = fd;
    this.#key = key;
  }

  /** The first bytes; zeros where the file has fewer. */
  async start(length: number): Promise<Buffer> {
    return this.#readAt(Buffer.alloc(length), 0).then(({ buffer }) => buffer);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const into = buffer.subarray(offset, offset + length);
    callbackify(async () => (await this.#readAt(into, position)).bytesRead)(callback);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    // Not the platform's own stream, which closes the descriptor when its reader stops early.
    return Readable.from(this.#chunks(start, end), { objectMode: false });
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  async *#chunks(start: number, end: number): AsyncGenerator<Buffer> {
    const decipher = this.#key && decipherAt(this.#key, start);
    for (let position = start; position < end;) {
      const into = Buffer.allocUnsafe(Math.min(CHUNK, end - position));
      const { bytesRead } = await readAt(this.#fd, into, 0, into.length, position);
      // Cut: what is missing is missed by whoever counts.
      if (bytesRead === 0) return;
      const chunk = into.subarray(0, bytesRead);
      yield decipher ? decipher.update(chunk) : chunk;
      position += bytesRead;
    }
  }

  async #readAt(into: Buffer, position: number): Promise<{ readonly buffer: Buffer; readonly bytesRead: number }> {
    const { bytesRead } = await readAt(this.#fd, into, 0, into.length, position);
    if (this.#key) decipherAt(this.#key, position).update(into.subarray(0, bytesRead)).copy(into);
    return { buffer: into, bytesRead };
  }
}

function decipherAt(key: FileKey, position: number): Decipheriv {
  const counter = Buffer.alloc(BLOCK);
  counter.writeBigUInt64BE(BigInt(Math.floor(position / BLOCK)), BLOCK - 8);
  const decipher = createDecipheriv(CIPHER, key, counter);
  decipher.update(Buffer.alloc(position % BLOCK));
  return decipher;
}
