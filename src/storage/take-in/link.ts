import pg from 'pg';
import type { Subject } from '../../domain/identity/subject.ts';
import type { Ids, StoredSubmission } from '../../flows/ports.ts';
import { inTransactionOn } from '../in-transaction.ts';
import { lockIdentities, resolveIdentities } from '../resolve-identities.ts';
import { keepDocuments } from '../sealed-numbers.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import { idOf, idPrefix } from './row-ids.ts';
import { dropTables, type Staging } from './staging.ts';

/** Pages of new documents that one transaction links: about 12,000 of them, so that nobody waits long for one. */
const PAGES_AT_ONCE = 128;

/**
 * Links the documents of the rows taken in that are not linked yet, each to a person of its own, and keeps them; {@link resolveStaged}
 * joins them. Short transactions in the order of keys: two lists that name the same new persons wait for each other briefly, and neither
 * for the whole of the other.
 */
export async function linkStaged(
  client: pg.ClientBase,
  seal: PlaceSeal,
  ids: Ids,
  staging: Staging,
  submission: StoredSubmission,
  since: Date,
): Promise<void> {
  const { row, unnamed, unsettledRow, link } = staging;
  await dropTables(client, [link]);
  // Who has a standing claim is linked. Comparing has asked after those, so that only rows that name somebody by a name not heard
  // before are looked up here: among them is everybody who is new. Rows that correct are few, and all of them unsettled.
  await client.query(`create unlogged table ${link} as
    select distinct on (n.subject_key) n.subject_key, n.id_type, n.id_number
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
      where l.subject_key = n.subject_key and l.jurisdiction = ${pg.escapeLiteral(submission.jurisdiction)} and l.until is null)
    order by n.subject_key`);
  const sized = await client.query<{ pages: number }>(`select (pg_relation_size('${link}') / 8192)::integer as pages`);
  const prefix = idPrefix(ids);
  for (let page = 0; page < sized.rows[0]!.pages; page += PAGES_AT_ONCE) {
    const range = `n.ctid >= '(${page},0)' and n.ctid < '(${page + PAGES_AT_ONCE},0)'`;
    await inTransactionOn(client, async () => {
      const values = [submission.jurisdiction, since, submission.id, prefix];
      const linked = await client.query<Subject>(insertLinks(link, range), values);
      await keepDocuments(client, seal, submission.jurisdiction, linked.rows);
    });
  }
}

/**
 * Lets who is who follow where rows taken in name other documents, and where claims that did have ceased to stand. Belongs to the
 * transaction that makes the claims true, once every document is linked. Nothing is asked or locked for lists that name none.
 */
export async function resolveStaged(
  client: pg.ClientBase,
  staging: Staging,
  { jurisdiction, id }: StoredSubmission,
  at: Date,
): Promise<void> {
  const joined = await joinedSubjects(client, staging);
  if (joined.length === 0) return;
  await lockIdentities(client, jurisdiction);
  await resolveIdentities(client, jurisdiction, joined, at, id);
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

/** Links, as everybody writes them, before documents; gives the documents of those linked here, in the order of keys. */
const insertLinks = (link: string, range: string): string => `
with linked as (
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select ${idOf('$4', 'row_number() over (order by n.subject_key)', '0')}, n.subject_key, $1, n.subject_key, $2, 'SUBJECT_OF_ROW', $3
from ${link} n
where ${range}
order by n.subject_key
on conflict (subject_key, jurisdiction) where until is null do nothing
returning subject_key
)
select n.subject_key as key, n.id_type as "idType", n.id_number as "idNumber"
from ${link} n join linked l on l.subject_key = n.subject_key
where ${range}
order by n.subject_key`;
