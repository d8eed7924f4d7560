import { Migration } from '@mikro-orm/migrations';

/**
 * Lists at full size: rows are kept in blocks, submissions have a state of their own, claims tell what ended them.
 *
 * A block holds up to 1,000 rows as they were sent, compressed, and beside them one letter a row for its outcome, the
 * subject key of each row, and the findings of those rows that have any. A million rows are a thousand records: they are
 * written with one COPY, sealed as one value each, and read back a page at a time (ADR 0012).
 */
export class FilesAndJobs extends Migration {
  override up(): void {
    this.addSql(SUBMISSION_STATE);
    this.addSql(SUBMISSION_BLOCK);
    this.addSql(MOVE_ROWS);
    this.addSql('drop table submission_row');
    this.addSql(CLAIM_ENDS);
    this.addSql(DISTRIBUTE);
  }
}

const SUBMISSION_STATE = `
alter table submission
  add column status text not null default 'RECEIVED' check (status in
    ('QUEUED', 'WORKING', 'RECEIVED', 'NEEDS_RELEASE', 'REFUSED', 'FAILED', 'WITHDRAWN', 'DRY_RUN')),
  add column format text not null default 'GRAPHQL',
  add column file_columns jsonb,
  add column operator text,
  add column matters_added integer not null default 0,
  add column matters_changed integer not null default 0,
  add column matters_dropped integer not null default 0,
  add column matters_unchanged integer not null default 0,
  add column report jsonb not null default '[]',
  add column remarks jsonb not null default '[]',
  add column stage text,
  add column rows_done integer not null default 0,
  add column stage_since timestamptz(3),
  add column updated_at timestamptz(3),
  add column attempts integer not null default 0,
  add column taken_in_at timestamptz(3),
  add column decided_at timestamptz(3),
  add column released_by text,
  add column released_at timestamptz(3),
  add column withdrawn_at timestamptz(3),
  add column withdrawn_because text;
update submission set taken_in_at = received_at, decided_at = received_at;
create index submission_unfinished on submission (jurisdiction, agency, list, id) where status in ('QUEUED', 'WORKING');
create index submission_undecided on submission (jurisdiction, taken_in_at) where taken_in_at is not null and decided_at is null;`;

const SUBMISSION_BLOCK = `
create table submission_block (
  submission uuid not null,
  first_row integer not null,
  row_count integer not null,
  jurisdiction text not null,
  codec text not null,
  sent bytea not null,
  outcomes text,
  subjects bytea,
  findings json,
  accepted smallint not null default 0,
  unchanged smallint not null default 0,
  flagged smallint not null default 0,
  rejected smallint not null default 0,
  primary key (submission, first_row)
);
-- Compressed before it comes: PostgreSQL need not try again.
alter table submission_block alter column sent set storage external, alter column subjects set storage external;
comment on table submission_block is '名单行：按块原样压缩保存的行及其校验结论';`;

const MOVE_ROWS = `
insert into submission_block (submission, first_row, row_count, jurisdiction, codec, sent, outcomes, subjects, findings,
  accepted, unchanged, flagged, rejected)
select submission, min(row_number), count(*), jurisdiction, 'plain',
  convert_to('[' || string_agg(sent::text, ',' order by row_number) || ']', 'UTF8'),
  string_agg(left(outcome, 1), '' order by row_number),
  string_agg(coalesce(decode(replace(subject_key::text, '-', ''), 'hex'), decode(repeat('00', 16), 'hex')), ''::bytea
    order by row_number),
  (coalesce(json_object_agg(row_number, findings) filter (where findings::text <> '[]'), '{}'))::json,
  count(*) filter (where outcome = 'ACCEPTED'), count(*) filter (where outcome = 'UNCHANGED'),
  count(*) filter (where outcome = 'FLAGGED'), count(*) filter (where outcome = 'REJECTED')
from submission_row
group by submission, jurisdiction, (row_number - 1) / 1000`;

const CLAIM_ENDS = `
alter table claim add column ended_by uuid, add column content_hash uuid;
create index claim_of_submission on claim (submission);
create index claim_ended_by on claim (ended_by) where ended_by is not null;
comment on column claim.ended_by is '使其不再有效的报送批次';
comment on column claim.content_hash is '内容摘要（规范文本的 SHA-256 前 16 字节），用于整表比对；早先的记录没有';`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('submission_block', 'submission');
  end if;
end
$$;`;
