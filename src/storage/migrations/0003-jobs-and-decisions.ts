import { Migration } from '@mikro-orm/migrations';

/**
 * What the packs in force decide of everybody, kept ready for counting (ADR 0011). The queue of jobs has a schema of its own,
 * which its library makes (`storage/jobs.ts`).
 *
 * A set is the decisions of one pack over one jurisdiction, all as of the same day. It is built anew in a generation beside the
 * one that is read; the set's record says which generation counts. `decision` is spread by person, like everything about one.
 */
export class JobsAndDecisions extends Migration {
  override up(): void {
    this.addSql(DECISION);
    this.addSql(DECISION_SET);
    this.addSql(DECISION_MISSED);
    this.addSql(JOINING_LINKS);
    this.addSql(DISTRIBUTE);
  }
}

const DECISION = `
create table decision (
  person_id uuid not null,
  jurisdiction text not null,
  pack text not null,
  generation integer not null,
  outcome text not null check (outcome in ('DECIDED', 'REVIEW')),
  category text,
  funded_by text,
  subsidy integer not null,
  payable integer not null,
  paid integer not null,
  refund text check (refund in ('ALLOWED', 'REFUSED', 'REVIEW')),
  refund_amount integer,
  review text[] not null,
  result text not null,
  primary key (person_id, jurisdiction, pack, generation)
);
comment on table decision is '核定结果投影：一个政策包对一个人的结论；随时可由申报事实重建';`;

const DECISION_SET = `
create table decision_set (
  jurisdiction text not null,
  pack text not null,
  generation integer,
  pack_digest text,
  as_of date,
  built_at timestamptz(3),
  wanted_digest text not null,
  wanted_as_of date not null,
  building integer,
  to_prune boolean not null default false,
  last_generation integer not null default 0,
  primary key (jurisdiction, pack)
);
comment on table decision_set is '核定结果集：当前有效的一代及其政策包摘要、截止日；所要的政策包和截止日；重建中的一代';`;

const DECISION_MISSED = `
create table decision_missed (
  jurisdiction text not null,
  pack text not null,
  submission uuid not null,
  primary key (jurisdiction, pack, submission)
);
comment on table decision_missed is '重建期间已核定的提交：其涉及的人须在新一代中再核定一次';`;

// Links that follow from a join are few; those that a row opens for its own subject are found by its claims.
const JOINING_LINKS = `
create index subject_link_joining on subject_link (submission) where because <> 'SUBJECT_OF_ROW'`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('decision', 'person_id');
    perform create_reference_table('decision_set');
    perform create_reference_table('decision_missed');
  end if;
end
$$;`;
