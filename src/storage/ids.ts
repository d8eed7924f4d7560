import { randomFillSync } from 'node:crypto';
import type { Ids } from '../flows/ports.ts';

/**
 * Makes UUIDv7 (RFC 9562 §5.7), each greater than the one before within this process (§6.2, method 2: the random part
 * is counted up within a millisecond), so that ids of one push keep the order of its rows. Node's own crypto makes only
 * version 4. The instant is that of the machine, not of the hub's clock: ids must never repeat, stories may set clocks back.
 */
export function uuidv7Ids(): Ids {
  const bytes = Buffer.alloc(16);
  let last = 0;
  let counter = 0;
  return {
    next: () => {
      const now = Date.now();
      counter = now > last ? freshCounter() : counter + 1;
      last = Math.max(now, last);
      if (counter > 0xfff) {
        last += 1;
        counter = freshCounter();
      }
      randomFillSync(bytes, 8);
      bytes.writeUIntBE(last, 0, 6);
      bytes.writeUInt16BE(0x7000 | counter, 6);
      bytes[8] = 0x80 | (bytes[8]! & 0x3f);
      return uuidText(bytes);
    },
  };
}

/** Writes 16 bytes as a UUID, from a place on. Digit by digit: a text put together from pieces is put together anew by whoever reads it first. */
export function uuidText(bytes: Buffer, from = 0): string {
  let at = 0;
  for (let byte = from; byte < from + 16; byte += 1) {
    if (TEXT[at] === DASH) at += 1;
    TEXT[at] = DIGITS[bytes[byte]! >> 4]!;
    TEXT[at + 1] = DIGITS[bytes[byte]! & 15]!;
    at += 2;
  }
  return TEXT.toString('latin1');
}

/**
 * The nil UUID (RFC 9562 §5.9), which nothing is ever given: it sorts before every id, so that what goes through rows in the order of
 * their ids begins behind it.
 */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

const TEXT = Buffer.from(NIL_ID);
const DIGITS = Buffer.from('0123456789abcdef');
const DASH = 45;

/** Starts low in the twelve bits, so that a millisecond has room for many. */
function freshCounter(): number {
  return randomFillSync(Buffer.alloc(1))[0]!;
}
