import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { takeCopyData } from '../../src/storage/copy-data.ts';

/** A message as the server sends it. */
function message(letter: string, said: string): Buffer {
  const head = Buffer.alloc(5, letter);
  head.writeUInt32BE(4 + Buffer.byteLength(said), 1);
  return Buffer.concat([head, Buffer.from(said)]);
}

const ROWS = ['one', '', 'three '.repeat(40), 'dZ', '五'];
const COPY = Buffer.concat([
  message('H', 'columns'),
  ...ROWS.slice(0, 2).map((row) => message('d', row)),
  message('N', 'a notice between'),
  ...ROWS.slice(2).map((row) => message('d', row)),
  ...[message('c', ''), message('C', 'COPY 5'), message('Z', 'T')],
]);

/** What became of the COPY and the statement behind it, where the bytes come so many at a time. */
function heard(atOnce: number): { rows: string[]; others: string } {
  const incoming = new EventEmitter();
  const others: Buffer[] = [];
  const rows: string[] = [];
  incoming.on('data', (bytes: Buffer) => others.push(bytes));
  takeCopyData(incoming, (bytes, at) => rows.push(bytes.toString('utf8', at, at - 4 + bytes.readUInt32BE(at - 4))));
  const bytes = Buffer.concat([COPY, message('d', 'not of this COPY')]);
  for (let at = 0; at < bytes.length; at += atOnce) incoming.emit('data', bytes.subarray(at, at + atOnce));
  return { rows, others: Buffer.concat(others).toString() };
}

it('takes the data of one COPY and leaves the rest to others, wherever what comes is cut', () => {
  const others = [
    ...[message('H', 'columns'), message('N', 'a notice between'), message('c', '')],
    ...[message('C', 'COPY 5'), message('Z', 'T'), message('d', 'not of this COPY')],
  ].join('');
  for (let atOnce = 1; atOnce <= COPY.length; atOnce++)
    expect(heard(atOnce), `${atOnce}`).toEqual({ rows: ROWS, others });
});
