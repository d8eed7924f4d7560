import type { Duplex } from 'node:stream';
import pg from 'pg';
import { answerBench } from './processes.ts';

/** Rows to select one by one, over and over, by their subject keys. */
export interface Selects {
  readonly subjectKeys: readonly string[];
  readonly seconds: number;
}

/** Who select at the same time, as pgbench would with `-S -M prepared -c 8`. */
const CLIENTS = 8;

const SELECT = { name: 'select', text: 'select sealed from identifier where subject_key = $1::uuid' };

/**
 * The process that does nothing but select single rows, prepared, as the owner whom no row level security meets. After the library has
 * prepared the statement, bare messages go over its socket: what is measured is PostgreSQL, not the reading of rows in JavaScript.
 */
export async function selectRole(): Promise<void> {
  const connectionString = process.env['DATABASE_OWNER_URL'];
  const clients = Array.from({ length: CLIENTS }, () => new pg.Client({ connectionString }));
  await Promise.all(clients.map((client) => client.connect()));
  let sockets: readonly Duplex[] | undefined;
  await answerBench(
    {
      /** Selects done in a second. */
      selects: async ({ subjectKeys, seconds }: Selects) => {
        sockets ??= await Promise.all(clients.map((client) => preparedSocket(client, subjectKeys[0]!)));
        const messages = subjectKeys.map(messageFor);
        const until = performance.now() + seconds * 1_000;
        const counts = await Promise.all(sockets.map((socket, own) => selectUntil(socket, messages, own, until)));
        return counts.reduce((sum, count) => sum + count, 0) / seconds;
      },
    },
    async () => void (await Promise.all(clients.map((client) => client.end()))),
  );
}

const socketOf = (client: pg.Client): Duplex =>
  (client as unknown as { connection: { stream: Duplex } }).connection.stream;

async function preparedSocket(client: pg.Client, subjectKey: string): Promise<Duplex> {
  const { rowCount } = await client.query({ ...SELECT, values: [subjectKey] });
  if (rowCount !== 1) throw new Error('a row that is to be selected is not there');
  const socket = socketOf(client);
  // The library's own reader would not know what to make of answers to what it has not asked.
  socket.removeAllListeners('data');
  return socket;
}

/** Selects one row after the other until it is time; gives how many. */
function selectUntil(socket: Duplex, messages: readonly Buffer[], own: number, until: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let count = 0;
  const next = (): void => void socket.write(messages[(own + count * CLIENTS) % messages.length]!);
  const heard = (chunk: Buffer): void => {
    if (!isWhole(chunk)) return;
    if (!hasRow(chunk)) return reject(new Error('a select of a single row found none'));
    count += 1;
    if (performance.now() < until) return next();
    socket.off('data', heard);
    resolve(count);
  };
  socket.on('data', heard);
  next();
  return promise;
}

const letter = (text: string): number => text.charCodeAt(0);

/** Does an answer end here, with ReadyForQuery? It is so short that it comes in one piece. */
const isWhole = (chunk: Buffer): boolean => chunk.at(-6) === letter('Z') && chunk.at(-1) === letter('I');

/** BindComplete has five bytes; then comes the row. */
const hasRow = (chunk: Buffer): boolean => chunk[0] === letter('2') && chunk[5] === letter('D');

/** Bind to the prepared statement, Execute, Sync (PostgreSQL's protocol 3.0, message formats). */
function messageFor(subjectKey: string): Buffer {
  const value = Buffer.from(subjectKey);
  const bind = Buffer.concat([
    Buffer.from(`\0${SELECT.name}\0`),
    numbers16(0, 1),
    numbers32(value.length),
    value,
    numbers16(0),
  ]);
  const execute = Buffer.concat([Buffer.from('\0'), numbers32(0)]);
  return Buffer.concat([message('B', bind), message('E', execute), message('S', Buffer.alloc(0))]);
}

const message = (kind: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(kind), numbers32(body.length + 4), body]);

function numbers16(...values: readonly number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 0xff])));
}

function numbers32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
