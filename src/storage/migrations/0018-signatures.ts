import { Migration } from '@mikro-orm/migrations';

/** The signature under which an agency pushed (ADR 0022): the detached JWS as sent, with the public key by which it was checked. */
export class Signatures extends Migration {
  override up(): void {
    this.addSql(`
alter table submission add column signature json;
comment on column submission.signature is '部门签名：原样的分离式 JWS（jws）、公钥指纹（thumbprint）、当时的公钥（key）、签名所述时间（signedAt）；未签名为空'`);
  }
}
