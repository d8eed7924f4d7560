import type { Socket } from 'node:net';
import type pg from 'pg';

/** A COPY under way. */
export interface CopyIn {
  /** Sends rows, and waits while the server is behind. */
  write(rows: readonly (readonly unknown[])[]): Promise<void>;
  /** Ends it; rejects where the server took the rows amiss. */
  end(): Promise<void>;
}

/** What pg's own connection can do beyond its published types. */
interface CopyConnection {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Starts `copy … from stdin` on a client of its own. Plain pg speaks the protocol, but offers no call for it. */
export async function copyIn(client: pg.Client, into: string): Promise<CopyIn> {
  const started = Promise.withResolvers<CopyConnection>();
  const ended = Promise.withResolvers<void>();
  // Heard at `end`; a failure before that must not count as unheard.
  ended.promise.catch(() => undefined);
  client.query({
    submit: (connection: CopyConnection) => connection.query(`copy ${into} from stdin`),
    handleCopyInResponse: (connection: CopyConnection) => started.resolve(connection),
    handleCommandComplete: () => undefined,
    handleReadyForQuery: () => ended.resolve(),
    handleError: (error: Error) => {
      started.reject(error);
      ended.reject(error);
    },
  } as unknown as pg.Submittable);

  const connection = await started.promise;
  return {
    write: async (rows) => {
      connection.sendCopyFromChunk(Buffer.from(rows.map(lineOf).join('')));
      if (!connection.stream.writableNeedDrain) return;
      await Promise.race([new Promise((resolve) => connection.stream.once('drain', resolve)), ended.promise]);
    },
    end: () => {
      connection.endCopyFrom();
      return ended.promise;
    },
  };
}

const lineOf = (row: readonly unknown[]): string => `${row.map(cellOf).join('\t')}\n`;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign]!);
}
