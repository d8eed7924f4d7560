import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { FileKey } from './disk-file.ts';
import type { ReadOptions, RowBatch } from './row-batch.ts';
import { UploadRefused, type UploadRefusalCode } from './upload-refused.ts';

/** Where the child finds the workbook. */
export const WORKBOOK_FD = 3;

/** What the child is told. */
export interface ToldToChild {
  readonly options: ReadOptions;
  /** Of a file that is hidden, in base64url. */
  readonly key: string | null;
}

/** What the child tells, a line each: batches, and at the end that it is done or why it does not go on. */
export type ToldByChild =
  | { readonly batch: RowBatch }
  | { readonly end: true }
  | { readonly refused: { readonly code: UploadRefusalCode; readonly more: UploadRefused['more'] } };

/** Megabytes that the child's heap may take: a workbook of a million rows keeps some sixty. */
const HEAP_LIMITS = ['--max-semi-space-size=4', '--max-old-space-size=160'];

/**
 * Reads a workbook as `readXlsx` does, in a process of its own: unpacking and parsing a million rows takes twenty seconds and a
 * hundred megabytes, which whoever waits for an answer should not feel, and a workbook made to break a reader breaks no hub.
 * The child ends with the last batch, and when nobody wants more.
 */
export async function* readXlsxApart(fd: number, options: ReadOptions, key?: FileKey): AsyncGenerator<RowBatch> {
  const script = join(import.meta.dirname, `xlsx-child${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [...HEAP_LIMITS, script], {
    stdio: ['pipe', 'pipe', 'ignore', fd],
    // Nothing of the hub's settings, its secrets among them, is any business of a workbook's reader.
    env: {},
  }) as ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };
  const ended = once(child, 'close');
  // Heard where it is awaited; a child that cannot be started must not end the hub.
  ended.catch(() => undefined);
  // A child that ended early does not read what it is told.
  child.stdin.on('error', () => undefined);
  // Not by its environment or arguments, which others of the machine could read.
  const told: ToldToChild = { options, key: key?.toString('base64url') ?? null };
  child.stdin.end(JSON.stringify(told));
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
      const heard = JSON.parse(line) as ToldByChild;
      if ('end' in heard) return;
      if ('refused' in heard) throw new UploadRefused(heard.refused.code, heard.refused.more);
      yield heard.batch;
    }
    // It ended without a word: out of the memory that a sound workbook needs, or a fault of the reader.
    throw new UploadRefused('FILE_BROKEN');
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
