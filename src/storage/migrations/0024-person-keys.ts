import { Migration } from '@mikro-orm/migrations';

/**
 * Keys of persons' own (ADR 0025), each sealed under a data key: what the audit log says of somebody in words lies under theirs. The hub's
 * role adds to them; only the owner takes one away, and with it what was sealed under it.
 */
export class PersonKeys extends Migration {
  override up(): void {
    this.addSql(`
create table person_key (
  jurisdiction text not null,
  person_id uuid not null,
  sealed bytea not null,
  made_at timestamptz(3) not null default now(),
  primary key (jurisdiction, person_id)
);
comment on table person_key is '个人密钥：封存审计条目中关于该人的事由；由数据密钥封存，删除该人时销毁'`);
  }
}
