import { createHmac } from 'node:crypto';
import { preparedKey } from './prepared-key.ts';

/** The hashes beneath a keyed hash: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905). */
export type HashName = 'sha256' | 'sm3';

/** HMAC (RFC 2104) of bytes or texts, as if they were one. */
export function hmac(hash: HashName, key: Buffer, ...parts: readonly (Buffer | string)[]): Buffer {
  const mac = createHmac(hash, preparedKey(key));
  for (const part of parts) mac.update(part);
  return mac.digest();
}
