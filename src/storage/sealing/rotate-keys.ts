import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { committed } from '../in-transaction.ts';
import { rewrapIndexKeys } from '../subject-index/index-keys.ts';
import { addDataKey, KEY_WAITS_SECONDS, readDataKeys, wrapAnew, type KeptKey } from './data-keys.ts';
import type { KeyRing } from './key-ring.ts';
import type { Sealing } from './no-sealing.ts';
import { keyIdOfHead } from './sealed-value.ts';
import { SealingFault } from './sealing-fault.ts';
import { LOOK_AGAIN_AFTER } from './sealing.ts';

/** Milliseconds between two looks whether the new key seals. */
const LOOK_EVERY = 500;
/** Milliseconds in which every process has looked once more: one may miss a look before values under the key before are its own fault. */
const ALL_LOOK_WITHIN = 2 * LOOK_AGAIN_AFTER;

/**
 * Makes another data key, and waits until every process seals under it. One that waits for its time already, since this was killed
 * before, is taken instead.
 *
 * @param allLookWithin milliseconds to wait once it seals
 */
export async function makeDataKey(
  pool: pg.Pool,
  ring: KeyRing,
  sealing: Sealing,
  allLookWithin = ALL_LOOK_WITHIN,
): Promise<void> {
  const last = (await readDataKeys(pool, ring)).at(-1);
  const isWaiting = last?.seals === false;
  if (!isWaiting) await addDataKey(pool, ring, last?.id ?? 0, KEY_WAITS_SECONDS);
  const next = isWaiting ? last.id : (last?.id ?? 0) + 1;
  do {
    await sleep(LOOK_EVERY);
    await sealing.look();
  } while (keyIdOfHead(sealing.head()) < next);
  await sleep(allLookWithin);
}

/** The data keys of a database, without the keys themselves. */
export async function listDataKeys(pool: pg.Pool, ring: KeyRing): Promise<readonly Omit<KeptKey, 'key'>[]> {
  const kept = await readDataKeys(pool, ring);
  return kept.map(({ id, wrappedBy, seals, sealed }) => ({ id, wrappedBy, seals, sealed }));
}

/**
 * Wraps every data key and every index key under the current key of the ring, all of them or none: values stay as they are. Afterwards the
 * ring may lose its other keys. Gives how many were wrapped anew.
 */
export async function rewrapKeys(pool: pg.Pool, ring: KeyRing): Promise<number> {
  return committed(await pool.connect(), async (client) => {
    await client.query('begin');
    // No key may come between the reading and the end.
    await client.query('lock table sealing_key in share row exclusive mode');
    const old = (await readDataKeys(client, ring)).filter(({ wrappedBy }) => wrappedBy !== ring.current.id);
    for (const { key } of old) {
      if (!key) throw new SealingFault('SEALING_KEY_UNKNOWN', 'sealing_key.wrapped');
      await wrapAnew(client, ring, key);
    }
    const ofIndex = await rewrapIndexKeys(client, ring);
    return old.length + ofIndex;
  });
}
