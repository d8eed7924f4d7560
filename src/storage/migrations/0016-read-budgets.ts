import { Migration } from '@mikro-orm/migrations';

/** What callers have drawn of their budgets of persons (ADR 20): a row for each, whatever they read. */
export class ReadBudgets extends Migration {
  override up(): void {
    this.addSql(`
create table audit_budget (
  jurisdiction text not null,
  client text not null,
  operator text not null,
  kind text not null check (kind in ('PERSONS', 'MISSES')),
  since timestamptz(3) not null,
  drawn integer not null,
  last integer not null,
  primary key (jurisdiction, client, operator, kind)
);
comment on table audit_budget is '查询额度：各客户端（operator 为空表示整个客户端）自 since 起领取的人数或查无此人的次数；last 是最近一次领取的数目'`);
  }
}
