import pg from 'pg';
import type { Subject } from '../../domain/identity/subject.ts';
import type { Ids, StoredSubmission } from '../../flows/ports.ts';
import { inTransactionOn } from '../in-transaction.ts';
import { linkSubjects } from '../link-subjects.ts';
import { idOf, idPrefix } from './row-ids.ts';
import { dropTables, type Staging } from './staging.ts';

/** Rows that name several documents are joined so many at a time. */
const JOINS_AT_ONCE = 20_000;
/** Pages of new documents that one transaction links: about 50,000 of them, so that nobody waits long for one. */
const PAGES_AT_ONCE = 512;

/**
 * Keeps the documents of the rows taken in and links those not linked yet, each to a person of its own; rows that name
 * several documents first, by the logic of all pushes. Short transactions in the order of keys: two lists that name the same
 * new persons wait for each other briefly, and neither for the whole of the other.
 */
export async function linkStaged(
  client: pg.ClientBase,
  ids: Ids,
  staging: Staging,
  submission: StoredSubmission,
  since: Date,
): Promise<void> {
  await joinStaged(client, ids, staging, submission, since);

  const { unnamed, unsettledRow, link } = staging;
  await dropTables(client, [link]);
  // Who has a standing claim is linked. Comparing has asked after those, so that only rows that name somebody by a name not heard
  // before are looked up here: among them is everybody who is new. Rows that correct are few, and all of them unsettled.
  await client.query(`create unlogged table ${link} as
    select distinct on (n.subject_key) n.subject_key, n.id_type, n.id_number
    from (
      select subject_key, id_type, id_number from ${unnamed}
      union all
      select subject_key, id_type, id_number from ${unsettledRow} where kind = 'C'
    ) n
    where not exists (select from subject_link l
      where l.subject_key = n.subject_key and l.jurisdiction = ${pg.escapeLiteral(submission.jurisdiction)} and l.until is null)
    order by n.subject_key`);
  const sized = await client.query<{ pages: number }>(`select (pg_relation_size('${link}') / 8192)::integer as pages`);
  const prefix = idPrefix(ids);
  for (let page = 0; page < sized.rows[0]!.pages; page += PAGES_AT_ONCE) {
    const range = `n.ctid >= '(${page},0)' and n.ctid < '(${page + PAGES_AT_ONCE},0)'`;
    await inTransactionOn(client, async () => {
      await client.query(insertIdentifiers(link, range), [submission.jurisdiction]);
      await client.query(insertLinks(link, range), [submission.jurisdiction, since, submission.id, prefix]);
    });
  }
}

async function joinStaged(
  client: pg.ClientBase,
  ids: Ids,
  { row }: Staging,
  { jurisdiction, id }: StoredSubmission,
  since: Date,
): Promise<void> {
  for (let after = 0; ;) {
    const found = await client.query<JoiningRow>(
      `select row_number, subject_key as key, id_type as "idType", id_number as "idNumber", others::json
      from ${row} where others is not null and row_number > $1 order by row_number limit ${JOINS_AT_ONCE}`,
      [after],
    );
    const last = found.rows.at(-1);
    if (!last) return;
    after = last.row_number;
    const requests = found.rows.map(({ key, idType, idNumber, others }) => ({
      subjects: [{ key, idType, idNumber }, ...others],
      because: 'BIRTH_LIST' as const,
    }));
    await inTransactionOn(client, () => linkSubjects(client, ids, { jurisdiction, since, submission: id }, requests));
  }
}

interface JoiningRow extends Subject {
  readonly row_number: number;
  readonly others: readonly Subject[];
}

const insertIdentifiers = (link: string, range: string): string => `
insert into identifier (subject_key, jurisdiction, id_type, id_number)
select n.subject_key, $1, n.id_type, n.id_number
from ${link} n
where ${range}
order by n.subject_key
on conflict do nothing`;

const insertLinks = (link: string, range: string): string => `
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select ${idOf('$4', 'row_number() over (order by n.subject_key)', '0')}, n.subject_key, $1, n.subject_key, $2, 'SUBJECT_OF_ROW', $3
from ${link} n
where ${range}
order by n.subject_key
on conflict (subject_key, jurisdiction) where until is null do nothing`;
