import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { algorithmOf, isAlgorithmName } from './algorithms.ts';
import { unwrapKey, wrapKey, type KeyRing } from './key-ring.ts';
import { headOf } from './sealed-value.ts';
import type { KeyInUse } from './place-seal.ts';

/** Seconds between the moment a data key is put down and the first value under it: by then every process has it. */
export const KEY_WAITS_SECONDS = 10;

/** What data keys are bound to where they lie. */
const WRAPPED = 'sealing_key.wrapped';

/** A data key as the table has it, unwrapped. */
export interface KeptKey {
  readonly id: number;
  /** Named with what it wraps. */
  readonly wrappedBy: string;
  /** Whether values are sealed under it already, unless a newer one is. */
  readonly seals: boolean;
  /** Values sealed under it, as processes have told so far. */
  readonly sealed: number;
  /** `undefined` where the ring has no key that unwraps it. */
  readonly key: KeyInUse | undefined;
}

/** Reads data keys, by number. Those known already are not unwrapped again. */
export async function readDataKeys(
  pool: pg.Pool | pg.ClientBase,
  ring: KeyRing,
  known: ReadonlyMap<number, KeyInUse> = new Map(),
): Promise<readonly KeptKey[]> {
  // A copy: the library writes into what it is given.
  const { rows } = await pool.query<KeyRecord>({ ...KEYS });
  return rows.map((row) => ({ ...row, key: known.get(row.id) ?? keyInUse(ring, row) }));
}

interface KeyRecord {
  readonly id: number;
  readonly algorithm: string;
  readonly wrapped: Buffer;
  readonly wrappedBy: string;
  readonly seals: boolean;
  readonly sealed: number;
}

function keyInUse(ring: KeyRing, { id, algorithm, wrapped, wrappedBy }: KeyRecord): KeyInUse | undefined {
  const by = ring.find(wrappedBy);
  if (!by || !isAlgorithmName(algorithm) || !algorithmOf(algorithm).isOffered) return undefined;
  const key = unwrapKey(by, { id, algorithm, wrapped }, WRAPPED);
  return key && { ...key, head: headOf(key) };
}

/**
 * Makes the data key that follows on `last`, of the algorithm that the ring wraps by. Of processes that make one at the same time one
 * has its way; the others read its key.
 *
 * @param waits seconds before anything is sealed under it
 */
export async function addDataKey(
  pool: pg.Pool | pg.ClientBase,
  ring: KeyRing,
  last: number,
  waits: number,
): Promise<void> {
  const { algorithm } = ring.current;
  const id = last + 1;
  const key = randomBytes(algorithmOf(algorithm).keyBytes);
  const wrapped = wrapKey(ring.current, { id, algorithm, key }, WRAPPED);
  await pool.query(ADD_KEY, [id, algorithm, wrapped, ring.current.id, waits]);
}

/** Wraps a data key under the current key of the ring, as the owner of the table. */
export async function wrapAnew(client: pg.ClientBase, ring: KeyRing, key: KeyInUse): Promise<void> {
  await client.query(WRAP_ANEW, [key.id, wrapKey(ring.current, key, WRAPPED), ring.current.id]);
}

/** Tells how many values this process has sealed under a key since it last told. */
export async function tellSealed(pool: pg.Pool, id: number, values: number): Promise<void> {
  await pool.query({ ...TELL_SEALED, values: [id, values] });
}

const KEYS = {
  name: 'sealing-keys',
  text: `
select k.id, k.algorithm, k.wrapped, k.wrapped_by as "wrappedBy", k.seals_from <= now() as seals, coalesce(u.sealed, 0)::float8 as sealed
from sealing_key k left join sealing_use u on u.key = k.id
order by k.id`,
};

// Cut, not rounded: a key that seals from now on does so at once.
const ADD_KEY = `
insert into sealing_key (id, algorithm, wrapped, wrapped_by, made_at, seals_from)
values ($1, $2, $3, $4, now(), date_trunc('milliseconds', now()) + make_interval(secs => $5))
on conflict (id) do nothing`;

const WRAP_ANEW = 'update sealing_key set wrapped = $2, wrapped_by = $3 where id = $1';

const TELL_SEALED = {
  name: 'sealing-use',
  text: `
insert into sealing_use as u (key, sealed) values ($1, $2)
on conflict (key) do update set sealed = u.sealed + excluded.sealed`,
};
