import { randomBytes, randomInt } from 'node:crypto';
import { ALGORITHMS, algorithmOf, type AlgorithmName } from './algorithms.ts';
import { keyedHashOf } from './keyed-hash.ts';
import { placeSeal, type PlaceSeal } from './place-seal.ts';
import { HEAD_BYTES, headOf, keyIdOfHead, type DataKey } from './sealed-value.ts';

/** Draws a key by chance that is no data key of the hub's: for one person, or for one upload. Its number is drawn too. */
export const drawKey = (algorithm: AlgorithmName): DataKey => ({
  id: randomInt(1, 2 ** 32),
  algorithm,
  key: randomBytes(algorithmOf(algorithm).keyBytes),
});

/** A key as bytes, so that it can be sealed itself: the head of what it seals, then the key. */
export const keyAsBytes = (key: DataKey): Buffer => Buffer.concat([headOf(key), key.key]);

/** Reads what {@link keyAsBytes} wrote; `undefined` where it is no key that this hub knows of. */
export function keyFromBytes(bytes: Buffer): DataKey | undefined {
  if (bytes.length <= HEAD_BYTES) return undefined;
  const id = keyIdOfHead(bytes);
  const key = bytes.subarray(HEAD_BYTES);
  const algorithm = ALGORITHMS.find((name) => headOf({ id, algorithm: name }).equals(bytes.subarray(0, HEAD_BYTES)));
  return algorithm !== undefined && algorithmOf(algorithm).keyBytes === key.length ? { id, algorithm, key } : undefined;
}

/** Seals and opens for a jurisdiction under this key alone. */
export function sealUnder(jurisdiction: string, data: DataKey): PlaceSeal {
  const key = { ...data, head: headOf(data) };
  return placeSeal(jurisdiction, {
    draw: () => key,
    find: (id) => (id === key.id ? key : undefined),
    hash: keyedHashOf(data),
  });
}
