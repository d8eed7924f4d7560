import { Migration } from '@mikro-orm/migrations';

/**
 * The record of everyone who looked (ADR 17): a log for each jurisdiction, to which entries are added and in which nothing is ever
 * changed. Triggers refuse what would change it, whoever asks; what a superuser does past them is found by its hashes.
 */
export class Audit extends Migration {
  override up(): void {
    this.addSql(TABLES);
    this.addSql(APPEND_ONLY);
  }
}

// Without partitions or distribution by a coordinator: Citus takes no triggers, and no two logs need the same machine.
const TABLES = `
create table audit_head (
  log text primary key,
  size bigint not null,
  frontier bytea not null,
  root bytea not null
);
comment on table audit_head is '各统筹区审计日志的长度、边缘哈希和根哈希；唯一会更新的审计表，只增不减';

create table audit_entry (
  log text not null,
  sequence bigint not null,
  at timestamptz(3) not null,
  known_at timestamptz(3) not null,
  person uuid,
  submissions uuid[],
  everybody boolean not null,
  body text collate "C" not null,
  leaf bytea not null,
  primary key (log, sequence)
);
comment on table audit_entry is '审计条目：body 是唯一依据，其余各列取自 body，供检索；leaf 是 RFC 9162 叶哈希；序号从 0 起';
create index audit_entry_person on audit_entry (log, person, sequence) where person is not null;
create index audit_entry_submissions on audit_entry using gin (submissions) where submissions is not null;
create index audit_entry_everybody on audit_entry (log, sequence) where everybody;

create table audit_subtree (
  log text not null,
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  primary key (log, level, index)
);
comment on table audit_subtree is '完整子树的哈希：每 256 条（level 8）、65536 条（level 16）……一个，用于快速出具证明';

create table audit_checkpoint (
  log text not null,
  size bigint not null,
  at timestamptz(3) not null,
  signed text not null,
  primary key (log, size)
);
comment on table audit_checkpoint is '检查点：枢纽签名（JWS）的日志长度和根哈希；回执中也有同样的内容，由各部门自存';`;

const APPEND_ONLY = `
create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end
$$;
create function audit_head_only_grows() returns trigger language plpgsql as $$
begin
  if new.log <> old.log or new.size <= old.size then
    raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger append_only before update or delete or truncate on audit_entry
  for each statement execute function audit_is_append_only();
create trigger append_only before update or delete or truncate on audit_subtree
  for each statement execute function audit_is_append_only();
create trigger append_only before update or delete or truncate on audit_checkpoint
  for each statement execute function audit_is_append_only();
create trigger append_only before delete or truncate on audit_head
  for each statement execute function audit_is_append_only();
create trigger only_grows before update on audit_head
  for each row execute function audit_head_only_grows();`;
