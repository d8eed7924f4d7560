import type pg from 'pg';
import { splitDocument } from '../domain/identity/held-apart.ts';
import type { IdentityDocument } from '../domain/identity/subject.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import type { SubjectSettlement } from '../domain/identity/settled.ts';
import { restorable, settleSubjects } from '../domain/identity/settle-subjects.ts';
import type { Settlement } from '../domain/review/settlement.ts';
import type { SubjectKeys } from '../flows/ports.ts';
import { idInOrder } from './id-in-order.ts';
import { loadSurroundings, lockIdentities, resolveIdentities } from './resolve-identities.ts';
import { findDocument, keepDocuments } from './sealed-numbers.ts';
import { nameKeyOf } from './name-keys.ts';
import { keepNames } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** What a person can settle about who is who; asking the owner of a list settles nothing yet. */
export type IdentitySettlement = Exclude<Settlement, { readonly kind: 'ASK_OWNER' }>;

/** What it takes to know a number and to make a key of it. */
export interface Numbers {
  readonly seal: PlaceSeal;
  readonly subjectKeys: SubjectKeys;
}

/**
 * Keeps what a person settled and lets links follow from it, within a transaction: ends what earlier settlements said of the same,
 * which {@link undo} brings back. Nothing is rewritten: rows of settlements have a since and an until.
 *
 * @returns the persons whom it concerns, as they were and as they are: to be decided anew
 */
export async function settle(
  client: pg.ClientBase,
  numbers: Numbers,
  jurisdiction: string,
  task: string,
  settlement: IdentitySettlement,
  at: Date,
): Promise<readonly string[]> {
  await lockIdentities(client, jurisdiction);
  const seeds = await keep(client, numbers, { jurisdiction, task, at }, settlement);
  return follow(client, numbers.seal, { jurisdiction, task, at }, seeds);
}

/**
 * Ends what was settled by a task and brings back what that had ended, unless something settled since speaks against it; then lets
 * links follow. Does nothing where nothing of it stands any more.
 *
 * @returns the persons whom it concerns, as they were and as they are: to be decided anew
 */
export async function undo(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  task: string,
  at: Date,
): Promise<readonly string[]> {
  await lockIdentities(client, jurisdiction);
  const found = await client.query<{ key: string }>(END_OF_TASK, [jurisdiction, task, at]);
  if (found.rows.length === 0) return [];
  const restored = await restoreSettlements(client, { jurisdiction, task, at });
  const others = await client.query<{ key: string }>(RESTORE_OTHERS, [jurisdiction, task, at]);
  const seeds = [...found.rows, ...others.rows].map(({ key }) => key);
  return follow(client, seal, { jurisdiction, task, at }, [...seeds, ...restored]);
}

/** By which task, where and when. */
interface Settling {
  readonly jurisdiction: string;
  readonly task: string;
  readonly at: Date;
}

/** Writes the settlement; tells the subjects of whom it says something. */
async function keep(
  client: pg.ClientBase,
  numbers: Numbers,
  settling: Settling,
  settlement: IdentitySettlement,
): Promise<readonly string[]> {
  switch (settlement.kind) {
    case 'SAME_PERSON':
    case 'DIFFERENT_PEOPLE':
      return keepPairs(client, settling, settlement.subjects, settlement.kind === 'SAME_PERSON');
    case 'OTHER_PERSONS_NAMES':
      return keepSplit(client, numbers, settling, settlement.subject, settlement.names);
    case 'KEEP_VALUE': {
      const { subject, attribute, value } = settlement;
      const { jurisdiction, task, at } = settling;
      await client.query(END_VALUE, [jurisdiction, task, at, subject, attribute]);
      const isName = attribute === 'name';
      if (isName) await keepNames(client, numbers.seal, jurisdiction, [{ subject, name: value }]);
      const kept = isName ? nameKeyOf(numbers.seal, value) : value;
      await client.query(KEEP_VALUE, [jurisdiction, task, at, subject, attribute, kept]);
      return [subject];
    }
  }
}

async function keepPairs(
  client: pg.ClientBase,
  settling: Settling,
  subjects: readonly string[],
  same: boolean,
): Promise<readonly string[]> {
  const { settlements } = await loadSurroundings(client, settling.jurisdiction, subjects);
  const { ends, begins } = settleSubjects(settlements, subjects, same);
  const { jurisdiction, task, at } = settling;
  await client.query(END_PAIRS, [jurisdiction, task, at, JSON.stringify(ends)]);
  await keepSettlements(client, settling, begins);
  return [...subjects, ...keysOf(ends)];
}

async function keepSettlements(
  client: pg.ClientBase,
  { jurisdiction, task, at }: Settling,
  settlements: readonly (SubjectSettlement & { readonly task?: string })[],
): Promise<void> {
  if (settlements.length === 0) return;
  const rows = settlements.map((one) => ({ task, ...one }));
  await client.query(KEEP_PAIRS, [jurisdiction, at, JSON.stringify(rows)]);
}

const keysOf = (settlements: readonly SubjectSettlement[]): string[] =>
  settlements.flatMap(({ subjectKey, otherKey }) => [subjectKey, otherKey]);

/**
 * What is told of the subject under each of these names becomes that of a subject of its own: with the same number, by which it
 * is shown, and a key that the number alone does not lead to.
 */
async function keepSplit(
  client: pg.ClientBase,
  { seal, subjectKeys }: Numbers,
  { jurisdiction, task, at }: Settling,
  subject: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const document = await findDocument(client, seal, jurisdiction, subject);
  if (!document) throw new Error('The subject to be told apart is not known in this jurisdiction');
  const { idType, idNumber } = document;
  // Whoever is held apart already is not the number's own: their names are told apart from them, not from its owner.
  const owners = await subjectKeys.find(() => [{ idType, idNumber }]);
  const from = owners.keyOf({ idType, idNumber }) === subject ? '' : `\0${subject}`;
  const bareNames = [...new Set(names.map(bareName))];
  const apart = (name: string): IdentityDocument => splitDocument({ idType, idNumber }, `${name}${from}`);
  const { keyOf } = await subjectKeys.enter(() => bareNames.map(apart));
  const splits = bareNames.map((name) => ({
    name: nameKeyOf(seal, name),
    // As it lies where it was settled before names were sealed.
    inClear: name,
    toKey: keyOf(apart(name)),
  }));
  const rows = JSON.stringify(splits);
  await client.query(LINK_APART, [jurisdiction, rows, at, task]);
  const documents = splits.map(({ toKey }) => ({ key: toKey, idType, idNumber }));
  await keepDocuments(client, seal, jurisdiction, documents);
  await keepNames(
    client,
    seal,
    jurisdiction,
    bareNames.map((name) => ({ subject, name })),
  );
  await client.query(END_SPLITS, [jurisdiction, task, at, subject, rows]);
  await client.query(KEEP_SPLITS, [jurisdiction, task, at, subject, rows]);
  return [subject, ...splits.map(({ toKey }) => toKey)];
}

/** Brings back pairs that the task had ended; tells the subjects in them. */
async function restoreSettlements(client: pg.ClientBase, settling: Settling): Promise<readonly string[]> {
  const { jurisdiction, task } = settling;
  const ended = await client.query<SubjectSettlement & { readonly task: string }>(ENDED_PAIRS, [jurisdiction, task]);
  if (ended.rows.length === 0) return [];
  const { settlements } = await loadSurroundings(client, jurisdiction, keysOf(ended.rows));
  const restored = restorable(settlements, ended.rows);
  await keepSettlements(client, settling, restored);
  return keysOf(restored);
}

async function follow(
  client: pg.ClientBase,
  seal: PlaceSeal,
  { jurisdiction, task, at }: Settling,
  seeds: readonly string[],
): Promise<readonly string[]> {
  const moved = await resolveIdentities(client, seal, jurisdiction, seeds, at, task);
  const found = await client.query<{ person: string }>(PERSONS_OF, [jurisdiction, seeds]);
  return [...new Set([...moved, ...found.rows.map(({ person }) => person)])].sort();
}

const PERSONS_OF = `
select distinct person_id as person
from subject_link where subject_key = any($2::uuid[]) and jurisdiction = $1 and until is null`;

const END_PAIRS = `
update subject_settlement s set until = $3, ended_by = $2
from json_to_recordset($4::json) as e("subjectKey" uuid, "otherKey" uuid)
where s.subject_key = e."subjectKey" and s.other_key = e."otherKey" and s.jurisdiction = $1 and s.until is null`;

const KEEP_PAIRS = `
insert into subject_settlement (id, jurisdiction, subject_key, other_key, same, task, since)
select ${idInOrder('row_number() over ()')}, $1, b."subjectKey", b."otherKey", b.same, b.task, $2
from json_to_recordset($3::json) as b("subjectKey" uuid, "otherKey" uuid, same boolean, task uuid)`;

const LINK_APART = `
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select ${idInOrder('row_number() over ()')}, s."toKey", $1, s."toKey", $3, 'SETTLED', $4
from json_to_recordset($2::json) as s("toKey" uuid)
on conflict (subject_key, jurisdiction) where until is null do nothing`;

const END_SPLITS = `
update subject_split p set until = $3, ended_by = $2
from json_to_recordset($5::json) as s(name text, "inClear" text)
where p.subject_key = $4 and p.name in (s.name, s."inClear") and p.jurisdiction = $1 and p.until is null`;

const KEEP_SPLITS = `
insert into subject_split (id, jurisdiction, subject_key, name, to_key, task, since)
select ${idInOrder('row_number() over ()')}, $1, $4, s.name, s."toKey", $2, $3
from json_to_recordset($5::json) as s(name text, "toKey" uuid)`;

const END_VALUE = `
update settled_value set until = $3, ended_by = $2
where subject_key = $4 and attribute = $5 and jurisdiction = $1 and until is null`;

const KEEP_VALUE = `
insert into settled_value (id, jurisdiction, subject_key, attribute, value, task, since)
values (${idInOrder('1::bigint')}, $1, $4, $5, $6, $2, $3)`;

const END_OF_TASK = `
with pair as (
  update subject_settlement set until = $3 where task = $2 and jurisdiction = $1 and until is null returning subject_key, other_key
),
split as (
  update subject_split set until = $3 where task = $2 and jurisdiction = $1 and until is null returning subject_key, to_key
),
value as (
  update settled_value set until = $3 where task = $2 and jurisdiction = $1 and until is null returning subject_key
)
select subject_key as key from pair union select other_key from pair
union select subject_key from split union select to_key from split
union select subject_key from value`;

// Told once: what has been brought back is not brought back again by another undoing.
const ENDED_PAIRS = `
update subject_settlement set ended_by = null
where ended_by = $2 and task <> $2 and jurisdiction = $1
returning subject_key as "subjectKey", other_key as "otherKey", same, task`;

const RESTORE_OTHERS = `
with ended_split as (
  update subject_split set ended_by = null where ended_by = $2 and task <> $2 and jurisdiction = $1
  returning subject_key, name, to_key, task
),
split as (
  insert into subject_split (id, jurisdiction, subject_key, name, to_key, task, since)
  select ${idInOrder('row_number() over ()')}, $1, subject_key, name, to_key, task, $3 from ended_split
  on conflict (subject_key, jurisdiction, name) where until is null do nothing
  returning subject_key, to_key
),
ended_value as (
  update settled_value set ended_by = null where ended_by = $2 and task <> $2 and jurisdiction = $1
  returning subject_key, attribute, value, task
),
value as (
  insert into settled_value (id, jurisdiction, subject_key, attribute, value, task, since)
  select ${idInOrder('row_number() over ()')}, $1, subject_key, attribute, value, task, $3 from ended_value
  on conflict (subject_key, jurisdiction, attribute) where until is null do nothing
  returning subject_key
)
select subject_key as key from split union select to_key from split union select subject_key from value`;
