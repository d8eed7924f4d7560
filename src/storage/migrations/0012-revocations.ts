import { Migration } from '@mikro-orm/migrations';

/**
 * What no longer holds although tokens that say otherwise are still alive: keys of agencies that were revoked, and agencies that are
 * suspended. A key belongs to one agency, or a token would not tell which of two acts.
 */
export class Revocations extends Migration {
  override up(): void {
    this.addSql(REVOCATION);
    this.addSql(KEY_OF_ONE_AGENCY);
    this.addSql(DISTRIBUTE);
  }
}

const REVOCATION = `
create table revocation (
  client text not null,
  thumbprint text not null,
  since timestamptz(3) not null,
  until timestamptz(3),
  primary key (client, thumbprint, since)
);
create unique index revocation_standing on revocation (client, thumbprint) where until is null;
comment on table revocation is '吊销的部门公钥和停用的部门：thumbprint 为空即整个部门停用，until 为空即仍有效';`;

const KEY_OF_ONE_AGENCY = `create unique index agency_key_thumbprint on agency_key (thumbprint)`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_reference_table('revocation');
  end if;
end
$$;`;
