import { setImmediate as othersFirst } from 'node:timers/promises';
import { isNameKey, NAME_KEY_SIGN } from '../domain/identity/name-key.ts';
import { bareName } from '../domain/identity/normalise-name.ts';
import { plainArray, textArray, uuidArray } from './array-text.ts';
import { nameKeyFromKept, nameKeyOf } from './name-keys.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import { SealingFault } from './sealing/sealing-fault.ts';
import type { Queryable } from './walled-database.ts';

/** What a sealed name is bound to besides its jurisdiction, its subject and its key. */
export const NAME = 'subject_name.sealed';

/** Names sealed between two turns of the process. */
const SEALED_AT_ONCE = 2_000;

/** A name that is told of a subject. */
export interface SubjectName {
  readonly subject: string;
  readonly name: string;
}

/** A name as it is kept: once for a subject, however many claims give it. */
export interface KeptName {
  readonly subject: string;
  readonly key: string;
  /** As hex. */
  readonly sealed: string;
}

/** SQL for a name `n` as JSON, read by {@link NamesByKey}. */
export const NAME_AS_JSON = `json_build_object('subject', n.subject_key, 'key', n.name_key, 'sealed', encode(n.sealed, 'hex'))`;

/** Names by subject and key, each opened when it is first asked for. What is not among them is a fault, and never no name. */
export class NamesByKey {
  readonly #seal: PlaceSeal;
  readonly #names = new Map<string, { readonly sealed: string; name?: string }>();

  constructor(seal: PlaceSeal, kept: readonly KeptName[] = []) {
    this.#seal = seal;
    for (const one of kept) this.add(one);
  }

  add({ subject, key, sealed }: KeptName): void {
    const place = subject + key;
    if (!this.#names.has(place)) this.#names.set(place, { sealed });
  }

  /** The name that a key stands for; a name that lies in clear is of before, and given as it is. */
  nameOf(subject: string, kept: string): string {
    if (!isNameKey(kept)) return kept;
    const found = this.#names.get(subject + kept);
    if (found === undefined) throw new SealingFault('SEALED_VALUE_UNSOUND', NAME);
    return (found.name ??= this.#seal.open(NAME, [subject, kept], Buffer.from(found.sealed, 'hex')));
  }
}

/**
 * The parameters of {@link KEEP_NAMES}: subjects, keys and sealed names, each once. Whoever writes a claim writes its name in the same
 * transaction, in the order of subjects.
 */
export async function nameColumns(seal: PlaceSeal, told: readonly SubjectName[]): Promise<unknown[]> {
  const byPlace = new Map<string, KeptName>();
  for (const one of told) {
    const place = one.subject + nameKeyOf(seal, one.name);
    if (byPlace.has(place)) continue;
    if (byPlace.size % SEALED_AT_ONCE === SEALED_AT_ONCE - 1) await othersFirst();
    byPlace.set(place, sealedName(seal, one));
  }
  const kept = [...byPlace.values()];
  return [
    uuidArray(kept.map(({ subject }) => subject)),
    textArray(kept.map(({ key }) => key)),
    plainArray(kept.map(({ sealed }) => sealed)),
  ];
}

/** A name's columns as the bench copies them in. */
export function nameRow(seal: PlaceSeal, told: SubjectName): readonly unknown[] {
  const { subject, key, sealed } = sealedName(seal, told);
  return [subject, key, `\\x${sealed}`];
}

/** A name that is kept, sealed under the key that seals now. */
export function sealedAnew(seal: PlaceSeal, { subject, key, sealed }: KeptName): KeptName {
  const name = seal.open(NAME, [subject, key], Buffer.from(sealed, 'hex'));
  return { subject, key, sealed: seal.seal(NAME, [subject, key], name).toString('hex') };
}

function sealedName(seal: PlaceSeal, { subject, name }: SubjectName): KeptName {
  const key = nameKeyOf(seal, name);
  return { subject, key, sealed: seal.seal(NAME, [subject, key], name).toString('hex') };
}

/**
 * SQL that keeps names which are not kept yet, in jurisdiction `$1`.
 *
 * @param first number of the first of the three parameters of {@link nameColumns}
 */
export const KEEP_NAMES = (first: number): string => `
insert into subject_name (subject_key, jurisdiction, name_key, sealed)
select n.subject, $1, n.name_key, decode(n.sealed, 'hex')
from unnest($${first}::uuid[], $${first + 1}::text[], $${first + 2}::text[]) as n(subject, name_key, sealed)
order by n.subject, n.name_key
on conflict do nothing`;

/** Keeps names that subjects are told under. One statement, however many. */
export async function keepNames(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  told: readonly SubjectName[],
): Promise<void> {
  if (told.length === 0) return;
  await client.query(KEEP_NAMES(2), [jurisdiction, ...(await nameColumns(seal, told))]);
}

/** Opens every name told of some subjects: gives bare names by the keys that whoever decides has in their place. One statement. */
export async function openBareNames(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  subjects: readonly string[],
): Promise<(bareKey: string) => string> {
  const found = await client.query<KeptName & { readonly clear: string | null }>(NAMES_OF, [jurisdiction, subjects]);
  const names = new Map<string, string>();
  const sealed = new NamesByKey(seal);
  for (const one of found.rows) {
    if (one.clear === null) sealed.add(one);
    const name = one.clear ?? sealed.nameOf(one.subject, one.key);
    names.set(bareName(nameKeyFromKept(seal, one.clear ?? one.key)), bareName(name));
  }
  return (bareKey) => {
    const name = names.get(bareKey);
    if (name === undefined) throw new SealingFault('SEALED_VALUE_UNSOUND', NAME);
    return name;
  };
}

/** The names that standing claims give some subjects, by subject. One statement. */
export async function standingNames(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = await client.query<{ subject: string; names: readonly StandingName[] }>(STANDING_NAMES, [
    jurisdiction,
    subjects,
  ]);
  return new Map(found.rows.map(({ subject, names }) => [subject, openStanding(seal, subject, names)]));
}

/** A name that standing claims give a subject, as it is kept; one that lies in clear is of before, and nothing lies sealed then. */
export interface StandingName {
  readonly kept: string;
  readonly sealed: string | null;
}

/** Opens such names. */
export function openStanding(seal: PlaceSeal, subject: string, names: readonly StandingName[]): ReadonlySet<string> {
  const opened = new NamesByKey(seal);
  for (const { kept, sealed } of names) if (sealed !== null) opened.add({ subject, key: kept, sealed });
  return new Set(names.map(({ kept }) => opened.nameOf(subject, kept)));
}

/** SQL for the names of standing claims `c` in jurisdiction `$1` as JSON, read by {@link openStanding}. */
export const STANDING_NAMES_AS_JSON = (from: string, jurisdiction: string): string => `
  select c.subject_key as subject, json_agg(json_build_object('kept', c.name, 'sealed', encode(n.sealed, 'hex'))) as names
  from (
    select distinct c.subject_key, c.attributes ->> 'name' as name from claim c
    where ${from} and c.jurisdiction = ${jurisdiction} and c.ended_at is null and c.attributes ? 'name'
  ) c
  left join subject_name n on n.subject_key = c.subject_key and n.jurisdiction = ${jurisdiction} and n.name_key = c.name
  group by c.subject_key`;

const STANDING_NAMES = STANDING_NAMES_AS_JSON('c.subject_key = any($2::uuid[])', '$1');

const IN_CLEAR = `left(c.attributes ->> 'name', 1) <> '${NAME_KEY_SIGN}'`;

const NAMES_OF = `
select n.subject_key as subject, n.name_key as key, encode(n.sealed, 'hex') as sealed, null as clear
from subject_name n
where n.jurisdiction = $1 and n.subject_key = any($2::uuid[])
union all
select distinct c.subject_key, null, null, c.attributes ->> 'name'
from claim c
where c.jurisdiction = $1 and c.subject_key = any($2::uuid[]) and ${IN_CLEAR}`;
