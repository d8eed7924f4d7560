import type pg from 'pg';
import { resolveIdentity, type KnownSubject, type ResolvedIdentity } from '../domain/identity/resolve-identity.ts';
import type { SubjectSettlement, SubjectSplit } from '../domain/identity/settled.ts';
import { statedPairs, type StatedLink } from '../domain/identity/stated-pairs.ts';
import { idInOrder } from './id-in-order.ts';
import { NUMBER_LENGTH } from './sealed-numbers.ts';
import { nameKeyFromKept } from './name-keys.ts';
import { splitOf } from './settled-rows.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Queryable } from './walled-database.ts';

/** Why a link was opened, as kept: the first of a subject, a row or a settlement joins it, or nothing does any more. */
export type KeptReason = 'SUBJECT_OF_ROW' | 'STATED' | 'SETTLED' | 'SEPARATED';

/** What is known of who is who around some subjects. */
export interface Surroundings {
  readonly subjects: readonly (KnownSubject & { readonly person: string | null })[];
  readonly links: readonly StatedLink[];
  readonly settlements: readonly SubjectSettlement[];
  readonly splits: readonly SubjectSplit[];
}

/**
 * Waits until nobody else changes who is who in the jurisdiction, within a transaction. Taken after a list's own lock and before
 * any document or link is written: whoever holds it waits only for pushes that never ask for it.
 */
export async function lockIdentities(client: pg.ClientBase, jurisdiction: string): Promise<void> {
  await client.query(LOCK, [`join-persons|${jurisdiction}`]);
}

/**
 * Lets the links of these subjects, and of all whom rows or settlements name together with them, follow from what stands. Links
 * that differ close and others open at the instant; one that would have stood for no time gives way without a trace. The caller
 * holds {@link lockIdentities}, has written what stands, and has linked every subject. Two statements for up to
 * 5,000 seeds, one where nothing differs.
 *
 * @param seeds the subjects of which something changed: both sides of every pair that came or went
 * @param cause the submission or the task
 * @returns the persons of the subjects that moved, as they were and as they are
 */
export async function resolveIdentities(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  seeds: readonly string[],
  at: Date,
  cause: string,
): Promise<readonly string[]> {
  const touched = new Set<string>();
  for (let from = 0; from < seeds.length; from += SEEDS_AT_ONCE) {
    const some = seeds.slice(from, from + SEEDS_AT_ONCE);
    for (const person of await resolveSome(client, seal, jurisdiction, some, at, cause)) touched.add(person);
  }
  return [...touched].sort();
}

/** So much is thought about at once that memory stays small, however many rows a list has. */
const SEEDS_AT_ONCE = 5_000;

async function resolveSome(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  seeds: readonly string[],
  at: Date,
  cause: string,
): Promise<readonly string[]> {
  const around = await loadSurroundings(client, jurisdiction, seeds);
  const { persons } = resolved(seal, around);
  const moved = around.subjects.filter(({ key, person }) => persons.get(key)!.person !== person);
  if (moved.length === 0) return [];
  const links = moved.map(({ key }): { subject: string; person: string; because: KeptReason } => {
    const { person, because } = persons.get(key)!;
    return { subject: key, person, because: because === 'ALONE' ? 'SEPARATED' : because };
  });
  await client.query(MOVE_LINKS, [jurisdiction, at, cause, JSON.stringify(links)]);
  return moved.flatMap(({ key, person }) => [persons.get(key)!.person, ...(person === null ? [] : [person])]);
}

/** The groups around these subjects that rows name together although they cannot be one person's. One statement. */
export async function findConflicts(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  seeds: readonly string[],
): Promise<ResolvedIdentity['conflicts']> {
  return seeds.length === 0 ? [] : resolved(seal, await loadSurroundings(client, jurisdiction, seeds)).conflicts;
}

/** Everything that says who the subjects are: all whom rows, settlements or links connect with them, however far. */
export async function loadSurroundings(
  client: Queryable,
  jurisdiction: string,
  seeds: readonly string[],
): Promise<Surroundings> {
  const found = await client.query<Surroundings>(SURROUNDINGS, [jurisdiction, [...new Set(seeds)]]);
  return found.rows[0]!;
}

/** Names are only compared: by their keys, also where one lies in clear still. */
function resolved(seal: PlaceSeal, { subjects, links, splits, settlements }: Surroundings): ResolvedIdentity {
  const told = links.map((link) => ({ ...link, name: nameKeyFromKept(seal, link.name) }));
  const stated = statedPairs(
    told,
    splits.map((split) => splitOf(seal, split)),
  );
  return resolveIdentity({ subjects, stated, settled: settlements });
}

const LOCK = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

// Of a claim `c`: it stands, in the jurisdiction, and names other documents. Written so that no index goes by jurisdiction: it would
// read every claim there, where the subject, or the document named, leads to the few that are meant.
const CLAIM_STANDS = "c.jurisdiction || '' = $1 and c.ended_at is null and c.attributes ? 'sameAs'";
/** Of a settlement, split or link: it stands, in the jurisdiction. */
const STANDS = (table: string): string => `${table}.jurisdiction = $1 and ${table}.until is null`;

// Subject by subject along the indexes, whatever the statistics say. Who is one person now belongs to it too: a link that nothing holds any more is found even where what held it is long gone.
const SURROUNDINGS = `
with recursive reached(key) as (
  select distinct unnest($2::uuid[])
  union
  select n.key
  from reached r
  cross join lateral (
    select jsonb_array_elements_text(c.attributes -> 'sameAs')::uuid as key
    from claim c where c.subject_key = r.key and ${CLAIM_STANDS}
    union all
    select c.subject_key
    from claim_same_as n
    cross join lateral (select * from claim c where c.subject_key = n.subject_key and c.id = n.claim offset 0) c
    where n.other_key = r.key and n.jurisdiction = $1 and ${CLAIM_STANDS}
    union all
    select e.other_key from subject_settlement e where e.subject_key = r.key and e.same and ${STANDS('e')}
    union all
    select e.subject_key from subject_settlement e where e.other_key = r.key and e.same and ${STANDS('e')}
    union all
    select p.to_key from subject_split p where p.subject_key = r.key and ${STANDS('p')}
    union all
    select p.subject_key from subject_split p where p.to_key = r.key and ${STANDS('p')}
    union all
    select m.subject_key
    from subject_link l join subject_link m on m.person_id = l.person_id and ${STANDS('m')}
    where l.subject_key = r.key and ${STANDS('l')}
  ) n
)
select
  (select coalesce(json_agg(json_build_object('key', i.subject_key, 'idType', i.id_type, 'length', ${NUMBER_LENGTH},
      'person', l.person_id, 'heldApart',
      exists (select from claim c where c.subject_key = r.key and c.jurisdiction || '' = $1 and c.attributes ? 'heldApart')
      or exists (select from subject_split p where p.to_key = r.key and p.jurisdiction = $1))), '[]')
    from reached r
    cross join lateral (select * from identifier i where i.subject_key = r.key and i.jurisdiction = $1 offset 0) i
    left join lateral (select * from subject_link l where l.subject_key = r.key and ${STANDS('l')} offset 0) l on true
  ) as subjects,
  (select coalesce(json_agg(json_build_object('subject', c.subject_key, 'name', c.attributes -> 'name',
      'sameAs', c.attributes -> 'sameAs')), '[]')
    from reached r cross join lateral (select * from claim c where c.subject_key = r.key and ${CLAIM_STANDS} offset 0) c
  ) as links,
  (select coalesce(json_agg(json_build_object('subjectKey', e.subject_key, 'otherKey', e.other_key, 'same', e.same)), '[]')
    from reached r
    cross join lateral (select * from subject_settlement e where e.subject_key = r.key and ${STANDS('e')} offset 0) e
  ) as settlements,
  (select coalesce(json_agg(json_build_object('subjectKey', p.subject_key, 'name', p.name, 'toKey', p.to_key)), '[]')
    from reached r
    cross join lateral (select * from subject_split p where p.subject_key = r.key and ${STANDS('p')} offset 0) p
  ) as splits`;

// A link opened at this very instant has stood for no time, so that nobody can have been told of it: it changes in place. One of a
// push that was told later and written earlier closes as it begins.
const MOVE_LINKS = `
with moved as (
  select m.*, row_number() over (order by m.subject) as place
  from json_to_recordset($4::json) as m(subject uuid, person uuid, because text)
),
replaced as (
  update subject_link l set person_id = m.person, because = m.because, submission = $3
  from moved m
  where l.subject_key = m.subject and ${STANDS('l')} and l.since = $2
  returning l.subject_key
),
closed as (
  update subject_link l set until = greatest(l.since, $2::timestamptz)
  from moved m
  where l.subject_key = m.subject and ${STANDS('l')} and l.since <> $2
  returning l.subject_key, l.until
)
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select ${idInOrder('m.place')}, m.subject, $1, m.person, coalesce(c.until, $2::timestamptz), m.because, $3
from moved m left join closed c on c.subject_key = m.subject
where m.subject not in (select subject_key from replaced)`;
