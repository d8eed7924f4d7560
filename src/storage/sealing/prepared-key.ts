import { createSecretKey, type KeyObject } from 'node:crypto';

const prepared = new WeakMap<Buffer, KeyObject>();

/**
 * A key as Node's ciphers and hashes take it at once. From bytes they would make it anew each time, which takes 25 µs, three times as long as
 * opening a number. Kept for as long as the bytes are, which must not change.
 */
export function preparedKey(bytes: Buffer): KeyObject {
  const known = prepared.get(bytes) ?? createSecretKey(bytes);
  prepared.set(bytes, known);
  return known;
}
