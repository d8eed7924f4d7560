import pg from 'pg';
import type { RawRow } from '../domain/intake/list-definition.ts';
import type { Ids, ReceiveStore, ReceiveTransaction, StoredRow } from '../flows/ports.ts';
import { NAMED_CLAIM_AS_JSON, namedClaimsFromJson, type NamedClaimJson } from './claim-rows.ts';
import { contentHash } from './content-hash.ts';
import { inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { linkSubjects } from './link-subjects.ts';
import { lockList, SNAPSHOT_PERIODS } from './list-receipts.ts';
import { lockIdentities, resolveIdentities } from './resolve-identities.ts';
import { BLOCK_ROWS, encodeVerdicts } from './row-blocks.ts';
import { sealRows } from './sealed-blocks.ts';
import { nameKeyOf } from './name-keys.ts';
import { sealAttributes } from './sealed-claims.ts';
import { KEEP_NAMES, nameColumns, standingNames } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import { NEWEST_INDEX_KEY } from './subject-index/index-keys.ts';
import { INSERT_SUBMISSION, submissionOf, submissionParameters, type SubmissionRecord } from './submission-table.ts';
import type { WalledDatabase } from './walled-database.ts';

/** How often work is begun again before its error is taken as one. */
const MOST_ATTEMPTS = 5;
const UNIQUE_VIOLATION = '23505';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

/**
 * Takes pushes in: everything in one transaction, each step a statement or two whatever the number of rows. Work that
 * meets another push's (the same idempotency key at the same moment, a deadlock) is rolled back and run again from its
 * start, where it finds what the other has stored; so work must bear to be run more than once.
 */
export function receiveStore(walled: WalledDatabase, ids: Ids): ReceiveStore {
  return {
    inTransaction: async (jurisdiction, work) => {
      const inside = walled.of(jurisdiction);
      for (let attempt = 1; ; attempt++) {
        try {
          return await inTransaction(inside, (client) => work(receiveTransaction(client, inside.seal, ids)));
        } catch (error) {
          if (attempt === MOST_ATTEMPTS || !metAnother(error)) throw error;
        }
      }
    },
  };
}

function metAnother(error: unknown): boolean {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  return code === UNIQUE_VIOLATION || code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

function receiveTransaction(client: pg.ClientBase, seal: PlaceSeal, ids: Ids): ReceiveTransaction {
  return {
    lockList: (jurisdiction, agency, list) => lockList(client, { jurisdiction, agency, list }),
    findByIdempotencyKey: async (jurisdiction, agency, key) => {
      const found = await client.query<SubmissionRecord>(FIND_SUBMISSION, [jurisdiction, agency, key]);
      return found.rows[0] && submissionOf(found.rows[0]);
    },
    standingClaims: async ({ jurisdiction, agency, list, subjectKeys, period }) => {
      const narrowed = [
        ...(subjectKeys ? [{ by: OF_SUBJECTS, value: subjectKeys }] : []),
        ...(period == null ? [] : [{ by: OF_PERIOD, value: period }]),
      ];
      // Each narrowing its own text: "… or $4 is null" would read the whole list for one subject.
      const text = [STANDING_CLAIMS, ...narrowed.map(({ by }, index) => by(`$${index + 4}`)), IN_TOLD_ORDER].join('\n');
      const values = [jurisdiction, agency, list, ...narrowed.map(({ value }) => value)];
      const found = await client.query<{ told: NamedClaimJson }>(text, values);
      return namedClaimsFromJson(
        seal,
        found.rows.map(({ told }) => told),
      );
    },
    namesOf: (jurisdiction, subjectKeys) => standingNames(client, seal, jurisdiction, subjectKeys),
    namesakesOf: async (jurisdiction, subjects) => {
      const found = await client.query<{ subject: string }>(NAMESAKES, [
        jurisdiction,
        subjects.map(({ subjectKey }) => subjectKey),
        subjects.map(({ bareName }) => nameKeyOf(seal, bareName)),
        subjects.map(({ birthDate }) => birthDate),
        subjects.map(({ others }) => `{${others.join()}}`),
      ]);
      return new Set(found.rows.map(({ subject }) => subject));
    },
    stateOf: async ({ jurisdiction, agency, list }) => {
      const found = await client.query<ListState>(LIST_STATE, [jurisdiction, agency, list]);
      return found.rows[0]!;
    },
    addSubmission: async (submission, rows) => {
      await client.query(INSERT_SUBMISSION, submissionParameters(submission));
      const { id, jurisdiction } = submission;
      await client.query(INSERT_BLOCKS, [id, jurisdiction, ...blocksOf(seal, id, rows)]);
    },
    addQueued: async (submission, rows) => {
      await client.query(INSERT_SUBMISSION, submissionParameters(submission));
      const { id, jurisdiction } = submission;
      await client.query(INSERT_UNJUDGED_BLOCKS, [id, jurisdiction, ...unjudgedBlocksOf(seal, id, rows)]);
    },
    lockIdentities: (jurisdiction) => lockIdentities(client, jurisdiction),
    linkSubjects: (jurisdiction, subjects, since, submission) =>
      linkSubjects(client, ids, { jurisdiction, seal, since, submission }, subjects),
    endClaims: async (claims, at, by) => {
      if (claims.length === 0) return;
      const subjects = claims.map(({ subjectKey }) => subjectKey);
      await client.query(END_CLAIMS, [subjects, claims.map(({ id }) => id), at, by]);
    },
    addClaims: async (claims) => {
      if (claims.length === 0) return;
      const kept = claims.map((claim) => ({
        ...claim,
        attributes: sealAttributes(seal, claim, claim.attributes),
        contentHash: contentHash(seal, claim),
      }));
      const names = claims.map(({ subjectKey: subject, attributes: { name } }) => ({ subject, name }));
      const columns = await nameColumns(seal, names);
      await client.query(INSERT_CLAIMS, [claims[0]!.jurisdiction, JSON.stringify(kept), ...columns]);
    },
    resolveIdentities: async (jurisdiction, subjects, at, submission) => {
      await resolveIdentities(client, seal, jurisdiction, subjects, at, submission);
    },
    addJob: (job) => enqueue(client, job),
  };
}

interface ListState {
  readonly unfinished: boolean;
  readonly snapshotPeriods: readonly string[];
  readonly newestIndexKey: number;
}

function inBlocks<T>(rows: readonly T[]): (readonly T[])[] {
  const blocks = [];
  for (let from = 0; from < rows.length; from += BLOCK_ROWS) blocks.push(rows.slice(from, from + BLOCK_ROWS));
  return blocks;
}

/** Rows as blocks without verdicts, to be written with one statement. */
function unjudgedBlocksOf(seal: PlaceSeal, submission: string, rows: readonly RawRow[]): unknown[][] {
  const encoded = inBlocks(rows).map((block, index) => {
    const firstRow = index * BLOCK_ROWS + 1;
    return { firstRow, rowCount: block.length, ...sealRows(seal, submission, firstRow, block) };
  });
  return [
    encoded.map(({ firstRow }) => firstRow),
    encoded.map(({ rowCount }) => rowCount),
    encoded.map(({ codec }) => codec),
    encoded.map(({ sent }) => sent),
  ];
}

/** Rows as blocks, to be written with one statement. */
function blocksOf(seal: PlaceSeal, submission: string, rows: readonly StoredRow[]): unknown[][] {
  const encoded = inBlocks(rows).map((block) => {
    const firstRow = block[0]!.row;
    const sent = block.map((row) => row.sent);
    return {
      firstRow,
      rowCount: block.length,
      ...sealRows(seal, submission, firstRow, sent),
      ...encodeVerdicts(block),
    };
  });
  const column = <T>(read: (block: (typeof encoded)[number]) => T): T[] => encoded.map(read);
  return [
    column(({ firstRow }) => firstRow),
    column(({ rowCount }) => rowCount),
    column(({ codec }) => codec),
    column(({ sent }) => sent),
    column(({ outcomes }) => outcomes),
    column(({ subjects }) => subjects),
    column(({ findings }) => JSON.stringify(findings)),
    column(({ accepted }) => accepted),
    column(({ unchanged }) => unchanged),
    column(({ flagged }) => flagged),
    column(({ rejected }) => rejected),
  ];
}

const FIND_SUBMISSION = `
select * from submission where jurisdiction = $1 and agency = $2 and idempotency_key = $3`;

const STANDING_CLAIMS = `
select ${NAMED_CLAIM_AS_JSON} as told
from claim c
where c.jurisdiction = $1 and c.agency = $2 and c.list = $3 and c.ended_at is null`;

const OF_SUBJECTS = (parameter: string): string => `and c.subject_key = any(${parameter}::uuid[])`;

const OF_PERIOD = (parameter: string): string => `and c.submission in (
  select s.id from submission s
  where s.jurisdiction = $1 and s.agency = $2 and s.list = $3 and s.period = ${parameter})`;

const IN_TOLD_ORDER = 'order by c.told_at, c.id';

// One look at the cards a subject, and none where the subject is known.
const NAMESAKES = `
select distinct n.subject
from unnest($2::uuid[], $3::text[], $4::date[], $5::text[]) as n(subject, name, born, others)
where not exists (
    select from subject_link l where l.subject_key = n.subject and l.jurisdiction = $1 and l.until is null)
  and exists (
    select from person_card k
    where k.jurisdiction = $1 and k.bare_name = n.name and k.birth_date = n.born and not exists (
      select from subject_link o
      where o.subject_key = any(n.others::uuid[]) and o.jurisdiction = $1 and o.until is null and o.person_id = k.person_id))`;

const INSERT_BLOCKS = `
insert into submission_block (submission, jurisdiction, first_row, row_count, codec, sent, outcomes, subjects, findings,
  accepted, unchanged, flagged, rejected)
select $1, $2, b.*
from unnest($3::integer[], $4::integer[], $5::text[], $6::bytea[], $7::text[], $8::bytea[], $9::json[],
  $10::smallint[], $11::smallint[], $12::smallint[], $13::smallint[]) as b`;

const INSERT_UNJUDGED_BLOCKS = `
insert into submission_block (submission, jurisdiction, first_row, row_count, codec, sent)
select $1, $2, b.* from unnest($3::integer[], $4::integer[], $5::text[], $6::bytea[]) as b`;

const LIST_STATE = `
select exists (
    select from submission where jurisdiction = $1 and agency = $2 and list = $3 and status in ('QUEUED', 'WORKING')
  ) as unfinished,
  array(${SNAPSHOT_PERIODS}) as "snapshotPeriods",
  ${NEWEST_INDEX_KEY} as "newestIndexKey"`;

const END_CLAIMS = `
update claim c set ended_at = $3, ended_by = $4
from unnest($1::uuid[], $2::uuid[]) as e(subject_key, id)
where c.subject_key = e.subject_key and c.id = e.id and c.ended_at is null`;

const INSERT_CLAIMS = `
with named as (${KEEP_NAMES(3)})
insert into claim (id, jurisdiction, subject_key, agency, list, key, attributes, valid_from, valid_to, told_at,
  first_told_at, ended_at, submission, row_number, content_hash)
select c.id, c.jurisdiction, c."subjectKey", c.agency, c.list, c.key, c.attributes, c."validFrom", c."validTo",
  c."toldAt", c."firstToldAt", c."endedAt", c.submission, c."row", c."contentHash"
from json_to_recordset($2::json) as c(id uuid, jurisdiction text, "subjectKey" uuid, agency text, list text, key text,
  attributes jsonb, "validFrom" date, "validTo" date, "toldAt" timestamptz, "firstToldAt" timestamptz,
  "endedAt" timestamptz, submission uuid, "row" integer, "contentHash" uuid)`;
