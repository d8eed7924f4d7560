import { randomFillSync } from 'node:crypto';
import { algorithmOf, NONCE_BYTES, TAG_BYTES, type AlgorithmName } from './algorithms.ts';

/**
 * A sealed value, byte by byte: its form (1), the algorithm (1), the number of the data key (4, big-endian), the nonce (12), then as many
 * bytes as were sealed, and the tag (16).
 */
const FORM = 1;
const KEY_AT = 2;

/** Bytes that tell under which key a value lies: all values under one key begin alike. */
export const HEAD_BYTES = 6;
const TEXT_AT = HEAD_BYTES + NONCE_BYTES;

/** Bytes of a value besides those that were sealed. */
export const SEAL_BYTES = TEXT_AT + TAG_BYTES;

/** A key for values. Numbers are given once; the key itself never leaves the process unwrapped. */
export interface DataKey {
  readonly id: number;
  readonly algorithm: AlgorithmName;
  readonly key: Buffer;
}

/** The first bytes of every value under a key. */
export function headOf({ id, algorithm }: Pick<DataKey, 'id' | 'algorithm'>): Buffer {
  const head = Buffer.from([FORM, algorithmOf(algorithm).number, 0, 0, 0, 0]);
  head.writeUInt32BE(id, KEY_AT);
  return head;
}

/** The number of the key whose values begin so. */
export const keyIdOfHead = (head: Buffer): number => head.readUInt32BE(KEY_AT);

/** The number of the key under which a value lies; `undefined` where it is no sealed value of a known form. */
export const keyIdOf = (sealed: Buffer): number | undefined =>
  sealed.length >= SEAL_BYTES && sealed[0] === FORM ? sealed.readUInt32BE(KEY_AT) : undefined;

/** Seals bytes under a key. Equal bytes become different values. `place`: what they are bound to. */
export function sealBytes(
  { head, algorithm, key }: DataKey & { readonly head: Buffer },
  place: string,
  plain: Buffer,
): Buffer {
  const nonce = drawNonce();
  const text = algorithmOf(algorithm).encrypt(key, nonce, boundTo(head, place), plain);
  return Buffer.concat([head, nonce, text]);
}

/** Opens a value that was sealed under this very key for this very place; `undefined` where it was not, or was changed since. */
export function openBytes(
  { head, algorithm, key }: DataKey & { readonly head: Buffer },
  place: string,
  sealed: Buffer,
): Buffer | undefined {
  if (!head.equals(sealed.subarray(0, HEAD_BYTES))) return undefined;
  const nonce = sealed.subarray(HEAD_BYTES, TEXT_AT);
  return algorithmOf(algorithm).decrypt(key, nonce, boundTo(head, place), sealed.subarray(TEXT_AT));
}

const boundTo = (head: Buffer, place: string): Buffer => Buffer.concat([head, Buffer.from(place)]);

/** Nonces are drawn by the thousand: asking the system for each would cost as much as sealing. */
const DRAWN = Buffer.alloc(NONCE_BYTES * 1_024);
let used = DRAWN.length;

function drawNonce(): Buffer {
  if (used === DRAWN.length) {
    randomFillSync(DRAWN);
    used = 0;
  }
  used += NONCE_BYTES;
  // A view, copied into the value before another round is drawn: all of this is one call.
  return DRAWN.subarray(used - NONCE_BYTES, used);
}
