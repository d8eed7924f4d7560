import type pg from 'pg';
import type { Claim } from '../domain/claims/claim.ts';
import { NAME_KEY_SIGN } from '../domain/identity/name-key.ts';
import { contentHashOf } from './content-hash.ts';
import { NIL_ID } from './ids.ts';
import { nameKeyOf } from './name-keys.ts';
import { hashedContent } from './sealed-claims.ts';
import { keepNames, NAME, sealedAnew, type KeptName } from './sealed-names.ts';
import { matterId, NAMESAKES_MATTER } from './review-rows.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { ResealWork, SealedColumn } from './sealing/sealed-column.ts';
import type { Queryable } from './walled-database.ts';

// Where names lie, for the command that seals anew: a name that is sealed, under another key; wherever else one lies in clear, of before, a
// key takes its place, and the name is kept with its subject.

/** Names that lie sealed. */
const SEALED: SealedColumn = {
  name: NAME,
  countOld: async (client, jurisdiction, head) => count(client, COUNT_SEALED, [jurisdiction, head]),
  resealSome: async (client, seal, { jurisdiction, head, after, limit }) => {
    const [subject, key] = after?.split('/') ?? [NIL_ID, ''];
    const { rows } = await client.query<KeptName>(OLD_SEALED, [jurisdiction, head, subject, key, limit]);
    const anew = rows.map((kept) => sealedAnew(seal, kept));
    if (anew.length > 0) {
      await client.query(SEAL_NAMES, [
        jurisdiction,
        anew.map((one) => one.subject),
        anew.map((one) => one.key),
        anew.map(({ sealed }) => sealed),
      ]);
    }
    const last = rows.at(-1);
    return { resealed: rows.length, last: last && rows.length === limit ? `${last.subject}/${last.key}` : null };
  },
};

const IS_OLD = 'n.jurisdiction = $1 and substr(n.sealed, 1, length($2::bytea)) <> $2';

const COUNT_SEALED = `select count(*)::integer as old from subject_name n where ${IS_OLD}`;

const OLD_SEALED = `
select n.subject_key as subject, n.name_key as key, encode(n.sealed, 'hex') as sealed
from subject_name n
where ${IS_OLD} and (n.subject_key, n.name_key) > ($3::uuid, $4)
order by n.subject_key, n.name_key
limit $5
for update skip locked`;

const SEAL_NAMES = `
update subject_name n set sealed = decode(s.sealed, 'hex')
from unnest($2::uuid[], $3::text[], $4::text[]) as s(subject, key, sealed)
where n.subject_key = s.subject and n.name_key = s.key and n.jurisdiction = $1`;

/** A value that lies in clear, of a row with an id of a subject. */
interface InClear {
  readonly id: string;
  readonly subjectKey: string;
}

/** A column of which names in clear give way to keys; `rewrite` writes a batch. */
function nameColumn<R extends InClear>(
  name: string,
  table: string,
  { isOld, read }: { readonly isOld: string; readonly read: string },
  nameOf: (row: R) => string,
  rewrite: (client: pg.ClientBase, seal: PlaceSeal, rows: readonly R[]) => Promise<void>,
): SealedColumn {
  return {
    name,
    countOld: (client, jurisdiction) =>
      count(client, `select count(*)::integer as old from ${table} t where t.jurisdiction = $1 and ${isOld}`, [
        jurisdiction,
      ]),
    resealSome: async (client, seal, { jurisdiction, after, limit }: ResealWork) => {
      const [subject, id] = after?.split('/') ?? [NIL_ID, NIL_ID];
      const { rows } = await client.query<R>(
        `select t.id, t.subject_key as "subjectKey", ${read}
         from ${table} t
         where t.jurisdiction = $1 and ${isOld} and (t.subject_key, t.id) > ($2::uuid, $3::uuid)
         order by t.subject_key, t.id
         limit $4
         for update skip locked`,
        [jurisdiction, subject, id, limit],
      );
      if (rows.length > 0) {
        const told = rows.map((row) => ({ subject: row.subjectKey, name: nameOf(row) }));
        await keepNames(client, seal, jurisdiction, told);
        await rewrite(client, seal, rows);
      }
      const last = rows.at(-1);
      return { resealed: rows.length, last: last && rows.length === limit ? `${last.subjectKey}/${last.id}` : null };
    },
  };
}

type OldClaim = InClear & Pick<Claim, 'key' | 'attributes' | 'validFrom' | 'validTo'>;

/** Names in claims; what such claims say is hashed anew with them. */
const CLAIMS = nameColumn<OldClaim>(
  'claim.attributes.name',
  'claim',
  {
    isOld: `left(t.attributes ->> 'name', 1) <> '${NAME_KEY_SIGN}'`,
    read: `t.key, t.attributes, t.valid_from::text as "validFrom", t.valid_to::text as "validTo"`,
  },
  ({ attributes }) => attributes.name,
  async (client, seal, rows) => {
    await client.query(KEY_CLAIMS, [
      rows.map(({ subjectKey }) => subjectKey),
      rows.map(({ id }) => id),
      rows.map(({ attributes }) => nameKeyOf(seal, attributes.name)),
      rows.map((row) => contentHashOf(seal, hashedContent(seal, row))),
    ]);
  },
);

const KEY_CLAIMS = `
update claim c
set attributes = jsonb_set(c.attributes, '{name}', to_jsonb(v.name)), content_hash = v.hash
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as v(subject_key, id, name, hash)
where c.subject_key = v.subject_key and c.id = v.id`;

type OldText = InClear & { readonly name: string };

/** Names that are a column's own text. */
const textColumn = (table: string, column: string, onlyWhere: string): SealedColumn =>
  nameColumn<OldText>(
    `${table}.${column}`,
    table,
    { isOld: `${onlyWhere} and left(t.${column}, 1) <> '${NAME_KEY_SIGN}'`, read: `t.${column} as name` },
    ({ name }) => name,
    async (client, seal, rows) => {
      await client.query(
        `update ${table} t set ${column} = v.name
         from unnest($1::uuid[], $2::uuid[], $3::text[]) as v(subject_key, id, name)
         where t.subject_key = v.subject_key and t.id = v.id`,
        [
          rows.map(({ subjectKey }) => subjectKey),
          rows.map(({ id }) => id),
          rows.map(({ name }) => nameKeyOf(seal, name)),
        ],
      );
    },
  );

interface OldMatter {
  readonly id: string;
  readonly matter: string;
  readonly about: string | null;
}

/**
 * What tasks about namesakes are known by: of before, a hash of name and birthday, against which names could be tried. It follows from the
 * card that those concerned share; where none do, nobody asks for it any more. Waits until cards are made: the job that makes them finds
 * the people of such tasks itself.
 */
const MATTERS: SealedColumn = {
  name: 'review_task.matter',
  countOld: (client, jurisdiction) => count(client, COUNT_MATTERS, [jurisdiction]),
  resealSome: async (client, seal, { jurisdiction, after, limit }) => {
    const { rows } = await client.query<OldMatter>(OLD_MATTERS, [jurisdiction, after ?? NIL_ID, limit]);
    for (const { id, matter, about } of rows) {
      const gone = NAMESAKES_MATTER.of(seal.keyed('review_task.matter', matter));
      const same = about === null ? gone : matterId({ kind: 'SAME_NAME_OTHER_NUMBER', about });
      await client.query(NAME_MATTER, [jurisdiction, id, same, gone]);
    }
    return { resealed: rows.length, last: rows.length === limit ? rows.at(-1)!.id : null };
  },
};

const IS_KEEPING = `exists (
    select from graphile_worker._private_jobs j
    where j.key = 'keep-people|' || $1 and (j.locked_at is not null or j.attempts < j.max_attempts)
  )`;

const IS_OLD_MATTER = `t.jurisdiction = $1 and ${NAMESAKES_MATTER.isOld}
  and exists (select from person_card k where k.jurisdiction = $1) and not ${IS_KEEPING}`;

/** How many tasks about namesakes are still known by a hash, and wait until the job that makes cards has ended. */
export const countHeldMatters = (client: Queryable, jurisdiction: string): Promise<number> =>
  count(client, COUNT_HELD, [jurisdiction]);

const COUNT_HELD = `
select count(*)::integer as old from review_task t
where t.jurisdiction = $1 and ${NAMESAKES_MATTER.isOld} and ${IS_KEEPING}`;

const COUNT_MATTERS = `select count(*)::integer as old from review_task t where ${IS_OLD_MATTER}`;

const OLD_MATTERS = `
select t.id, t.matter, (
    select k.bare_name || '|' || k.birth_date
    from unnest(t.subjects) as s(key) join person_card k on k.person_id = s.key and k.jurisdiction = $1
    where k.bare_name is not null and k.birth_date is not null
    group by k.bare_name, k.birth_date having count(*) > 1
    order by count(*) desc, 1
    limit 1
  ) as about
from review_task t
where ${IS_OLD_MATTER} and t.id > $2
order by t.id
limit $3
for update skip locked`;

// Where the matter came up again already, as a task of its own, that one is it.
const NAME_MATTER = `
update review_task t
set matter = case when exists (select from review_task o where o.jurisdiction = $1 and o.matter = $3) then $4::uuid else $3::uuid end
where t.id = $2`;

async function count(client: Queryable, statement: string, values: readonly unknown[]): Promise<number> {
  const counted = await client.query<{ old: number }>(statement, [...values]);
  return counted.rows[0]!.old;
}

/** Every place where names lie, or lay in clear before they were sealed. */
export const NAMES: readonly SealedColumn[] = [
  SEALED,
  textColumn('subject_split', 'name', 'true'),
  textColumn('settled_value', 'value', "t.attribute = 'name'"),
  CLAIMS,
  MATTERS,
];
