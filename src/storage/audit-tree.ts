import { hash as hashOnce } from 'node:crypto';
import { HASH_BYTES, treeHasher, type TreeHash } from '../domain/audit/merkle-tree.ts';

/** SHA-256. By way of text: for its buffers the library takes three times as long as for the hash. */
export function sha256(bytes: Uint8Array): TreeHash {
  const text = hashOnce('sha256', bytes, 'binary');
  const hash = new Uint8Array(HASH_BYTES);
  for (let index = 0; index < HASH_BYTES; index++) hash[index] = text.charCodeAt(index);
  return hash;
}

/** Hashes entries and nodes by SHA-256. */
export const sha256Tree = treeHasher(sha256);

/** Subtrees of 256 entries are kept, and of 256 of those, and so on: a proof reads at most 255 hashes of each kind. */
export const KEPT_LEVELS = 8;
