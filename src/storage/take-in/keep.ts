import type pg from 'pg';
import type { ClaimPlan } from '../../domain/claims/plan-claims.ts';
import type { Ids, StoredSubmission } from '../../flows/ports.ts';
import type { TakeInOutcome } from '../../flows/ports-take-in.ts';
import { contentHash } from '../content-hash.ts';
import type { RowCounts } from '../../domain/intake/list-definition.ts';
import { isFresh } from './compare.ts';
import { copyIn, copyLine } from '../copy-in.ts';
import { sealAttributes } from '../sealed-claims.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';
import type { Letters } from './letters.ts';
import { idOf, idPrefix } from './row-ids.ts';
import type { Staging } from './staging.ts';

/** Where a plan goes: outcomes to letters; claims, told at an instant, behind those added before. */
interface PlanPlace {
  readonly letters: Letters;
  readonly toldAt: Date;
  readonly place: number;
}

/** Keeps what was planned for some subjects beside the plans of others. */
export async function stagePlan(
  client: pg.ClientBase,
  seal: PlaceSeal,
  { verdict, add, end }: Staging,
  { verdicts, add: added, end: ended }: ClaimPlan,
  { letters, toldAt, place }: PlanPlace,
): Promise<void> {
  // A rejected row has had its last word before.
  const judged = verdicts.filter(({ outcome }) => outcome !== 'REJECTED');
  for (const { row, outcome } of judged) letters.set(row, outcome);
  const told = judged.filter(({ findings }) => findings.length > 0);
  await copyLines(client, verdict, ['row_number', 'findings'], told, ({ row, findings }) => [
    row,
    JSON.stringify(findings),
  ]);
  await copyLines(client, end, ['subject_key', 'id'], ended, ({ subjectKey, id }) => [subjectKey, id]);
  await copyLines(client, add, ADD_COLUMNS, added, (claim, index) => [
    place + index,
    claim.row,
    claim.subjectKey,
    claim.key,
    JSON.stringify(sealAttributes(seal, claim, claim.attributes)),
    claim.validFrom,
    claim.validTo,
    contentHash(seal, claim),
    claim.firstToldAt < toldAt ? claim.firstToldAt.toISOString() : null,
    claim.attributes.name,
  ]);
}

async function copyLines<T>(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  items: readonly T[],
  fieldsOf: (item: T, index: number) => readonly (string | number | null)[],
): Promise<void> {
  if (items.length === 0) return;
  const copy = copyIn(client, table, columns);
  await copy.write(items.map((item, index) => copyLine(fieldsOf(item, index))).join(''));
  await copy.end();
}

const ADD_COLUMNS = [
  ...['place', 'row_number', 'subject_key', 'key', 'attributes', 'valid_from', 'valid_to', 'content_hash'],
  ...['first_told_at', 'told_name'],
];

/** Ends and adds the claims that were planned, all at one instant. */
export async function keepClaims(
  client: pg.ClientBase,
  ids: Ids,
  staging: Staging,
  { id, jurisdiction, agency, list }: StoredSubmission,
  toldAt: Date,
): Promise<void> {
  await client.query(endClaims(staging.end), [id, toldAt]);
  const values = [id, toldAt, jurisdiction, agency, list, idPrefix(ids)];
  await client.query(addFresh(staging), values);
  await client.query(addPlanned(staging.add), values);
}

/** Writes where the submission stands and what the work on it found. */
export async function keepOutcome(
  client: pg.ClientBase,
  submission: string,
  outcome: TakeInOutcome,
  counts: RowCounts,
  takenInAt: Date | null,
  now: Date,
): Promise<void> {
  const { status, changes, report, remarks, claimsAdded, claimsEnded } = outcome;
  await client.query(KEEP_OUTCOME, [
    submission,
    status,
    ...[counts.accepted, counts.unchanged, counts.flagged, counts.rejected],
    ...[changes.added, changes.changed, changes.dropped, changes.unchanged],
    JSON.stringify(report),
    JSON.stringify(remarks),
    claimsAdded,
    claimsEnded,
    takenInAt,
    now,
  ]);
}

const endClaims = (end: string): string => `
update claim c set ended_at = $2, ended_by = $1
from ${end} e
where c.subject_key = e.subject_key and c.id = e.id and c.ended_at is null`;

const INTO_CLAIM = `
insert into claim (id, jurisdiction, subject_key, agency, list, key, attributes, valid_from, valid_to, told_at, first_told_at,
  submission, row_number, content_hash)`;

// In key order, which is the order of the indexes.
const addFresh = (staging: Staging): string => `${INTO_CLAIM}
select ${idOf('$6', 'r.row_number', '0')}, $3, r.subject_key, $4, $5, r.key, r.attributes::jsonb, r.valid_from, r.valid_to,
  $2::timestamptz, $2::timestamptz, $1::uuid, r.row_number, r.content_hash
from ${staging.row} r
where ${isFresh(staging)}
order by r.subject_key`;

/** Claims that no row says come after those of all rows. */
const NO_ROW = 0x7fff_ffff;

const addPlanned = (add: string): string => `${INTO_CLAIM}
select ${idOf('$6', `case a.row_number when 0 then ${NO_ROW} else a.row_number end`, 'a.place')}, $3, a.subject_key, $4, $5, a.key, a.attributes::jsonb, a.valid_from, a.valid_to,
  $2::timestamptz, least($2::timestamptz, a.first_told_at), $1::uuid, a.row_number, a.content_hash
from ${add} a
order by a.subject_key, a.place`;

const KEEP_OUTCOME = `
update submission set status = $2, rows_accepted = $3, rows_unchanged = $4, rows_flagged = $5, rows_rejected = $6,
  matters_added = $7, matters_changed = $8, matters_dropped = $9, matters_unchanged = $10, report = $11, remarks = $12,
  claims_added = $13, claims_ended = $14, taken_in_at = $15::timestamptz,
  stage = case when $15::timestamptz is null then null else 'DECIDING' end, rows_done = 0, stage_since = $16, updated_at = $16
where id = $1`;
