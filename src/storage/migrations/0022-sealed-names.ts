import { Migration } from '@mikro-orm/migrations';

/**
 * Names lie sealed (ADR 0021), once for each subject that is told under one; wherever they are only compared, a key stands in their place.
 * Cards of before had names in clear: they go, and the hub makes them anew at its start. Names in claims, splits and settled values stay
 * in clear until they are sealed by `npm run sealing -- finish`.
 */
export class SealedNames extends Migration {
  override up(): void {
    this.addSql(SUBJECT_NAME);
    this.addSql(PERSON_CARD);
    this.addSql(COMMENTS);
    this.addSql(DISTRIBUTE);
  }
}

const SUBJECT_NAME = `
create table subject_name (
  subject_key uuid not null,
  jurisdiction text not null,
  name_key text not null check (starts_with(name_key, '~')),
  sealed bytea not null,
  primary key (subject_key, jurisdiction, name_key)
);
comment on table subject_name is '姓名：某证件主体曾被申报的姓名，封存；name_key 为带密钥的摘要，申报事实等处以它代替姓名';`;

const PERSON_CARD = `
truncate person_card;
alter table person_card
  drop column name,
  add constraint person_card_name_key check (starts_with(bare_name, '~'));`;

const COMMENTS = `
comment on column person_card.bare_name is '姓名的带密钥摘要，仅供比对和按起首字检索';
comment on column subject_split.name is '姓名的带密钥摘要；封存之前保存的为明文，由封存命令改写';
comment on column settled_value.value is '出生日期，或姓名的带密钥摘要；封存之前保存的姓名为明文，由封存命令改写';`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('subject_name', 'subject_key', colocate_with => 'claim');
  end if;
end
$$;`;
