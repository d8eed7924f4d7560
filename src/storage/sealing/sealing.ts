import type pg from 'pg';
import { DatabaseUnsafe } from '../check-wall.ts';
import { addDataKey, KEY_WAITS_SECONDS, readDataKeys, tellSealed, type KeptKey } from './data-keys.ts';
import type { KeyRing } from './key-ring.ts';
import { keyedHashOf } from './keyed-hash.ts';
import type { Sealing } from './no-sealing.ts';
import { drawKey, sealUnder } from './own-key.ts';
import { placeSeal, type KeyInUse, type KeysInUse, type PlaceSeal } from './place-seal.ts';

/** Milliseconds after which a process looks for new data keys. */
export const LOOK_AGAIN_AFTER = 3_000;

/**
 * Values after which another data key is made. Nonces are drawn by chance, so that of 2^32 values under one key two have the same one
 * with a chance of 2^-33 (NIST SP 800-38D §8.3 allows no more); this stays far below it, with room for counts that a killed process
 * did not tell.
 */
const MOST_VALUES = 2 ** 30;

/**
 * Opens the data keys of a database, and follows those that are made later; makes the first one where there is none. Throws a
 * `DatabaseUnsafe` where the ring does not unwrap all of them: what lies under the others could be neither read nor kept.
 */
export async function openSealing(pool: pg.Pool, ring: KeyRing): Promise<Sealing> {
  const known = new Map<number, KeyInUse>();
  let current: KeyInUse | undefined;
  let untold = 0;

  const take = (kept: readonly KeptKey[]): KeptKey | undefined => {
    for (const { id, key } of kept) if (key) known.set(id, key);
    // The first may have been put down while this was being asked, and is known to whoever comes.
    const seals = kept.findLast(({ key, seals: now }) => key && now) ?? kept.find(({ key }) => key);
    if (!seals) return undefined;
    current = seals.key;
    return seals;
  };
  const tell = async (): Promise<void> => {
    const [id, values] = [current?.id, untold];
    if (id === undefined || values === 0) return;
    untold -= values;
    // What could not be told is told with the next; under another key it counts there, which is as good.
    await tellSealed(pool, id, values).catch(() => (untold += values));
  };
  const look = async (): Promise<void> => {
    await tell();
    const kept = await readDataKeys(pool, ring, known);
    const seals = take(kept);
    const last = kept.at(-1);
    if (seals && last?.id === seals.id && seals.sealed >= MOST_VALUES) {
      await addDataKey(pool, ring, last.id, KEY_WAITS_SECONDS);
    }
  };

  const first = await firstKeys(pool, ring);
  take(first);
  const keys: KeysInUse = {
    draw: () => {
      untold += 1;
      return current!;
    },
    find: (id) => known.get(id),
    // Of the first key, which stays: hashes under others would not be found again.
    hash: keyedHashOf(first[0]!.key!),
  };
  const seals = new Map<string, PlaceSeal>();
  // A look that fails is made again; until then what is known serves.
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_AGAIN_AFTER).unref();
  return {
    of: (jurisdiction) => {
      const seal = seals.get(jurisdiction) ?? placeSeal(jurisdiction, keys);
      seals.set(jurisdiction, seal);
      return seal;
    },
    passing: () => sealUnder('', { ...drawKey(current!.algorithm), id: 0 }),
    draw: () => drawKey(current!.algorithm),
    head: () => current!.head,
    look,
    close: async () => {
      clearInterval(looking);
      await tell();
    },
  };
}

async function firstKeys(pool: pg.Pool, ring: KeyRing): Promise<readonly KeptKey[]> {
  let kept = await readDataKeys(pool, ring);
  if (kept.length === 0) {
    await addDataKey(pool, ring, 0, 0);
    kept = await readDataKeys(pool, ring);
  }
  const lost = kept.filter(({ key }) => key === undefined);
  if (lost.length === 0) return kept;
  const ids = [...new Set(lost.map(({ wrappedBy }) => wrappedBy))].join(', ');
  throw new DatabaseUnsafe([
    {
      variable: 'SEALING_KEY_FILE',
      zh: `文件中没有数据库所用的封存密钥 ${ids}`,
      en: `the file lacks keys by which this database is sealed: ${ids}`,
    },
  ]);
}
