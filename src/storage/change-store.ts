import type {
  CausingSubmission,
  ChangeCause,
  ChangeStore,
  DecisionChange,
  PersonHistory,
} from '../flows/ports-changes.ts';
import { termsOfKept, type KeptDecision } from './decision-rows.ts';
import { CLAIM_AS_JSON, decidedClaimFromJson, type ClaimJson } from './claim-rows.ts';
import { NIL_ID } from './ids.ts';
import { MILLISECONDS } from './milliseconds.ts';
import { DECIDED_DOCUMENT, decidedSubject, type DecidedDocument } from './sealed-numbers.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Reads changes of decisions, oldest first; a cursor is the id of the last one. Two statements a page, and two for what lies behind it. */
export function changeStore(walled: WalledDatabase): ChangeStore {
  return {
    since: async (jurisdiction, from, { packs, ownOf }, first) => {
      const filter = [jurisdiction, packs, ownOf];
      const counted = await walled.of(jurisdiction).query<{ total: string }>(COUNT, [...filter, sinceOf(from)]);
      const total = Number(counted.rows[0]!.total);
      if ('after' in from && !UUID.test(from.after)) return { items: [], next: null, total };
      const after = 'after' in from ? from.after : firstIdAt(from.since);
      const found = await walled.of(jurisdiction).query<ChangeRecord>(PAGE, [...filter, after, first + 1]);
      const items = found.rows.slice(0, first).map(changeOf);
      return { items, next: found.rows.length > first ? items.at(-1)!.id : null, total };
    },
    submissions: async (jurisdiction, ids) => {
      const found = await walled
        .of(jurisdiction)
        .query<CausingSubmission & { readonly id: string }>(SUBMISSIONS, [jurisdiction, ids]);
      return new Map(found.rows.map(({ id, list, withdrawnAt }) => [id, { list, withdrawnAt }]));
    },
    histories: async (jurisdiction, persons) => {
      const inside = walled.of(jurisdiction);
      const found = await inside.query<HistoryRecord>(HISTORIES, [jurisdiction, persons]);
      return new Map(found.rows.map((record) => [record.person, historyOf(inside.seal, record)]));
    },
  };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id before every UUIDv7 of the instant and after every earlier one (RFC 9562 §5.7: milliseconds come first). */
function firstIdAt(instant: Date): string {
  const hex = Math.max(0, instant.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

const sinceOf = (from: { readonly after: string } | { readonly since: Date }): string =>
  'since' in from ? firstIdAt(from.since) : UUID.test(from.after) ? from.after : NIL_ID;

interface ChangeRecord {
  readonly id: string;
  readonly person_id: string;
  readonly pack: string;
  readonly as_of: string;
  readonly at: Date;
  readonly because: ChangeCause;
  readonly causes: readonly string[];
  readonly before: KeptDecision | null;
  readonly after: KeptDecision | null;
}

const changeOf = ({ person_id: person, as_of: asOf, before, after, ...record }: ChangeRecord): DecisionChange => ({
  ...record,
  person,
  asOf,
  before: before && termsOfKept(before),
  after: after && termsOfKept(after),
});

interface HistoryRecord {
  readonly person: string;
  readonly subjects: readonly (DecidedDocument & { readonly since: number; readonly until: number | null })[];
  readonly claims: readonly { readonly claim: ClaimJson; readonly endedBy: string | null }[] | null;
}

const historyOf = (seal: PlaceSeal, { person, subjects, claims }: HistoryRecord): PersonHistory => ({
  person,
  subjects: subjects.map((subject) => ({
    ...decidedSubject(subject),
    since: new Date(subject.since),
    until: subject.until === null ? null : new Date(subject.until),
  })),
  claims: (claims ?? []).map(({ claim, endedBy }) => ({ ...decidedClaimFromJson(seal)(claim), endedBy })),
});

/** Of whom the agency `$3` has said something that stands; everybody where it is null. */
const KNOWN = `($3::text is null or exists (
  select from subject_link l join claim c on c.subject_key = l.subject_key and c.jurisdiction = l.jurisdiction
  where l.person_id = d.person_id and l.jurisdiction = $1 and l.until is null and c.agency = $3 and c.ended_at is null))`;

const COUNT = `
select count(*) as total from decision_change d
join change_cause c on c.id = d.cause
where d.jurisdiction = $1 and c.pack = any($2::text[]) and ${KNOWN} and d.id > $4`;

const PAGE = `
select d.id, d.person_id, c.pack, c.as_of, c.at, c.because, c.causes, row_to_json(b) as before, row_to_json(a) as after
from decision_change d
join change_cause c on c.id = d.cause
left join decision_kind b on b.id = d.before
left join decision_kind a on a.id = d.after
where d.jurisdiction = $1 and c.pack = any($2::text[]) and ${KNOWN} and d.id > $4
order by d.id
limit $5`;

const SUBMISSIONS = `
select id, list, withdrawn_at as "withdrawnAt" from submission where jurisdiction = $1 and id = any($2::uuid[])`;

const HISTORIES = `
select p.id as person, s.subjects, c.claims
from (select distinct id from unnest($2::uuid[]) as asked(id)) p
cross join lateral (
  select array_agg(distinct i.subject_key) as keys,
    json_agg(json_build_object(${DECIDED_DOCUMENT},
      'since', ${MILLISECONDS('l.since')}, 'until', ${MILLISECONDS('l.until')}) order by l.since, i.subject_key) as subjects
  from subject_link l
  join identifier i on i.subject_key = l.subject_key and i.jurisdiction = l.jurisdiction
  where l.person_id = p.id and l.jurisdiction = $1
) s
cross join lateral (
  select json_agg(json_build_object('claim', ${CLAIM_AS_JSON}, 'endedBy', c.ended_by) order by c.told_at, c.id) as claims
  from claim c
  where c.subject_key = any(s.keys) and c.jurisdiction = $1
) c
where s.keys is not null`;
