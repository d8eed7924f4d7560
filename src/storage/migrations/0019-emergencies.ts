import { Migration } from '@mikro-orm/migrations';

/** Emergencies that two persons of an agency opened, and whom they looked up (ADR 0023). */
export class Emergencies extends Migration {
  override up(): void {
    this.addSql(`
create table emergency (
  id uuid primary key,
  jurisdiction text not null,
  agency text not null,
  because text not null,
  numbers integer not null check (numbers between 1 and 20),
  used integer not null default 0 check (used between 0 and numbers),
  minutes integer not null check (minutes between 1 and 60),
  asked_by text not null,
  asked_at timestamptz(3) not null default now(),
  approved_by text check (approved_by <> asked_by),
  approved_at timestamptz(3),
  until timestamptz(3),
  ended_by text,
  ended_at timestamptz(3),
  opened uuid[] not null default '{}',
  check (num_nulls(approved_by, approved_at, until) in (0, 3)),
  check (until <= approved_at + interval '1 hour'),
  check (num_nulls(ended_by, ended_at) in (0, 2)),
  check (used = 0 or until is not null)
);
comment on table emergency is '应急查询：本部门一人申请（asked_by）、另一人批准（approved_by）后，申请人在 until 之前可按号码查询至多 numbers 个号码；used 为已用个数';
comment on column emergency.opened is '已查到的人员';
create index emergency_of_agency on emergency (jurisdiction, agency, id desc)`);
  }
}
