import pg from 'pg';
import type { Subject } from '../../domain/identity/subject.ts';
import type { Ids, StoredSubmission } from '../../flows/ports.ts';
import { lockIdentities, resolveIdentities } from '../resolve-identities.ts';
import { insertDocuments, sealedDocuments, SEALED_DOCUMENTS } from '../sealed-numbers.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import { idOf, idPrefix } from './row-ids.ts';
import type { Staging } from './staging.ts';

/** New documents that one transaction links: few, so that nobody waits long for one. */
const LINKED_AT_ONCE = 5_000;

/**
 * Links the documents of the rows taken in that are not linked yet, each to a person of its own, and keeps them; {@link resolveStaged}
 * joins them. Short transactions in the order of keys: two lists that name the same new persons wait for each other briefly, and neither
 * for the whole of the other. Numbers are sealed while PostgreSQL writes those before them.
 */
export async function linkStaged(
  client: pg.ClientBase,
  seal: PlaceSeal,
  ids: Ids,
  staging: Staging,
  { jurisdiction, id }: StoredSubmission,
  since: Date,
): Promise<void> {
  const prefix = idPrefix(ids);
  // Several statements at once give their results one by one, which the types do not tell.
  const begun = (await client.query(openUnlinked(staging, jurisdiction))) as unknown as readonly Found[];
  let found = begun.at(-1)!.rows;
  let columns = await sealedDocuments(seal, found);
  for (let before = 0; found.length > 0;) {
    const values = [jurisdiction, ...columns, since, id, prefix, before];
    before += found.length;
    found = found.length < LINKED_AT_ONCE ? [] : (await client.query<Subject>(FETCH_UNLINKED)).rows;
    [columns] = await Promise.all([sealedDocuments(seal, found), client.query(LINK_DOCUMENTS, values)]);
  }
  await client.query('close unlinked');
}

type Found = pg.QueryResult<Subject>;

/**
 * Lets who is who follow where rows taken in name other documents, and where claims that did have ceased to stand. Belongs to the
 * transaction that makes the claims true, once every document is linked. Nothing is asked or locked for lists that name none.
 */
export async function resolveStaged(
  client: pg.ClientBase,
  seal: PlaceSeal,
  staging: Staging,
  { jurisdiction, id }: StoredSubmission,
  at: Date,
): Promise<void> {
  const joined = await joinedSubjects(client, staging);
  if (joined.length === 0) return;
  await lockIdentities(client, jurisdiction);
  await resolveIdentities(client, seal, jurisdiction, joined, at, id);
}

async function joinedSubjects(client: pg.ClientBase, { row, same, end }: Staging): Promise<readonly string[]> {
  const found = await client.query<{ key: string }>(`
    select r.subject_key as key
    from ${row} r
    where r.others is not null and not exists (select from ${same} s where s.row_number = r.row_number)
    union
    select (o.document ->> 'key')::uuid
    from ${row} r cross join json_array_elements(r.others::json) as o(document)
    where r.others is not null and not exists (select from ${same} s where s.row_number = r.row_number)
    union
    select c.subject_key
    from ${end} e join claim c on c.subject_key = e.subject_key and c.id = e.id
    where c.attributes ? 'sameAs'
    union
    select k.key::uuid
    from ${end} e join claim c on c.subject_key = e.subject_key and c.id = e.id
      cross join jsonb_array_elements_text(c.attributes -> 'sameAs') as k(key)
    where c.attributes ? 'sameAs'`);
  return found.rows.map(({ key }) => key);
}

const FETCH_UNLINKED = `fetch ${LINKED_AT_ONCE} from unlinked`;

/**
 * Documents of rows that nobody is linked by, in the order of keys, and the first of them. Who has a standing claim is linked. Comparing
 * has asked after those, so that only rows that name somebody by a name not heard before are looked up here: among them is everybody
 * who is new. Rows that correct are few, and all of them unsettled. A cursor that is held outlives its transaction, and whoever is
 * linked meanwhile is passed over. All of it is read, and it is to be planned so.
 */
const openUnlinked = ({ row, unnamed, unsettledRow }: Staging, jurisdiction: string): string => `
set local cursor_tuple_fraction = 1;
declare unlinked no scroll cursor with hold for
select distinct on (n.subject_key) n.subject_key as key, n.id_type as "idType", n.id_number as "idNumber"
from (
  select subject_key, id_type, id_number from ${unnamed}
  union all
  select subject_key, id_type, id_number from ${unsettledRow} where kind = 'C'
  union all
  select (o.document ->> 'key')::uuid, o.document ->> 'idType', o.document ->> 'idNumber'
  from ${row} r cross join json_array_elements(r.others::json) as o(document)
  where r.others is not null
) n
where not exists (select from subject_link l
  where l.subject_key = n.subject_key and l.jurisdiction = ${pg.escapeLiteral(jurisdiction)} and l.until is null)
order by n.subject_key;
${FETCH_UNLINKED}`;

/** Links, as everybody writes them, before the documents of those linked here: they are sorted once all links are there. */
const LINK_DOCUMENTS = `
with s as materialized (
  select * from ${SEALED_DOCUMENTS}
), linked as (
  insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
  select ${idOf('$9', '$10::bigint + s.place', '0')}, s.key, $1, s.key, $7, 'SUBJECT_OF_ROW', $8
  from s
  order by s.key
  on conflict (subject_key, jurisdiction) where until is null do nothing
  returning subject_key
)
${insertDocuments('s join linked l on l.subject_key = s.key')}`;
