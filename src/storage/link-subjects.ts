import type pg from 'pg';
import type { Subject } from '../domain/identity/subject.ts';
import type { Ids } from '../flows/ports.ts';
import { keepDocuments } from './sealed-numbers.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';

/** The push that names the subjects. */
export interface LinkingPush {
  readonly jurisdiction: string;
  readonly seal: PlaceSeal;
  readonly since: Date;
  readonly submission: string;
}

/**
 * A subject never seen becomes a person of its own, with its own key as id, and its document is kept. Who is one person with another
 * follows from claims (`resolveIdentities`). One statement where all are known, else two, however many subjects.
 */
export async function linkSubjects(
  client: pg.ClientBase,
  ids: Ids,
  { jurisdiction, seal, since, submission }: LinkingPush,
  subjects: readonly Subject[],
): Promise<void> {
  const known = new Map(subjects.map((subject) => [subject.key, subject]));
  if (known.size === 0) return;
  const json = JSON.stringify([...known.keys()].map((key) => ({ id: ids.next(), key })));
  const linked = await client.query<{ key: string }>(INSERT_LINKS, [jurisdiction, json, since, submission]);
  await keepDocuments(
    client,
    seal,
    jurisdiction,
    linked.rows.map(({ key }) => known.get(key)!),
  );
}

// In key order, so that two pushes which name the same new subjects wait for each other rather than each for the other. Whose link is
// there has a document: the two are written in one transaction, links first by everybody.
const INSERT_LINKS = `
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select l.id, l.key, $1, l.key, $3, 'SUBJECT_OF_ROW', $4
from json_to_recordset($2::json) as l(id uuid, key uuid)
where not exists (
  select from subject_link k where k.subject_key = l.key and k.jurisdiction = $1 and k.until is null)
order by l.key
on conflict (subject_key, jurisdiction) where until is null do nothing
returning subject_key as key`;
