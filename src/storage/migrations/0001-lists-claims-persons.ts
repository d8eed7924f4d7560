import { Migration } from '@mikro-orm/migrations';

/**
 * What the hub keeps of lists and persons.
 *
 * Laid out to be distributed by hash (Citus): every key of `claim`, `identifier` and `subject_link` contains the subject
 * key, so that everything about one subject lies together. `submission_row` is spread by submission instead: a rejected
 * row may name no subject at all, and rows are only ever read a submission at a time. `submission`, `agency_key` and
 * `replayed_assertion` are small and exist whole on every node. No foreign key crosses from one spread to another, so
 * there is none; what belongs together is written in one transaction.
 */
export class ListsClaimsPersons extends Migration {
  override up(): void {
    this.addSql(SUBMISSION);
    this.addSql(SUBMISSION_ROW);
    this.addSql(CLAIM);
    this.addSql(IDENTIFIER);
    this.addSql(SUBJECT_LINK);
    this.addSql(AGENCY_KEY);
    this.addSql(REPLAYED_ASSERTION);
    this.addSql(DISTRIBUTE);
  }
}

const SUBMISSION = `
create table submission (
  id uuid primary key,
  jurisdiction text not null,
  agency text not null,
  list text not null,
  mode text not null check (mode in ('DELTA', 'SNAPSHOT')),
  period text,
  document_number text,
  idempotency_key text not null,
  digest text not null,
  received_at timestamptz(3) not null,
  rows_sent integer not null,
  rows_accepted integer not null,
  rows_unchanged integer not null,
  rows_flagged integer not null,
  rows_rejected integer not null,
  claims_added integer not null,
  claims_ended integer not null,
  constraint submission_idempotency unique (jurisdiction, agency, idempotency_key)
);
create index submission_of_agency on submission (jurisdiction, agency, id);
comment on table submission is '名单提交：一个部门一次推送的一份名单，收到后不再改动';`;

// `json`, not `jsonb`: cells are kept exactly as sent, also those that jsonb cannot hold (an escaped NUL).
const SUBMISSION_ROW = `
create table submission_row (
  submission uuid not null,
  row_number integer not null,
  jurisdiction text not null,
  subject_key uuid,
  outcome text not null check (outcome in ('ACCEPTED', 'UNCHANGED', 'FLAGGED', 'REJECTED')),
  findings json not null,
  sent json not null,
  primary key (submission, row_number)
);
comment on table submission_row is '名单行：原样保存的一行及其校验结论';`;

const CLAIM = `
create table claim (
  id uuid not null,
  jurisdiction text not null,
  subject_key uuid not null,
  agency text not null,
  list text not null,
  key text not null,
  attributes jsonb not null,
  valid_from date,
  valid_to date,
  told_at timestamptz(3) not null,
  first_told_at timestamptz(3) not null,
  ended_at timestamptz(3),
  submission uuid not null,
  row_number integer not null,
  primary key (subject_key, id)
);
create unique index claim_standing on claim (jurisdiction, agency, list, subject_key, key) where ended_at is null;
comment on table claim is '申报事实：谁、关于谁、何时有效、何时告知；只增加，不修改，撤销只写 ended_at';`;

const IDENTIFIER = `
create table identifier (
  subject_key uuid not null,
  jurisdiction text not null,
  id_type text not null,
  id_number text not null,
  primary key (subject_key, jurisdiction)
);
comment on table identifier is '证件：主体键对应的证件类型和号码';`;

const SUBJECT_LINK = `
create table subject_link (
  id uuid not null,
  subject_key uuid not null,
  jurisdiction text not null,
  person_id uuid not null,
  since timestamptz(3) not null,
  until timestamptz(3),
  because text not null,
  submission uuid not null,
  primary key (subject_key, id)
);
create unique index subject_link_current on subject_link (subject_key, jurisdiction) where until is null;
create index subject_link_of_person on subject_link (person_id, jurisdiction);
comment on table subject_link is '主体与人的关联：合并只关闭旧关联、建立新关联';`;

const AGENCY_KEY = `
create table agency_key (
  jurisdiction text not null,
  agency text not null,
  thumbprint text not null,
  jwk jsonb not null,
  added_at timestamptz(3) not null,
  primary key (jurisdiction, agency, thumbprint)
);
comment on table agency_key is '部门公钥：部门以对应私钥证明身份并换取令牌';`;

const REPLAYED_ASSERTION = `
create table replayed_assertion (
  id text primary key,
  expires_at timestamptz(3) not null
);
create index replayed_assertion_expiry on replayed_assertion (expires_at);
comment on table replayed_assertion is '已用过的身份断言，防止重放；过期即可删除';`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('claim', 'subject_key');
    perform create_distributed_table('identifier', 'subject_key', colocate_with => 'claim');
    perform create_distributed_table('subject_link', 'subject_key', colocate_with => 'claim');
    perform create_distributed_table('submission_row', 'submission');
    perform create_reference_table('submission');
    perform create_reference_table('agency_key');
    perform create_reference_table('replayed_assertion');
  end if;
end
$$;`;
