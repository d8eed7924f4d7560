import { gzipSync } from 'node:zlib';
import type { TestHub } from './hub.ts';

/** How a file is sent; what is not said is as a sender without wishes has it. */
export interface SentFile {
  readonly list: string;
  readonly body: string | Uint8Array;
  readonly type: string;
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly packed?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the door answered. */
export interface FileAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly id?: string;
    readonly status?: string;
    readonly repeated?: boolean;
    readonly receipt?: {
      readonly id: string;
      readonly digest: string;
      readonly receivedAt: string;
      readonly rows: number;
    };
    readonly links?: Readonly<Record<string, string>>;
    readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  };
}

/** Types of the formats that files come in. */
export const TYPES = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** Rows as NDJSON. */
export const ndjson = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Sends a file as a client, or as nobody with null. */
export async function sendFile(hub: TestHub, client: string | null, file: SentFile): Promise<FileAnswer> {
  const bytes = typeof file.body === 'string' ? Buffer.from(file.body) : file.body;
  const query = new URLSearchParams(file.query).toString();
  const response = await fetch(`${hub.url}/lists/${file.list}${query && `?${query}`}`, {
    method: 'POST',
    headers: {
      'content-type': file.type,
      ...(client === null ? {} : { authorization: `Bearer ${await hub.tokenOf(client)}` }),
      ...(file.key === null ? {} : { 'idempotency-key': file.key }),
      ...(file.packed ? { 'content-encoding': 'gzip' } : {}),
      ...file.headers,
    },
    body: (file.packed ? gzipSync(bytes) : bytes) as BodyInit,
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** The code of a refusal, or the status of what was taken. */
export const told = ({ body }: FileAnswer): string => body.errors?.[0]?.extensions.code ?? String(body.status);
