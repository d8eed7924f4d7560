import { Migration } from '@mikro-orm/migrations';

/** Links that open a file once (ADR 19), kept by the hash of what opens them. */
export class FileLinks extends Migration {
  override up(): void {
    this.addSql(`
create table file_link (
  jurisdiction text not null,
  hash bytea not null,
  wish jsonb not null,
  asker jsonb not null,
  asked_at timestamptz(3) not null,
  until timestamptz(3) not null,
  used_at timestamptz(3),
  primary key (jurisdiction, hash)
);
comment on table file_link is '文件的一次性链接：hash 是链接密文的 SHA-256；asker 为索取链接者（不含令牌），15 分钟内用一次即作废'`);
  }
}
