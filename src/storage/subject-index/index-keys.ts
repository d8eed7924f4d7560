import { hkdfSync, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { algorithmOf, isAlgorithmName } from '../sealing/algorithms.ts';
import { unwrapKey, wrapKey, type KeyRing } from '../sealing/key-ring.ts';
import { HASH_OF } from '../sealing/keyed-hash.ts';
import type { DataKey } from '../sealing/sealed-value.ts';
import { SealingFault } from '../sealing/sealing-fault.ts';
import { documentHash, type DocumentHash } from '../subject-keys.ts';

/** An index key as the table has it. */
export interface KeptIndexKey {
  /** Its generation, from 1; 0 is the pepper, which is not in the table. */
  readonly id: number;
  /** Names what wraps it. */
  readonly wrappedBy: string;
  /** Everybody is entered under it, so that what it says counts. */
  readonly counts: boolean;
  /** Seconds since it was put down. */
  readonly age: number;
  /** A fixed text as the pepper hashed it when this key was made. */
  readonly pepperHash: string;
  /** `undefined` where the ring has no key that unwraps it. */
  readonly key: DataKey | undefined;
}

interface IndexKeyRecord extends Omit<KeptIndexKey, 'key'> {
  readonly algorithm: string;
  readonly wrapped: Buffer;
}

/** What index keys are bound to where they lie. */
const WRAPPED = 'index_key.wrapped';

const HASH_KEY_BYTES = 32;

/** Reads index keys, the oldest first. One statement. */
export async function readIndexKeys(client: pg.Pool | pg.ClientBase, ring: KeyRing): Promise<readonly KeptIndexKey[]> {
  // A copy: the library writes into what it is given.
  const { rows } = await client.query<IndexKeyRecord>({ ...INDEX_KEYS });
  return rows.map((row) => ({ ...row, key: unwrapped(ring, row) }));
}

function unwrapped(ring: KeyRing, { id, algorithm, wrapped, wrappedBy }: IndexKeyRecord): DataKey | undefined {
  const by = ring.find(wrappedBy);
  if (!by || !isAlgorithmName(algorithm) || !algorithmOf(algorithm).isOffered) return undefined;
  return unwrapKey(by, { id, algorithm, wrapped }, WRAPPED);
}

/** The hash of documents under an index key: under a key that follows from it (HKDF, RFC 5869), of the hash that goes with its algorithm. */
export function indexHashOf({ algorithm, key }: DataKey): DocumentHash {
  const hash = HASH_OF[algorithm];
  return documentHash(hash, Buffer.from(hkdfSync(hash, key, '', 'yidang subject index', HASH_KEY_BYTES)));
}

/** What tells one pepper from another: its hash of a text that is no document. */
export const pepperHashOf = (pepper: DocumentHash): string => pepper({ idType: 'RESIDENT_ID', idNumber: '\0pepper' });

/** Draws the index key that follows on `last` and puts it down, as the owner of the table. Of two who do, one has its way. */
export async function addIndexKey(pool: pg.Pool, ring: KeyRing, pepper: DocumentHash, last: number): Promise<void> {
  const { algorithm, id: wrappedBy } = ring.current;
  const made = { id: last + 1, algorithm, key: randomBytes(algorithmOf(algorithm).keyBytes) };
  const wrapped = wrapKey(ring.current, made, WRAPPED);
  await pool.query(ADD_INDEX_KEY, [made.id, algorithm, wrapped, wrappedBy, pepperHashOf(pepper)]);
}

/** Lets an index key count, as the owner of the table: everybody is entered under it. */
export async function letCount(pool: pg.Pool, id: number): Promise<void> {
  await pool.query('update index_key set counts_from = now() where id = $1 and counts_from is null', [id]);
}

/** Wraps the index keys anew that something else than the ring's current key wraps; gives how many. Belongs to a transaction of the owner's. */
export async function rewrapIndexKeys(client: pg.ClientBase, ring: KeyRing): Promise<number> {
  await client.query('lock table index_key in share row exclusive mode');
  const old = (await readIndexKeys(client, ring)).filter(({ wrappedBy }) => wrappedBy !== ring.current.id);
  for (const { id, key } of old) {
    if (!key) throw new SealingFault('SEALING_KEY_UNKNOWN', WRAPPED);
    await client.query(WRAP_ANEW, [id, wrapKey(ring.current, key, WRAPPED), ring.current.id]);
  }
  return old.length;
}

/** SQL for the number of the newest index key. Whoever reads it in a transaction is waited for until its end by those who rotate. */
export const NEWEST_INDEX_KEY = '(select coalesce(max(id), 0) from index_key)';

const INDEX_KEYS = {
  name: 'index-keys',
  text: `
select id, algorithm, wrapped, wrapped_by as "wrappedBy", pepper_hash as "pepperHash", counts_from is not null as counts,
  extract(epoch from now() - made_at)::float8 as age
from index_key
order by id`,
};

const ADD_INDEX_KEY = `
insert into index_key (id, algorithm, wrapped, wrapped_by, pepper_hash, made_at)
values ($1, $2, $3, $4, $5, now())
on conflict (id) do nothing`;

const WRAP_ANEW = 'update index_key set wrapped = $2, wrapped_by = $3 where id = $1';
