import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { DatabaseUnsafe } from '../check-wall.ts';
import { NIL_ID } from '../ids.ts';
import { KEY_WAITS_SECONDS } from '../sealing/data-keys.ts';
import type { KeyRing } from '../sealing/key-ring.ts';
import type { Sealing } from '../sealing/no-sealing.ts';
import { inOwnersTransaction } from '../sealing/owners-transaction.ts';
import { DOCUMENT_AS_JSON, subjectFromJson, type DocumentJson } from '../sealed-numbers.ts';
import type { DocumentHash } from '../subject-keys.ts';
import { countUnentered, enterEverybody, type EnterProgress, type Unentered } from './enter-everybody.ts';
import { OTHER_PEPPER, type IndexKeys } from './follow-index-keys.ts';
import { addIndexKey, letCount, readIndexKeys, type KeptIndexKey } from './index-keys.ts';

/** Milliseconds between two looks for transactions that began before the newest key was there. */
const LOOK_EVERY = 200;
/** Documents by which a pepper is known to be this database's. */
const SAMPLE = 200;
/** Entries forgotten by one statement. */
const FORGOTTEN_AT_ONCE = 5_000;

/** What rotating index keys is done with. */
export interface RotateGround {
  /** Connections of the owner of the tables. */
  readonly pool: pg.Pool;
  readonly ring: KeyRing;
  readonly sealing: Sealing;
  readonly indexKeys: IndexKeys;
  readonly jurisdictions: readonly string[];
}

/** What is told while everybody is being entered. */
export interface FinishTold {
  readonly onProgress: (progress: EnterProgress) => void;
  readonly onWaiting: (transactions: number) => void;
}

/** How a command that enters everybody ended. */
export interface Entered {
  /** Nothing is left to be done but for these. */
  readonly done: boolean;
  /** Subjects whose number leads to somebody else, or to nobody: left as they are. */
  readonly strays: readonly string[];
}

/** The index keys of a database, without the keys themselves. */
export async function listIndexKeys({ pool, ring }: RotateGround): Promise<readonly Omit<KeptIndexKey, 'key'>[]> {
  const kept = await readIndexKeys(pool, ring);
  return kept.map(({ key: _key, ...told }) => told);
}

/** Counts who is still to be entered under the newest index key, by jurisdiction; nobody where there is none. */
export async function countLeft(ground: RotateGround): Promise<readonly Unentered[]> {
  await ground.indexKeys.look();
  const generations = ground.indexKeys.all();
  return generations.length === 1 ? [] : countUnentered({ ...ground, generations });
}

/**
 * Makes another index key, unless one is there that not everybody is entered under yet. It counts for nothing until {@link finishIndex}
 * has entered everybody. Throws a `DatabaseUnsafe` where not one of some documents is the pepper's.
 */
export async function makeIndexKey(ground: RotateGround): Promise<void> {
  const { pool, ring, indexKeys } = ground;
  await indexKeys.look();
  const [pepper, ...later] = indexKeys.all();
  if (later.length === 0) await checkPepper(ground, pepper!.hashOf);
  if (later.at(-1)?.counts !== false) await addIndexKey(pool, ring, pepper!.hashOf, later.at(-1)?.id ?? 0);
  await indexKeys.look();
}

/**
 * Enters everybody under the newest index key and lets it count, then forgets what was entered under those before. Goes on where it was
 * stopped. Begins only when every process knows of the key and nobody takes in any more what was judged without it.
 *
 * @param told.onWaiting told how many transactions are waited for, whenever that changes
 * @param stop ends it after the transaction under way
 * @param waits seconds until every process knows of a key
 */
export async function finishIndex(
  ground: RotateGround,
  { onProgress, onWaiting }: FinishTold,
  stop?: AbortSignal,
  waits = KEY_WAITS_SECONDS,
): Promise<Entered> {
  const { pool, ring, indexKeys } = ground;
  await indexKeys.look();
  const newest = (await readIndexKeys(pool, ring)).at(-1);
  if (!newest) return { done: true, strays: [] };
  if (!newest.counts) await allKnow(pool, Math.max(0, waits - newest.age), onWaiting, stop);

  const generations = indexKeys.all();
  const strays = await enterEverybody({ ...ground, generations }, onProgress, stop);
  if (stop?.aborted) return { done: false, strays };
  await letCount(pool, newest.id);
  await forgetOlder(pool, newest.id);
  return { done: true, strays };
}

/**
 * Waits until every process knows of the newest index key, and until those transactions have ended that asked whether there is a newer key
 * before it was there. Whoever asks later finds it and judges anew what was judged without it.
 */
async function allKnow(
  pool: pg.Pool,
  seconds: number,
  onWaiting: FinishTold['onWaiting'],
  stop?: AbortSignal,
): Promise<void> {
  await sleep(seconds * 1000, undefined, stop ? { signal: stop } : {}).catch(() => undefined);
  let left = await readers(pool);
  let told = 0;
  while (left.length > 0) {
    if (stop?.aborted) return;
    if (left.length !== told) onWaiting(left.length);
    told = left.length;
    await sleep(LOOK_EVERY);
    const now = new Set(await readers(pool));
    left = left.filter((reader) => now.has(reader));
  }
}

/** Transactions that have read the index keys. They hold the lock of a reader until their end, and keep nobody waiting. */
async function readers(pool: pg.Pool): Promise<readonly string[]> {
  const found = await pool.query<{ transaction: string }>(READERS);
  return found.rows.map(({ transaction }) => transaction);
}

async function checkPepper({ pool, sealing, jurisdictions }: RotateGround, pepper: DocumentHash): Promise<void> {
  let seen = 0;
  for (const jurisdiction of jurisdictions) {
    const seal = sealing.of(jurisdiction);
    const found = await inOwnersTransaction(pool, jurisdiction, (client) =>
      client.query<{ document: DocumentJson }>(SOME_DOCUMENTS, [jurisdiction, SAMPLE]),
    );
    const some = found.rows.map(({ document }) => subjectFromJson(seal, document));
    if (some.some((subject) => pepper(subject) === subject.key)) return;
    seen += some.length;
  }
  if (seen > 0) throw new DatabaseUnsafe([OTHER_PEPPER]);
}

/** Forgets entries under older index keys, but those by which somebody is held apart, in the order of their hashes. */
async function forgetOlder(pool: pg.Pool, newest: number): Promise<void> {
  for (let after: string | undefined = NIL_ID; after !== undefined;) {
    const found: pg.QueryResult<{ last: string }> = await pool.query(FORGET_OLDER, [newest, after, FORGOTTEN_AT_ONCE]);
    after = found.rows[0]?.last;
  }
}

const READERS = `
select virtualtransaction as transaction
from pg_locks
where relation = 'index_key'::regclass and database = (select oid from pg_database where datname = current_database())
  and pid <> pg_backend_pid()`;

const SOME_DOCUMENTS = `
select ${DOCUMENT_AS_JSON} as document from identifier i where i.jurisdiction = $1 order by i.subject_key limit $2`;

const FORGET_OLDER = `
with old as materialized (
  select document_hash from subject_index
  where document_hash > $2 and index_key < $1 and not apart
  order by document_hash limit $3
),
gone as (delete from subject_index x using old o where x.document_hash = o.document_hash)
select document_hash as last from old order by document_hash desc limit 1`;
