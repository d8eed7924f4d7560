import { Migration } from '@mikro-orm/migrations';

/**
 * Numbers of documents lie sealed (ADR 0021), each bound to its jurisdiction and subject. Beside it stays what the number says of birth
 * and sex, so that whoever decides opens none. A number that was kept before lies in clear until it is sealed by `npm run sealing -- finish`; one of the
 * two is there, never both.
 */
export class SealedNumbers extends Migration {
  override up(): void {
    this.addSql(IDENTIFIER);
  }
}

const IDENTIFIER = `
alter table identifier
  add column sealed bytea,
  add column birth_date date,
  add column male boolean,
  alter column id_number drop not null,
  add constraint identifier_number check (num_nonnulls(id_number, sealed) = 1);
comment on column identifier.id_number is '证件号码明文：仅封存之前保存的记录才有，由封存命令清除';
comment on column identifier.sealed is '封存的证件号码，与统筹区和主体键绑定';
comment on column identifier.birth_date is '号码所示出生日期；号码未示或尚未封存时为空';
comment on column identifier.male is '号码所示性别：男为真；号码未示或尚未封存时为空'`;
