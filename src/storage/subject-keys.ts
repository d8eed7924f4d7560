import { createHash, hash } from 'node:crypto';
import type { SubjectKeys } from '../flows/ports.ts';

/** SHA-256 reads blocks of so many bytes, and gives so many. */
const BLOCK = 64;
const DIGEST = 32;
/** Longer than any document with its type; a longer one gets a buffer of its own. */
const MOST_BYTES = 512;

/** Hex digits with the two bits of the UUID's variant set. */
const VARIANT = '89ab89ab89ab89ab';

/**
 * Makes subject keys: HMAC-SHA-256 (RFC 2104) under the pepper of the document's type and normalised number, its first 16
 * bytes written as a UUIDv8 (RFC 9562 §5.8, free for such uses). The same document has the same key in every jurisdiction;
 * without the pepper a key cannot be tried against the few billion numbers there are.
 *
 * The two hashes of an HMAC are taken by Node's one-shot function: its HMAC objects cost four times as much, a million times a list.
 */
export function hmacSubjectKeys(pepper: string): SubjectKeys {
  const [inner, outer] = paddedKeys(pepper);
  const room = Buffer.concat([inner, Buffer.alloc(MOST_BYTES)]);
  return {
    keyOf: ({ idType, idNumber }) => {
      // The NUL keeps type and number apart, whatever they hold.
      const text = `${idType}\0${idNumber}`;
      const fits = text.length * 3 <= MOST_BYTES;
      const message = fits
        ? room.subarray(0, BLOCK + room.write(text, BLOCK))
        : Buffer.concat([inner, Buffer.from(text)]);
      outer.write(hash('sha256', message, 'hex'), BLOCK, 'hex');
      const hex = hash('sha256', outer, 'hex');
      const variant = VARIANT[Number.parseInt(hex[16]!, 16)]!;
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
  };
}

/** The key as HMAC mixes it into its inner and outer hash, the outer one with room for the inner digest. */
function paddedKeys(pepper: string): readonly [inner: Buffer, outer: Buffer] {
  const bytes = Buffer.from(pepper);
  const key = Buffer.alloc(BLOCK);
  (bytes.length > BLOCK ? createHash('sha256').update(bytes).digest() : bytes).copy(key);
  const padded = (pad: number): Buffer => Buffer.from(key.map((byte) => byte ^ pad));
  return [padded(0x36), Buffer.concat([padded(0x5c), Buffer.alloc(DIGEST)])];
}
