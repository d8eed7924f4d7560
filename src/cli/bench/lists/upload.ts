import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { FileFormat } from './list-files.ts';
import type { ListHub } from './list-hub.ts';
import type { MadeList } from './made-lists.ts';

/** A file of a made list. */
export interface ListFile {
  readonly list: MadeList;
  readonly format: FileFormat;
  readonly file: string;
}

/** What an upload gave. */
export interface Accepted {
  readonly submission: string;
  /** Milliseconds from the first byte to the answer. */
  readonly time: number;
}

const TYPES = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** Sends a file under a key of its own, as the agency of its list; rejects unless it is accepted. */
export async function upload(hub: ListHub, { list, format, file }: ListFile): Promise<Accepted> {
  const token = await hub.tokenOf(list.agency);
  const [plain, packed] = format.split('.') as [keyof typeof TYPES, string | undefined];
  const answered = Promise.withResolvers<{ readonly status: number; readonly body: unknown }>();
  const sending = request(`${hub.url}/lists/${list.list}?mode=${list.mode}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': TYPES[plain],
      'idempotency-key': randomUUID(),
      ...(packed === 'gz' ? { 'content-encoding': 'gzip' } : {}),
    },
  });
  sending.on('error', answered.reject);
  sending.on('response', (response) => {
    json(response).then((body) => answered.resolve({ status: response.statusCode!, body }), answered.reject);
  });

  const started = performance.now();
  // A refusal may come before the file is sent; the answer then tells more than the broken pipe.
  await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), sending).catch(() => undefined);
  const { status, body } = await answered.promise;
  const time = performance.now() - started;
  if (status !== 202) throw new Error(`${list.list} as ${format}: answered ${status} ${JSON.stringify(body)}`);
  return { submission: (body as { readonly id: string }).id, time };
}
