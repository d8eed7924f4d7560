import pg from 'pg';
import type { ListMode } from '../domain/intake/list-definition.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { Ids, ReceiveStore, ReceiveTransaction, StoredRow, StoredSubmission } from '../flows/ports.ts';
import { CLAIM_AS_JSON, claimFromJson, type ClaimJson } from './claim-rows.ts';
import { linkSubjects } from './link-subjects.ts';

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
export function receiveStore(pool: pg.Pool, ids: Ids): ReceiveStore {
  return {
    inTransaction: async (work) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(pool, (client) => work(receiveTransaction(client, ids)));
        } catch (error) {
          if (attempt === MOST_ATTEMPTS || !metAnother(error)) throw error;
        }
      }
    },
  };
}

async function once<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

function metAnother(error: unknown): boolean {
  const code = error instanceof pg.DatabaseError ? error.code : undefined;
  return code === UNIQUE_VIOLATION || code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

function receiveTransaction(client: pg.ClientBase, ids: Ids): ReceiveTransaction {
  return {
    lockList: async (jurisdiction, agency, list) => {
      await client.query(LOCK_LIST, [`receive-list|${jurisdiction}|${agency}|${list}`]);
    },
    findByIdempotencyKey: async (jurisdiction, agency, key) => {
      const found = await client.query<SubmissionRow>(FIND_SUBMISSION, [jurisdiction, agency, key]);
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
      const found = await client.query<{ claim: ClaimJson }>(text, values);
      return found.rows.map(({ claim }) => claimFromJson(claim));
    },
    namesOf: async (jurisdiction, subjectKeys) => {
      const found = await client.query<{ subject: string; names: string[] }>(NAMES, [jurisdiction, subjectKeys]);
      return new Map(found.rows.map(({ subject, names }) => [subject, new Set(names)]));
    },
    addSubmission: async (submission, rows) => {
      await client.query(INSERT_SUBMISSION, submissionParameters(submission));
      const asJson = JSON.stringify(rows.map(rowToStore));
      await client.query(INSERT_ROWS, [submission.id, submission.jurisdiction, asJson]);
    },
    linkSubjects: (jurisdiction, requests, since, submission) =>
      linkSubjects(client, ids, { jurisdiction, since, submission }, requests),
    endClaims: async (claims, at) => {
      if (claims.length === 0) return;
      const subjects = claims.map(({ subjectKey }) => subjectKey);
      await client.query(END_CLAIMS, [subjects, claims.map(({ id }) => id), at]);
    },
    addClaims: async (claims) => {
      if (claims.length > 0) await client.query(INSERT_CLAIMS, [JSON.stringify(claims)]);
    },
  };
}

/** The cells go as text within the JSON: PostgreSQL would unescape them otherwise, and an escaped NUL has no such form. */
const rowToStore = ({ row, subjectKey, outcome, findings, sent }: StoredRow) => ({
  row,
  subjectKey,
  outcome,
  findings: JSON.stringify(findings),
  sent: JSON.stringify(sent),
});

const submissionParameters = (submission: StoredSubmission): unknown[] => [
  submission.id,
  submission.jurisdiction,
  submission.agency,
  submission.list,
  submission.mode,
  submission.period,
  submission.documentNumber,
  submission.idempotencyKey,
  submission.digest,
  submission.receivedAt,
  submission.counts.sent,
  submission.counts.accepted,
  submission.counts.unchanged,
  submission.counts.flagged,
  submission.counts.rejected,
  submission.claimsAdded,
  submission.claimsEnded,
];

/** A submission as its table has it. */
interface SubmissionRow {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly mode: ListMode;
  readonly period: string | null;
  readonly document_number: string | null;
  readonly idempotency_key: string;
  readonly digest: string;
  readonly received_at: Date;
  readonly rows_sent: number;
  readonly rows_accepted: number;
  readonly rows_unchanged: number;
  readonly rows_flagged: number;
  readonly rows_rejected: number;
  readonly claims_added: number;
  readonly claims_ended: number;
}

const submissionOf = (row: SubmissionRow): StoredSubmission => ({
  id: row.id,
  jurisdiction: row.jurisdiction,
  agency: row.agency,
  list: row.list,
  mode: row.mode,
  period: row.period,
  documentNumber: row.document_number,
  idempotencyKey: row.idempotency_key,
  digest: row.digest,
  receivedAt: row.received_at,
  counts: {
    sent: row.rows_sent,
    accepted: row.rows_accepted,
    unchanged: row.rows_unchanged,
    flagged: row.rows_flagged,
    rejected: row.rows_rejected,
  },
  claimsAdded: row.claims_added,
  claimsEnded: row.claims_ended,
});

const LOCK_LIST = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

const FIND_SUBMISSION = `
select * from submission where jurisdiction = $1 and agency = $2 and idempotency_key = $3`;

const STANDING_CLAIMS = `
select ${CLAIM_AS_JSON} as claim
from claim c
where c.jurisdiction = $1 and c.agency = $2 and c.list = $3 and c.ended_at is null`;

const OF_SUBJECTS = (parameter: string): string => `and c.subject_key = any(${parameter}::uuid[])`;

const OF_PERIOD = (parameter: string): string => `and c.submission in (
  select s.id from submission s
  where s.jurisdiction = $1 and s.agency = $2 and s.list = $3 and s.period = ${parameter})`;

const IN_TOLD_ORDER = 'order by c.told_at, c.id';

const NAMES = `
select subject_key as subject, array_agg(distinct attributes ->> 'name') as names
from claim
where subject_key = any($2::uuid[]) and jurisdiction = $1 and ended_at is null and attributes ? 'name'
group by subject_key`;

const INSERT_SUBMISSION = `
insert into submission (id, jurisdiction, agency, list, mode, period, document_number, idempotency_key, digest,
  received_at, rows_sent, rows_accepted, rows_unchanged, rows_flagged, rows_rejected, claims_added, claims_ended)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`;

const INSERT_ROWS = `
insert into submission_row (submission, row_number, jurisdiction, subject_key, outcome, findings, sent)
select $1, r."row", $2, r."subjectKey", r.outcome, r.findings::json, r.sent::json
from json_to_recordset($3::json) as r("row" integer, "subjectKey" uuid, outcome text, findings text, sent text)`;

const END_CLAIMS = `
update claim c set ended_at = $3
from unnest($1::uuid[], $2::uuid[]) as e(subject_key, id)
where c.subject_key = e.subject_key and c.id = e.id and c.ended_at is null`;

const INSERT_CLAIMS = `
insert into claim (id, jurisdiction, subject_key, agency, list, key, attributes, valid_from, valid_to, told_at,
  first_told_at, ended_at, submission, row_number)
select c.id, c.jurisdiction, c."subjectKey", c.agency, c.list, c.key, c.attributes, c."validFrom", c."validTo",
  c."toldAt", c."firstToldAt", c."endedAt", c.submission, c."row"
from json_to_recordset($1::json) as c(id uuid, jurisdiction text, "subjectKey" uuid, agency text, list text, key text,
  attributes jsonb, "validFrom" date, "validTo" date, "toldAt" timestamptz, "firstToldAt" timestamptz,
  "endedAt" timestamptz, submission uuid, "row" integer)`;
