import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { IdentityDocument } from '../../domain/identity/subject.ts';
import type { Agency, ListName } from '../../domain/intake/words.ts';
import type { SentRowReader } from '../../flows/ports-erasing.ts';
import { enqueue } from '../jobs.ts';
import { resolveIdentities } from '../resolve-identities.ts';
import { findDocument } from '../sealed-numbers.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import { dropAllLeftovers } from '../take-in/staging.ts';
import type { Queryable, WalledPart } from '../walled-database.ts';
import {
  eraseRows,
  findBlocks,
  tracedNumber,
  type PlaceLeft,
  type Reading,
  type SentBlock,
  type TracedNumber,
  type Traces,
} from './erase-rows.ts';
import { eraseTasks, tasksNaming } from './erase-tasks.ts';
import { ErasureRefused } from './erasure-refused.ts';
import { holdStill } from './hold-still.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

/** A list whose standing claims named the person: with its next snapshot it brings them back. */
export interface NamingList {
  readonly agency: Agency;
  readonly list: ListName;
  readonly claims: number;
}

/** What was erased of a person, or would be. */
export interface Erased {
  /** The person's id, or the subject key by which they were asked for where nothing leads to a person any more. */
  readonly person: string;
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  readonly lists: readonly NamingList[];
  /** Where values like one of their numbers stay in rows as sent, in the order of submissions. */
  readonly left: readonly PlaceLeft[];
}

/** How somebody is to be erased. */
export interface Erasing {
  readonly jurisdiction: string;
  /** A person id or the key of one of their documents. */
  readonly key: string;
  /** The document by which they are asked for: rows may have its number though nobody is known under it. */
  readonly document?: IdentityDocument;
  /** False: all of it is done and taken back, so that it is told as counts. */
  readonly forGood: boolean;
  /** By what rows as sent are read. */
  readonly reader: SentRowReader;
}

/**
 * Erases a person from everything that can be changed, in one transaction of the owner of the tables: what is said of any of their documents,
 * what follows from it, their rows as sent, and the key under which the audit log speaks of them. What others said that named them
 * loses that, and who is who around them is resolved anew. Throws an {@link ErasureRefused} where work is under way that read them.
 *
 * @param inside the jurisdiction, over the owner's connections
 * @return `undefined` where there is nothing of anybody, and nothing that could be
 */
export async function erasePerson(
  inside: WalledPart,
  { jurisdiction, forGood, reader, ...asked }: Erasing,
): Promise<Erased | undefined> {
  // Looked through before anybody has to wait; within the transaction only what came since.
  const clean = new Map<string, readonly PlaceLeft[]>();
  const reading = { seal: inside.seal, reader };
  const traced = await tracesOf(inside, reading, jurisdiction, asked);
  await findBlocks(inside, reading, jurisdiction, traced, clean);

  const client = await inside.begin("set local lock_timeout = '30s'");
  let whole = false;
  try {
    await holdStill(client, jurisdiction);
    // What a worker that was killed has judged lies there in clear, until somebody works on the same list again.
    await dropAllLeftovers(client, jurisdiction);
    const traces = await tracesOf(client, reading, jurisdiction, asked);
    if (JSON.stringify(traces) !== JSON.stringify(traced)) clean.clear();
    const erased = await eraseHeld(client, reading, { jurisdiction, key: asked.key, traces, clean });
    await client.query(forGood ? 'commit' : 'rollback');
    whole = true;
    return hasErased(erased) || erased.left.length > 0 ? erased : undefined;
  } catch (error) {
    return refuseWhereBusy(error);
  } finally {
    // A connection that is closed rolls back what it began.
    client.release(!whole);
  }
}

/** Was there anything to erase, besides what stays? */
export const hasErased = ({ rows }: Pick<Erased, 'rows'>): boolean => [...rows.values()].some((count) => count > 0);

/** Whoever is waited for for too long, or waits in turn, is at work. */
function refuseWhereBusy(error: unknown): never {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  throw code === LOCK_TIMEOUT || code === DEADLOCK ? new ErasureRefused('TAKING_IN') : error;
}

const LOCK_TIMEOUT = '55P03';
const DEADLOCK = '40P01';

/** Whose traces are erased, within the transaction that holds everybody still. */
interface Held {
  readonly jurisdiction: string;
  readonly key: string;
  readonly traces: Traces;
  readonly clean: Map<string, readonly PlaceLeft[]>;
}

async function eraseHeld(client: pg.ClientBase, reading: Reading, held: Held): Promise<Erased> {
  const { jurisdiction, traces } = held;
  const { seal } = reading;
  const about = [jurisdiction, traces.keys];
  const apart = await client.query<{ task: string }>(TOLD_APART, about);
  if (apart.rows.length > 0)
    throw new ErasureRefused(
      'TOLD_APART',
      apart.rows.map(({ task }) => task),
    );
  const { blocks, left } = await findBlocks(client, reading, jurisdiction, traces, held.clean);
  mustBeTakenIn(blocks);

  const person = await client.query<{ person: string }>(PERSON_OF, [jurisdiction, held.key]);
  const lists = await client.query<NamingList>(NAMING_LISTS, about);
  const rows = new Map<string, number>();
  const count = (table: string, found: { readonly rowCount: number | null }): void => {
    rows.set(table, (rows.get(table) ?? 0) + (found.rowCount ?? 0));
  };

  const submissions = blocks.map(({ submission }) => submission);
  count('file_link', await client.query(ERASE_LINKS, [...about, submissions]));
  for (const block of blocks) {
    rows.set(
      'submission_block',
      (rows.get('submission_block') ?? 0) + (await eraseRows(client, reading, traces, block)),
    );
  }
  const tasks = await tasksNaming(client, seal, jurisdiction, traces.keys);
  for (const [table, rowCount] of await eraseTasks(client, tasks)) count(table, { rowCount });
  count('emergency', await client.query(LEAVE_EMERGENCIES, about));
  const told = await client.query<{ subject: string }>(TOLD_OF, about);
  const others = await client.query<{ subject: string }>(UNNAME, about);
  for (const [table, columns] of Object.entries(PERSON_COLUMNS)) {
    const named = columns.map((column) => `${column} = any($2::uuid[])`).join(' or ');
    count(table, await client.query(`delete from ${table} where jurisdiction = $1 and (${named})`, about));
  }
  const around = [...told.rows, ...others.rows].map(({ subject }) => subject);
  await decideOthers(client, seal, jurisdiction, [...new Set(around)]);
  return { person: person.rows[0]?.person ?? held.key, rows, lists: lists.rows, left: left.toSorted(bySubmission) };
}

const bySubmission = (a: PlaceLeft, b: PlaceLeft): number =>
  a.submission === b.submission ? a.row - b.row : a.submission < b.submission ? -1 : 1;

/** Rows that are still to be taken in would tell of them afterwards, or could not be read. */
function mustBeTakenIn(blocks: readonly SentBlock[]): void {
  const unfinished = blocks.filter(({ status }) => UNFINISHED.has(status)).map(({ submission }) => submission);
  if (unfinished.length > 0) throw new ErasureRefused('UNFINISHED', [...new Set(unfinished)]);
}

const UNFINISHED: ReadonlySet<string> = new Set(['QUEUED', 'WORKING', 'NEEDS_RELEASE', 'FAILED']);

/** Lets links follow for those whom rows or settlements named together with the person, and has them decided anew by the ordinary job. */
async function decideOthers(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  subjects: readonly string[],
): Promise<void> {
  if (subjects.length === 0) return;
  const cause = randomUUID();
  const at = new Date();
  const moved = await resolveIdentities(client, seal, jurisdiction, subjects, at, cause);
  await client.query(TO_DECIDE, [jurisdiction, cause, moved, at, subjects]);
  await enqueue(client, { kind: 'decide-touched', jurisdiction });
}

/**
 * All documents of the person to whom a key leads, and their numbers as rows may have them. Of a key of which no document is kept the one asked for
 * counts: rows that were rejected may name whom nobody knows.
 */
async function tracesOf(
  client: Queryable,
  reading: Reading,
  jurisdiction: string,
  { key, document: asked }: Pick<Erasing, 'key' | 'document'>,
): Promise<Traces> {
  const found = await client.query<{ key: string }>(SUBJECTS, [jurisdiction, key]);
  const keys = found.rows.map((row) => row.key);
  const numbers: TracedNumber[] = [];
  for (const subject of keys) {
    const kept = await findDocument(client, reading.seal, jurisdiction, subject);
    const document = kept ?? (subject === key ? asked : undefined);
    if (document) numbers.push(await tracedNumber(document, keys, reading.reader));
  }
  return { keys, numbers };
}

// Whoever was told apart from them before, and is not any more, has their number and nothing of an own. Nor has a document that only rows of
// theirs name, or did before they were corrected.
const SUBJECTS = `
with own as (
  select l.subject_key as key from subject_link l
  where l.jurisdiction = $1 and l.until is null and l.person_id = (
    select p.person_id from subject_link p where p.jurisdiction = $1 and p.subject_key = $2 and p.until is null)
  union select $2::uuid
)
select key from own
union
select p.to_key from subject_split p join own on own.key = p.subject_key where p.jurisdiction = $1
union
select n.other_key from claim_same_as n join own on own.key = n.subject_key
where n.jurisdiction = $1
  and not exists (select from claim c where c.subject_key = n.other_key and c.jurisdiction || '' = $1)
  and not exists (select from claim_same_as o where o.other_key = n.other_key and o.jurisdiction = $1 and o.subject_key not in (select key from own))
  and not exists (
    select from subject_settlement e
    where e.jurisdiction = $1 and n.other_key in (e.subject_key, e.other_key)
      and not (e.subject_key in (select key from own) and e.other_key in (select key from own)))
order by key`;

const PERSON_OF = `
select person_id as person from subject_link where jurisdiction = $1 and subject_key = $2 and until is null`;

const TOLD_APART = `
select distinct task from subject_split
where jurisdiction = $1 and until is null and (subject_key = any($2::uuid[]) or to_key = any($2::uuid[]))`;

const NAMING_LISTS = `
select agency, list, count(*)::integer as claims from claim
where jurisdiction = $1 and subject_key = any($2::uuid[]) and ended_at is null
group by agency, list
order by agency, list`;

// A link is asked for again more quickly than it is found out whom its file would show.
const ERASE_LINKS = `
delete from file_link where jurisdiction = $1 and (
  wish ->> 'id' = any($3::text[])
  or wish ->> 'id' in (select comparison::text from comparison_person where jurisdiction = $1 and person_id = any($2::uuid[])))`;

// The words by which it was asked for may name whom it opened.
const LEAVE_EMERGENCIES = `
update emergency e set because = '已删除 / erased', opened = array(select o from unnest(e.opened) as o where o <> all($2::uuid[]))
where jurisdiction = $1 and opened && $2::uuid[]`;

/** Whom their own rows named, or a settlement together with them: what was said against somebody else may have kept those apart. */
const TOLD_OF = `
select other_key as subject from claim_same_as
where jurisdiction = $1 and subject_key = any($2::uuid[]) and other_key <> all($2::uuid[])
union
select unnest(array[subject_key, other_key]) from subject_settlement
where jurisdiction = $1 and (subject_key = any($2::uuid[]) or other_key = any($2::uuid[]))
except
select unnest($2::uuid[])`;

const UNNAME = `
with named as (
  select distinct n.subject_key, n.claim from claim_same_as n
  where n.jurisdiction = $1 and n.other_key = any($2::uuid[]) and n.subject_key <> all($2::uuid[])
)
update claim c set content_hash = null, attributes = case
    when (select bool_and(o.key::uuid = any($2::uuid[])) from jsonb_array_elements_text(c.attributes -> 'sameAs') as o(key))
    then c.attributes - 'sameAs'
    else jsonb_set(c.attributes, '{sameAs}', (
      select jsonb_agg(o.key order by o.place) from jsonb_array_elements_text(c.attributes -> 'sameAs') with ordinality as o(key, place)
      where o.key::uuid <> all($2::uuid[])))
  end
from named n
where c.subject_key = n.subject_key and c.id = n.claim and c.attributes ? 'sameAs'
returning c.subject_key as subject`;

const TO_DECIDE = `
insert into to_decide (jurisdiction, person_id, task, since)
select distinct $1, p.person, $2::uuid, $4::timestamptz from (
  select unnest($3::uuid[])
  union select person_id from subject_link where jurisdiction = $1 and subject_key = any($5::uuid[]) and until is null
) as p(person)
on conflict do nothing`;
