import type pg from 'pg';
import { DatabaseUnsafe } from '../check-wall.ts';
import type { KeyRing } from '../sealing/key-ring.ts';
import { SealingFault } from '../sealing/sealing-fault.ts';
import { LOOK_AGAIN_AFTER } from '../sealing/sealing.ts';
import { hmacSubjectKeys, type DocumentHash } from '../subject-keys.ts';
import { indexHashOf, pepperHashOf, readIndexKeys, type KeptIndexKey } from './index-keys.ts';

/** A generation of the keys that documents are looked up by, as it is used. */
export interface Generation {
  /** 0 is the pepper. */
  readonly id: number;
  /** Everybody is entered under it. */
  readonly counts: boolean;
  readonly hashOf: DocumentHash;
}

/** The keys that documents are looked up by. They are in memory, so that asking for them never waits. */
export interface IndexKeys {
  /** Every generation, the pepper first. Throws a `SealingFault` where there is one that the ring does not unwrap: whoever is entered under it would be missed. */
  all(): readonly Generation[];
  /** Looks for newer ones at once. */
  look(): Promise<void>;
  /** Looks no more. */
  close(): Promise<void>;
}

/**
 * Opens the index keys of a database and follows those that are made later. Throws a `DatabaseUnsafe` where the ring does not unwrap all of them, or
 * where the pepper is not the one that was there when they were made: people would be missed, and made twice.
 */
export async function openIndexKeys(pool: pg.Pool, ring: KeyRing, pepper: string): Promise<IndexKeys> {
  const { keyOf: hashOf } = hmacSubjectKeys(pepper);
  const first: Generation = { id: 0, counts: true, hashOf };
  const hashes = new Map<number, DocumentHash>();
  let all: readonly Generation[] | undefined = [first];

  const take = (kept: readonly KeptIndexKey[]): void => {
    for (const { id, key } of kept) if (key && !hashes.has(id)) hashes.set(id, indexHashOf(key));
    const later = kept.map(({ id, counts }) => ({ id, counts, hashOf: hashes.get(id) }));
    all = later.every((one): one is Generation => one.hashOf !== undefined) ? [first, ...later] : undefined;
  };
  const look = async (): Promise<void> => take(await readIndexKeys(pool, ring));

  const kept = await readIndexKeys(pool, ring);
  const problems = [...lostKeys(kept), ...(isOtherPepper(kept, hashOf) ? [OTHER_PEPPER] : [])];
  if (problems.length > 0) throw new DatabaseUnsafe(problems);
  take(kept);
  // A look that fails is made again; until then what is known serves.
  const looking = setInterval(() => void look().catch(() => undefined), LOOK_AGAIN_AFTER).unref();
  return {
    all: () => {
      if (!all) throw new SealingFault('SEALING_KEY_UNKNOWN', 'index_key.wrapped');
      return all;
    },
    look,
    close: async () => clearInterval(looking),
  };
}

function lostKeys(kept: readonly KeptIndexKey[]) {
  const lost = kept.filter(({ key }) => key === undefined);
  if (lost.length === 0) return [];
  const ids = [...new Set(lost.map(({ wrappedBy }) => wrappedBy))].join(', ');
  return [
    {
      variable: 'SEALING_KEY_FILE',
      zh: `文件中没有包裹证件索引密钥的密钥 ${ids}`,
      en: `the file lacks keys that wrap this database's index keys: ${ids}`,
    },
  ];
}

const isOtherPepper = (kept: readonly KeptIndexKey[], pepper: DocumentHash): boolean =>
  kept.some(({ pepperHash }) => pepperHash !== pepperHashOf(pepper));

/** What is wrong where the pepper is not the one that this database's subjects were made with. */
export const OTHER_PEPPER = {
  variable: 'SUBJECT_KEY_PEPPER',
  zh: '不是此数据库的证件键所用的密钥',
  en: 'is not the one that the subject keys of this database were made with',
};
