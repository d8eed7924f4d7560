import type pg from 'pg';
import type { Subject } from '../../domain/identity/subject.ts';
import { plainArray, uuidArray } from '../array-text.ts';
import { NIL_ID } from '../ids.ts';
import { DOCUMENT_AS_JSON, subjectFromJson, type DocumentJson } from '../sealed-numbers.ts';
import type { Sealing } from '../sealing/no-sealing.ts';
import { inOwnersTransaction } from '../sealing/owners-transaction.ts';
import type { Generation } from './follow-index-keys.ts';
import { askIndex, ENTER } from './subject-index.ts';

/** Documents of one transaction: short, so that whoever enters one of them meanwhile waits little. */
const DOCUMENTS_AT_ONCE = 500;

/** What it takes to enter everybody under the newest index key. */
export interface EnterGround {
  /** Connections of the owner of the tables. */
  readonly pool: pg.Pool;
  readonly sealing: Sealing;
  /** Every generation, the pepper first. */
  readonly generations: readonly Generation[];
  readonly jurisdictions: readonly string[];
}

/** How many documents of a jurisdiction are still to be entered under the newest index key. */
export interface Unentered {
  readonly jurisdiction: string;
  readonly left: number;
}

/** What a pass over a jurisdiction came to. */
export interface EnterProgress extends Unentered {
  /** Gone through in this pass, of the `left` at its beginning. */
  readonly done: number;
}

/** Counts what is still to be entered, by jurisdiction. */
export async function countUnentered(ground: EnterGround): Promise<readonly Unentered[]> {
  const newest = ground.generations.at(-1)!.id;
  const counts: Unentered[] = [];
  for (const jurisdiction of ground.jurisdictions) {
    const left = await inOwnersTransaction(ground.pool, jurisdiction, async (client) => {
      const counted = await client.query<{ left: number }>(COUNT_UNENTERED, [jurisdiction, newest]);
      return counted.rows[0]!.left;
    });
    counts.push({ jurisdiction, left });
  }
  return counts;
}

/**
 * Enters every document under the newest index key, in short transactions in the order of subjects. It keeps no notes: who is entered stands
 * in the index, so that it may be killed anywhere and begun again. A document that holds somebody apart cannot be made again of its number:
 * it stays where it was entered first, and one of before there was an index is entered by its key, which is the pepper's hash of it.
 *
 * @param stop ends it after the transaction under way
 * @returns subjects whose number leads to somebody else, or to nobody: they are left as they are
 */
export async function enterEverybody(
  ground: EnterGround,
  onProgress: (progress: EnterProgress) => void,
  stop?: AbortSignal,
): Promise<readonly string[]> {
  const strays: string[] = [];
  for (const unentered of await countUnentered(ground)) {
    if (unentered.left === 0) continue;
    let done = 0;
    for (let after = NIL_ID; ;) {
      if (stop?.aborted) break;
      const batch = await inOwnersTransaction(ground.pool, unentered.jurisdiction, (client) =>
        enterSome(client, ground, unentered.jurisdiction, after),
      );
      strays.push(...batch.strays);
      done += batch.count;
      onProgress({ ...unentered, done });
      if (batch.count < DOCUMENTS_AT_ONCE) break;
      after = batch.last;
    }
  }
  return strays;
}

interface Batch {
  readonly count: number;
  /** The last subject of the batch. */
  readonly last: string;
  readonly strays: readonly string[];
}

async function enterSome(
  client: pg.ClientBase,
  { sealing, generations }: EnterGround,
  jurisdiction: string,
  after: string,
): Promise<Batch> {
  const newest = generations.at(-1)!;
  const found = await client.query<{ document: DocumentJson }>(UNENTERED, [
    jurisdiction,
    newest.id,
    after,
    DOCUMENTS_AT_ONCE,
  ]);
  const seal = sealing.of(jurisdiction);
  const subjects = found.rows.map(({ document }) => subjectFromJson(seal, document));
  const own: Subject[] = [];
  const others: Subject[] = [];
  const leads = await leading(client, generations, subjects);
  for (const subject of subjects) (leads(subject) === subject.key ? own : others).push(subject);

  const strays = await entered(client, newest.id, own, newest.hashOf);
  const apart = await heldApart(client, jurisdiction, others);
  const pepper = generations[0]!.id;
  // One that was made after the first rotation is entered by its own text already.
  strays.push(...(await entered(client, pepper, apart, ({ key }) => key, true)));
  const isApart = new Set(apart.map(({ key }) => key));
  strays.push(...others.flatMap(({ key }) => (isApart.has(key) ? [] : [key])));
  return { count: subjects.length, last: subjects.at(-1)?.key ?? after, strays };
}

/** Where numbers lead: the word of the newest generation that has one; where none has, the pepper's hash. */
async function leading(
  client: pg.ClientBase,
  generations: readonly Generation[],
  subjects: readonly Subject[],
): Promise<(subject: Subject) => string> {
  const [pepper, ...later] = generations.map(({ hashOf }) => hashOf);
  const hashes = later.toReversed().map((hashOf) => subjects.map(hashOf));
  const subjectOf = await askIndex(client, hashes.flat());
  return (subject) => {
    for (const hashOf of later.toReversed()) {
      const led = subjectOf.get(hashOf(subject));
      if (led !== undefined) return led;
    }
    return pepper!(subject);
  };
}

/** Enters subjects; gives those in whose place somebody else stands. */
async function entered(
  client: pg.ClientBase,
  id: number,
  subjects: readonly Subject[],
  hashOf: (subject: Subject) => string,
  apart = false,
): Promise<string[]> {
  if (subjects.length === 0) return [];
  const hashes = subjects.map((subject) => hashOf(subject));
  const values = [uuidArray(hashes), uuidArray(subjects.map(({ key }) => key)), plainArray(subjects.map(() => apart))];
  const { rows } = await client.query<{ hash: string }>({ ...ENTER, values: [...values, id] });
  if (rows.length === subjects.length) return [];
  const there = await askIndex(client, hashes);
  return subjects.flatMap(({ key }, index) => (there.get(hashes[index]!) === key ? [] : [key]));
}

/** Those of the subjects whom their number alone does not lead to, since a row or a settlement held them apart. */
async function heldApart(
  client: pg.ClientBase,
  jurisdiction: string,
  subjects: readonly Subject[],
): Promise<readonly Subject[]> {
  if (subjects.length === 0) return [];
  const found = await client.query<{ key: string }>(HELD_APART, [jurisdiction, subjects.map(({ key }) => key)]);
  const apart = new Set(found.rows.map(({ key }) => key));
  return subjects.filter(({ key }) => apart.has(key));
}

const IS_UNENTERED = `i.jurisdiction = $1 and not exists (
  select from subject_index x where x.subject_key = i.subject_key and (x.index_key = $2 or x.apart))`;

const COUNT_UNENTERED = `select count(*)::integer as left from identifier i where ${IS_UNENTERED}`;

const UNENTERED = `
select ${DOCUMENT_AS_JSON} as document
from identifier i
where ${IS_UNENTERED} and i.subject_key > $3
order by i.subject_key
limit $4`;

const HELD_APART = `
select k.key::text as key
from unnest($2::uuid[]) as k(key)
where exists (select from claim c where c.subject_key = k.key and c.jurisdiction || '' = $1 and c.attributes ? 'heldApart')
  or exists (select from subject_split p where p.to_key = k.key and p.jurisdiction = $1)`;
