import type pg from 'pg';
import { NIL_ID } from './ids.ts';
import { keyAsBytes, keyFromBytes, sealUnder } from './sealing/own-key.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';
import type { DataKey } from './sealing/sealed-value.ts';
import { PersonKeysFault, SealingFault } from './sealing/sealing-fault.ts';
import type { Queryable } from './walled-database.ts';

const COLUMN = 'person_key.sealed';

/** The seals of persons' own, by person id or subject key. */
export type PersonSeals = ReadonlyMap<string, PlaceSeal>;

/**
 * Reads the keys that these people have: who has none is not in it, be it that none was ever needed or that it was destroyed. Rejects with
 * a {@link PersonKeysFault} where keys do not open.
 *
 * @param seal of the jurisdiction
 */
export async function readPersonKeys(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  persons: readonly string[],
): Promise<PersonSeals> {
  const found = await client.query<KeyRecord>({ ...READ, values: [jurisdiction, persons] });
  const own = new Map<string, PlaceSeal>();
  const unsound = new Set<string>();
  let fault: SealingFault | undefined;
  for (const row of found.rows) {
    try {
      own.set(row.person, sealUnder(jurisdiction, opened(seal, row)));
    } catch (error) {
      if (!(error instanceof SealingFault)) throw error;
      fault ??= error;
      unsound.add(row.person);
    }
  }
  if (fault) throw new PersonKeysFault(fault.code, COLUMN, unsound);
  return own;
}

/** The same, with a key drawn for whoever has none. One statement where all have one. */
export async function needPersonKeys(
  client: Queryable,
  { seal, draw }: { readonly seal: PlaceSeal; readonly draw: () => DataKey },
  jurisdiction: string,
  persons: readonly string[],
): Promise<PersonSeals> {
  const wanted = [...new Set(persons)].sort();
  for (;;) {
    const known = await readPersonKeys(client, seal, jurisdiction, wanted);
    const without = wanted.filter((person) => !known.has(person));
    if (without.length === 0) return known;
    // Of several processes that draw one at the same moment one has its way, and all read that one's.
    const sealed = without.map((person) => seal.seal(COLUMN, [person], keyAsBytes(draw())));
    await client.query({ ...ADD, values: [jurisdiction, without, sealed] });
  }
}

interface KeyRecord {
  readonly person: string;
  readonly sealed: Buffer;
}

function opened(seal: PlaceSeal, { person, sealed }: KeyRecord): DataKey {
  const key = keyFromBytes(seal.openBytes(COLUMN, [person], sealed));
  if (!key) throw new SealingFault('SEALED_VALUE_UNSOUND', COLUMN);
  return key;
}

/** Keys of persons, for the command that seals them anew. What lies under them stays as it is. */
export const PERSON_KEYS: SealedColumn = {
  name: COLUMN,
  countOld: async (client, jurisdiction, head) => {
    const { rows } = await client.query<{ count: number }>(COUNT_OLD, [jurisdiction, head]);
    return rows[0]!.count;
  },
  resealSome: async (client, seal, { jurisdiction, head, after, limit }) => {
    const { rows } = await client.query<KeyRecord>(OLD, [jurisdiction, head, after ?? NIL_ID, limit]);
    if (rows.length > 0) await rewrite(client, seal, jurisdiction, rows);
    return { resealed: rows.length, last: rows.length === limit ? rows.at(-1)!.person : null };
  },
};

async function rewrite(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  rows: readonly KeyRecord[],
): Promise<void> {
  const anew = rows.map(({ person, sealed }) => seal.seal(COLUMN, [person], seal.openBytes(COLUMN, [person], sealed)));
  await client.query(REWRITE, [jurisdiction, rows.map(({ person }) => person), anew]);
}

const READ = {
  name: 'person-keys',
  text: 'select person_id as person, sealed from person_key where jurisdiction = $1 and person_id = any($2::uuid[])',
};

const ADD = {
  name: 'person-keys-add',
  text: `
insert into person_key (jurisdiction, person_id, sealed)
select $1, person, sealed from unnest($2::uuid[], $3::bytea[]) as k(person, sealed)
on conflict do nothing`,
};

const IS_OLD = 'jurisdiction = $1 and substr(sealed, 1, 6) <> $2';

const COUNT_OLD = `select count(*)::integer as count from person_key where ${IS_OLD}`;

const OLD = `
select person_id as person, sealed from person_key
where ${IS_OLD} and person_id > $3::uuid
order by person_id
limit $4
for update skip locked`;

const REWRITE = `
update person_key k set sealed = v.sealed
from unnest($2::uuid[], $3::bytea[]) as v(person, sealed)
where k.jurisdiction = $1 and k.person_id = v.person`;
