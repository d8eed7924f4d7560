import type pg from 'pg';
import type { Subject } from '../domain/identity/subject.ts';
import type { Ids } from '../flows/ports.ts';

/** The push that names the subjects. */
export interface LinkingPush {
  readonly jurisdiction: string;
  readonly since: Date;
  readonly submission: string;
}

/**
 * Keeps the documents; a subject never seen becomes a person of its own, with its own key as id. Who is one person with another
 * follows from claims (`resolveIdentities`). Two statements, however many subjects.
 */
export async function linkSubjects(
  client: pg.ClientBase,
  ids: Ids,
  { jurisdiction, since, submission }: LinkingPush,
  subjects: readonly Subject[],
): Promise<void> {
  const known = [...new Map(subjects.map((subject) => [subject.key, subject])).values()];
  if (known.length === 0) return;
  const rows = known.map(({ key, idType, idNumber }) => ({ id: ids.next(), key, idType, idNumber }));
  const json = JSON.stringify(rows);
  await client.query(INSERT_IDENTIFIERS, [jurisdiction, json]);
  await client.query(INSERT_LINKS, [jurisdiction, json, since, submission]);
}

// In key order, so that two pushes which name the same new subjects wait for each other rather than each for the other.
const INSERT_IDENTIFIERS = `
insert into identifier (subject_key, jurisdiction, id_type, id_number)
select i.key, $1, i."idType", i."idNumber"
from json_to_recordset($2::json) as i(key uuid, "idType" text, "idNumber" text)
order by i.key
on conflict do nothing`;

const INSERT_LINKS = `
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select l.id, l.key, $1, l.key, $3, 'SUBJECT_OF_ROW', $4
from json_to_recordset($2::json) as l(id uuid, key uuid)
where not exists (
  select from subject_link k where k.subject_key = l.key and k.jurisdiction = $1 and k.until is null)
order by l.key
on conflict (subject_key, jurisdiction) where until is null do nothing`;
