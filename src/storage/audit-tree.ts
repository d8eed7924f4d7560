import { hash as hashOnce } from 'node:crypto';
import { HASH_BYTES, treeHasher } from '../domain/audit/merkle-tree.ts';

/** SHA-256, put in its place. By way of text: for its buffers the library takes three times as long as for the hash. */
function sha256(bytes: Uint8Array, into: Uint8Array, at: number): void {
  const text = hashOnce('sha256', bytes, 'binary');
  for (let index = 0; index < HASH_BYTES; index++) into[at + index] = text.charCodeAt(index);
}

/** Is the SHA-256 of some bytes what stands at a place? */
export function isSha256(bytes: Uint8Array, of: Uint8Array, at: number): boolean {
  const text = hashOnce('sha256', bytes, 'binary');
  for (let index = 0; index < HASH_BYTES; index++) if (of[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** Hashes entries and nodes by SHA-256. */
export const sha256Tree = treeHasher(sha256);

/** Subtrees of 256 entries are kept, and of 256 of those, and so on: a proof reads at most 255 hashes of each kind. */
export const KEPT_LEVELS = 8;
