import { Migration } from '@mikro-orm/migrations';

/**
 * Keys that documents are looked up by after the first rotation (ADR 0024), each wrapped under a key that lies outside the database, and
 * which subject a document is, by its hash under one of them. Both are empty until then. They belong to no jurisdiction: a document is
 * the same subject in all of them.
 */
export class IndexKeys extends Migration {
  override up(): void {
    this.addSql(INDEX_KEY);
    this.addSql(SUBJECT_INDEX);
    this.addSql(DISTRIBUTE);
  }
}

const INDEX_KEY = `
create table index_key (
  id integer primary key check (id > 0),
  algorithm text not null,
  wrapped bytea not null,
  wrapped_by text not null,
  pepper_hash uuid not null,
  made_at timestamptz(3) not null,
  counts_from timestamptz(3)
);
comment on table index_key is '证件索引密钥：由库外的封存密钥（wrapped_by）包裹；第 0 代为设置中的密钥（SUBJECT_KEY_PEPPER），不在表中';
comment on column index_key.pepper_hash is '固定文字在第 0 代密钥下的摘要，用以识别设置有误';
comment on column index_key.counts_from is '自此以本代索引为准；为空时正在逐一登记';`;

const SUBJECT_INDEX = `
create table subject_index (
  document_hash uuid primary key,
  index_key integer not null,
  subject_key uuid not null,
  apart boolean not null
);
create index subject_index_of_subject on subject_index (subject_key);
comment on table subject_index is '证件索引：证件在某代密钥下的摘要所指的主体，各统筹区共用；首次轮换之前为空';
comment on column subject_index.apart is '与号码持有人区分开的记录：其文字无法由号码重新算出，轮换后仍沿用原有登记';`;

// Whoever enters everybody anew joins it with documents, wherever these lie.
const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_reference_table('index_key');
    perform create_reference_table('subject_index');
  end if;
end
$$;`;
