import { Migration } from '@mikro-orm/migrations';

/**
 * Data keys (ADR 21), each wrapped under a key that lies outside the database, and how often each was used. Keys are never changed but
 * by their owner, who wraps them anew; they belong to no jurisdiction, and open nothing by themselves.
 */
export class SealingKeys extends Migration {
  override up(): void {
    this.addSql(`
create table sealing_key (
  id integer primary key check (id > 0),
  algorithm text not null,
  wrapped bytea not null,
  wrapped_by text not null,
  made_at timestamptz(3) not null,
  seals_from timestamptz(3) not null
);
comment on table sealing_key is '数据密钥：由库外的封存密钥（wrapped_by）包裹；编号最大且已到 seals_from 的用于封存，其余只用于解封';
create table sealing_use (
  key integer primary key,
  sealed bigint not null
);
comment on table sealing_use is '各数据密钥已封存的值数：近满时自动启用新的数据密钥';
comment on column submission_block.codec is '行的写法：plain、zstd 为早先的明文；sealed-zstd 为压缩后封存';`);
    this.addSql(DISTRIBUTE);
  }
}

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_reference_table('sealing_key');
    perform create_reference_table('sealing_use');
  end if;
end
$$;`;
