import type pg from 'pg';
import { joinPersons, type JoinedInto } from '../domain/identity/join-persons.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { Ids, SubjectLinkRequest } from '../flows/ports.ts';

type Reason = SubjectLinkRequest['because'];

/** The push that names the subjects. */
export interface LinkingPush {
  readonly jurisdiction: string;
  readonly since: Date;
  readonly submission: string;
}

/**
 * Keeps the documents and joins the subjects that requests name together. A subject never seen becomes a person of its
 * own. Where subjects of different persons are named together, one person stays (`joinPersons`) and all subjects of the
 * others are linked to it: their links close and new ones open, none is changed or lost. At most six statements,
 * however many requests.
 */
export async function linkSubjects(
  client: pg.ClientBase,
  ids: Ids,
  push: LinkingPush,
  requests: readonly SubjectLinkRequest[],
): Promise<void> {
  const subjects = new Map(requests.flatMap((request) => request.subjects.map((subject) => [subject.key, subject])));
  if (subjects.size === 0) return;
  const joins = requests.filter(({ subjects: [first, ...others] }) => others.some(({ key }) => key !== first?.key));

  // Joins that share a subject must see each other's links. Taken before any row: whoever holds this lock then waits
  // only for pushes that never ask for it.
  if (joins.length > 0) await client.query(LOCK_JOINS, [`join-persons|${push.jurisdiction}`]);
  await client.query(INSERT_IDENTIFIERS, [push.jurisdiction, JSON.stringify([...subjects.values()].map(identifierOf))]);

  const persons = await currentPersons(client, push, [...subjects.keys()]);
  const joined = await decideJoins(client, push, joins, (key) => persons.get(key) ?? key);
  const isNew = (key: string): boolean => !persons.has(key);

  // Rows that name several documents last: of what is said of a subject's link, the reason that joins is the one to keep.
  const joining = new Set(joins);
  const inOrder = [...requests.filter((request) => !joining.has(request)), ...joins];
  const links = [...openingLinks(inOrder, isNew, joined), ...(await moveLinks(client, push, joined))];
  if (links.length === 0) return;
  const rows = JSON.stringify(links.map((link) => ({ id: ids.next(), ...link })));
  await client.query(INSERT_LINKS, [push.jurisdiction, push.since, push.submission, rows]);
}

/** A link to open. */
interface Link {
  readonly subject: string;
  readonly person: string;
  readonly because: Reason;
}

const identifierOf = ({ key, idType, idNumber }: Subject) => ({ key, idType, idNumber });

async function currentPersons(
  client: pg.ClientBase,
  push: LinkingPush,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const links = await client.query<{ subject: string; person: string }>(CURRENT_LINKS, [push.jurisdiction, keys]);
  return new Map(links.rows.map(({ subject, person }) => [subject, person]));
}

async function decideJoins(
  client: pg.ClientBase,
  push: LinkingPush,
  joins: readonly SubjectLinkRequest[],
  personOf: (subject: string) => string,
): Promise<ReadonlyMap<string, JoinedInto<Reason>>> {
  if (joins.length === 0) return new Map();
  const same = joins.map(({ subjects, because }) => ({ persons: subjects.map(({ key }) => personOf(key)), because }));
  const persons = [...new Set(same.flatMap((each) => each.persons))];
  const earliest = await client.query<{ person: string; since: Date }>(EARLIEST_LINKS, [push.jurisdiction, persons]);
  const since = new Map(earliest.rows.map((row) => [row.person, row.since.getTime()]));
  return joinPersons(same, (person) => since.get(person) ?? push.since.getTime());
}

/** Links of subjects never seen: to the person they are joined into, or to a new person with their own key as id. */
function openingLinks(
  requests: readonly SubjectLinkRequest[],
  isNew: (key: string) => boolean,
  joined: ReadonlyMap<string, JoinedInto<Reason>>,
): Link[] {
  const links = new Map<string, Link>();
  for (const { subjects, because } of requests) {
    for (const { key } of subjects) {
      if (isNew(key)) links.set(key, { subject: key, person: key, because, ...joined.get(key) });
    }
  }
  return [...links.values()];
}

/** Closes the links of persons joined into others; gives the links that take their place. */
async function moveLinks(
  client: pg.ClientBase,
  push: LinkingPush,
  joined: ReadonlyMap<string, JoinedInto<Reason>>,
): Promise<Link[]> {
  if (joined.size === 0) return [];
  const closed = await client.query<{ subject: string; person: string }>(CLOSE_LINKS, [
    push.jurisdiction,
    [...joined.keys()],
    push.since,
  ]);
  return closed.rows.map(({ subject, person }) => ({ subject, ...joined.get(person)! }));
}

const LOCK_JOINS = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

// In key order, so that two pushes which name the same new subjects wait for each other rather than each for the other.
const INSERT_IDENTIFIERS = `
insert into identifier (subject_key, jurisdiction, id_type, id_number)
select i.key, $1, i."idType", i."idNumber"
from json_to_recordset($2::json) as i(key uuid, "idType" text, "idNumber" text)
order by i.key
on conflict do nothing`;

const CURRENT_LINKS = `
select subject_key as subject, person_id as person
from subject_link
where subject_key = any($2::uuid[]) and jurisdiction = $1 and until is null`;

const EARLIEST_LINKS = `
select person_id as person, min(since) as since
from subject_link
where person_id = any($2::uuid[]) and jurisdiction = $1 and until is null
group by person_id`;

const CLOSE_LINKS = `
update subject_link set until = $3
where person_id = any($2::uuid[]) and jurisdiction = $1 and until is null
returning subject_key as subject, person_id as person`;

const INSERT_LINKS = `
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select l.id, l.subject, $1, l.person, $2, l.because, $3
from json_to_recordset($4::json) as l(id uuid, subject uuid, person uuid, because text)`;
