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

/** Writes 16 bytes as a UUID. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Starts low in the twelve bits, so that a millisecond has room for many. */
function freshCounter(): number {
  return randomFillSync(Buffer.alloc(1))[0]!;
}
