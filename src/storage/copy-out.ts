import type pg from 'pg';
import { takeCopyData, type IncomingBytes } from './copy-data.ts';

/** What a binary COPY begins with: its signature, its flags and the length of an extension, of which there is none. */
const HEADER_BYTES = 19;

/**
 * The rows of a query by binary `COPY`, some at a time: the cheapest way of many rows out of PostgreSQL. The server is kept
 * waiting while nobody takes what has come. The connection does nothing else meanwhile; where the caller leaves early, it must be
 * closed afterwards.
 *
 * @param query without parameters: COPY takes none
 * @param read reads one row, its fields from the given place on, each behind its length (32 bits, -1 for null). The bytes stay as
 *   they are, so that a field may also be read later.
 * @param atOnce about how many rows are given at a time
 */
export async function* copyOut<T>(
  client: pg.ClientBase,
  query: string,
  read: (bytes: Buffer, at: number) => T,
  atOnce: number,
): AsyncGenerator<T[]> {
  const coming = new RowsComing(`copy (${query}) to stdout (format binary)`, read, atOnce);
  client.query(coming as unknown as pg.Submittable);
  try {
    for (let rows = await coming.next(); rows.length > 0; rows = await coming.next()) yield rows;
  } finally {
    coming.dropRest();
  }
}

/** The connection as the library hands it to whatever asks for data by itself. */
interface Connection {
  readonly stream: IncomingBytes & { pause(): void; resume(): void };
  query(text: string): void;
}

/** A COPY under way. The library calls `submit` and what begins with `handle`. */
class RowsComing<T> {
  readonly #text: string;
  readonly #read: (bytes: Buffer, at: number) => T;
  readonly #atOnce: number;
  #connection: Connection | undefined;
  #begun = false;
  #dropping = false;
  #over: { readonly error?: unknown } | undefined;
  #rows: T[] = [];
  #wake: (() => void) | undefined;

  constructor(text: string, read: (bytes: Buffer, at: number) => T, atOnce: number) {
    this.#text = text;
    this.#read = read;
    this.#atOnce = atOnce;
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    takeCopyData(connection.stream, (bytes, at) => this.#take(bytes, at));
    connection.query(this.#text);
  }

  #take(bytes: Buffer, from: number): void {
    const at = this.#begun ? from : from + HEADER_BYTES;
    this.#begun = true;
    // A row begins with the number of its fields, the end with -1.
    if (this.#dropping || bytes.readInt16BE(at) < 0) return;
    this.#rows.push(this.#read(bytes, at + 2));
    if (this.#rows.length === this.#atOnce) {
      this.#connection!.stream.pause();
      this.#wake?.();
    }
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#over ??= {};
    this.#wake?.();
  }

  handleError(error: unknown): void {
    this.#over = { error };
    this.#wake?.();
  }

  /** The rows that have come, once they are enough or the last; none when there are no more. */
  async next(): Promise<T[]> {
    if (!this.#over && this.#rows.length < this.#atOnce) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    if (this.#over && 'error' in this.#over) throw this.#over.error;
    const rows = this.#rows;
    this.#rows = [];
    // The server goes on while the caller works on these.
    this.#connection?.stream.resume();
    return rows;
  }

  /** Lets what still comes go by: a connection on which it waited could not be closed. */
  dropRest(): void {
    this.#dropping = true;
    this.#connection?.stream.resume();
  }
}
