import { readEntry } from '../domain/audit/audit-entry.ts';
import type { AuditReader, LoggedLook } from '../flows/ports-audit.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Reads the log for the people it is about: two statements a page. */
export function auditReader(walled: WalledDatabase): AuditReader {
  return {
    looksAt: async (log, subjectKeys, { now, afterDays }, first, after) => {
      const about = [log, subjectKeys, now, JSON.stringify(afterDays)];
      const counted = await walled.of(log).query<{ total: string }>({ ...COUNT, values: about });
      const found = await walled.of(log).query<LookRecord>({ ...PAGE, values: [...about, after, first + 1] });
      const items = found.rows.slice(0, first).map(lookOf);
      const next = found.rows.length > first ? String(items.at(-1)!.sequence) : null;
      return { items, next, total: Number(counted.rows[0]!.total) };
    },
  };
}

interface LookRecord {
  readonly sequence: string;
  readonly body: string;
}

function lookOf({ sequence, body }: LookRecord): LoggedLook {
  const entry = readEntry(body);
  if (!entry) throw new Error('an entry of the audit log is not as it was written');
  return { sequence: Number(sequence), entry };
}

/**
 * Entries about the persons that the documents `$2` were of. A person id counts where it is the key of one of the documents, which then
 * was that person's whoever else was, or where a document was linked to it at the instant that was asked about.
 */
const LOOKS = `
with link as (
  select person_id, since, until from subject_link where jurisdiction = $1 and subject_key = any($2::uuid[])
),
said as (
  select submission from claim where jurisdiction = $1 and subject_key = any($2::uuid[])
  union
  select ended_by from claim where jurisdiction = $1 and subject_key = any($2::uuid[]) and ended_by is not null
),
about as (
  select e.sequence, e.at, e.body from audit_entry e
  where e.log = $1 and e.person = any($2::uuid[] || array(select person_id from link)) and (
    e.person = any($2::uuid[])
    or exists (
      select from link l
      where l.person_id = e.person and l.since <= e.known_at and (l.until is null or l.until > e.known_at)
    )
  )
  union all
  select e.sequence, e.at, e.body from audit_entry e
  where e.log = $1 and e.person is null and e.submissions && array(select submission from said)
  union all
  select e.sequence, e.at, e.body from audit_entry e
  where e.log = $1 and e.everybody and e.at >= (select min(since) from link)
),
told as (
  select a.sequence, a.body from about a, lateral (select a.body::json as said) e
  where e.said ->> 'decision' = 'GRANTED'
    and a.at <= $3::timestamptz - coalesce(($4::json ->> (e.said ->> 'purpose'))::int, 0) * interval '1 day'
)`;

const COUNT = { name: 'audit-looks-count', text: `${LOOKS} select count(*) as total from told` };

const PAGE = {
  name: 'audit-looks',
  text: `${LOOKS}
select sequence, body from told where $5::bigint is null or sequence < $5::bigint
order by sequence desc limit $6`,
};
