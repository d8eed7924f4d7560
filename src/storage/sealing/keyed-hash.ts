import { hkdfSync } from 'node:crypto';
import type { AlgorithmName } from './algorithms.ts';
import { hmac, type HashName } from './hmac.ts';
import type { DataKey } from './sealed-value.ts';

/** The hash that goes with an algorithm. */
export const HASH_OF: Readonly<Record<AlgorithmName, HashName>> = {
  'AES-256-GCM': 'sha256',
  'SM4-GCM': 'sm3',
  'SM4-CTR-HMAC-SM3': 'sm3',
};

/** Bytes of a hash that are kept. */
const KEPT_BYTES = 16;
const KEY_BYTES = 32;

/** Hashes texts so that nobody without the key can try texts against a hash. Lower-case hex, 32 digits. */
export type KeyedHash = (text: string) => string;

/** The keyed hash of a data key, under a key of its own that follows from it (HKDF, RFC 5869): what hashes does not also seal. */
export function keyedHashOf({ algorithm, key }: DataKey): KeyedHash {
  const hash = HASH_OF[algorithm];
  const derived = Buffer.from(hkdfSync(hash, key, '', 'yidang keyed hash', KEY_BYTES));
  return (text) => hmac(hash, derived, text).subarray(0, KEPT_BYTES).toString('hex');
}
