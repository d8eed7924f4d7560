import { Migration } from '@mikro-orm/migrations';
import { STATED_BEFORE } from './stated-before.ts';

/**
 * One person, whole and honest (ADR 0013): what people settled about who is who, claims told under another's number, tasks for
 * review and requests to correct, the changes of decisions, and the cards by which people are searched.
 *
 * That two documents are one person's is said by claims (`attributes.sameAs`) and by settlements; `subject_link` is what follows
 * from both, with its history. What belongs to one subject or person is spread with it; tasks, requests and settlements are few.
 */
export class IdentityAndReviews extends Migration {
  override up(): void {
    this.addSql(STATED_BEFORE);
    this.addSql(SAME_AS);
    this.addSql(SETTLEMENT);
    this.addSql(SPLIT);
    this.addSql(SETTLED_VALUE);
    this.addSql(REVIEW_TASK);
    this.addSql(CORRECTION_REQUEST);
    this.addSql(TO_DECIDE);
    this.addSql(DECISION_CHANGE);
    this.addSql(PERSON_CARD);
    this.addSql(DISTRIBUTE);
  }
}

// Few claims name a second document. Found by either: the first by the primary key, the others here, at once and not after a list of
// what is still to be sorted in has been read.
const SAME_AS = `
create index claim_same_as on claim using gin ((attributes -> 'sameAs')) with (fastupdate = off) where ended_at is null and attributes ? 'sameAs'`;

const SETTLEMENT = `
create table subject_settlement (
  id uuid not null,
  jurisdiction text not null,
  subject_key uuid not null,
  other_key uuid not null,
  same boolean not null,
  task uuid not null,
  since timestamptz(3) not null,
  until timestamptz(3),
  ended_by uuid,
  primary key (subject_key, id),
  check (subject_key < other_key)
);
create unique index subject_settlement_current on subject_settlement (subject_key, other_key, jurisdiction) where until is null;
create index subject_settlement_of_other on subject_settlement (other_key);
comment on table subject_settlement is '人工认定：两个证件主体是否同一人；机器不得改变';`;

const SPLIT = `
create table subject_split (
  id uuid not null,
  jurisdiction text not null,
  subject_key uuid not null,
  name text not null,
  to_key uuid not null,
  task uuid not null,
  since timestamptz(3) not null,
  until timestamptz(3),
  ended_by uuid,
  primary key (subject_key, id)
);
create unique index subject_split_current on subject_split (subject_key, jurisdiction, name) where until is null;
create index subject_split_to on subject_split (to_key);
comment on table subject_split is '一号多人：某证件号码下以某姓名申报的事实属于另一主体；申报事实不改动';`;

const SETTLED_VALUE = `
create table settled_value (
  id uuid not null,
  jurisdiction text not null,
  subject_key uuid not null,
  attribute text not null check (attribute in ('name', 'birthDate')),
  value text not null,
  task uuid not null,
  since timestamptz(3) not null,
  until timestamptz(3),
  ended_by uuid,
  primary key (subject_key, id)
);
create unique index settled_value_current on settled_value (subject_key, jurisdiction, attribute) where until is null;
comment on table settled_value is '人工认定：某证件主体某项以此值为准，先于取值规则';`;

const REVIEW_TASK = `
create table review_task (
  id uuid primary key,
  jurisdiction text not null,
  kind text not null,
  matter uuid not null,
  state text not null check (state in ('OPEN', 'ASKED', 'PROPOSED', 'SETTLED', 'OBSOLETE')),
  version integer not null default 1,
  subjects uuid[] not null,
  opened_at timestamptz(3) not null,
  due_on date not null,
  proposal json,
  proposed_by text,
  proposed_at timestamptz(3),
  settlement json,
  settled_by text,
  confirmed_by text,
  settled_at timestamptz(3),
  difference json
);
create unique index review_task_unsettled on review_task (jurisdiction, matter) where state in ('OPEN', 'ASKED', 'PROPOSED');
create index review_task_of_jurisdiction on review_task (jurisdiction, state, id);
create index review_task_subjects on review_task using gin (subjects);
comment on table review_task is '身份核查任务：机器不能断定的身份问题，由人认定';`;

const CORRECTION_REQUEST = `
create table correction_request (
  id uuid primary key,
  jurisdiction text not null,
  task uuid,
  asked_by_agency text not null,
  asked_by text,
  asked_at timestamptz(3) not null,
  due_on date not null,
  agency text not null,
  list text not null,
  submission uuid not null,
  row_number integer not null,
  subject_key uuid not null,
  about text not null,
  reason text not null,
  state text not null check (state in ('OPEN', 'ACCEPTED', 'CORRECTED', 'REFUSED')),
  version integer not null default 1,
  answer text,
  answered_by text,
  answered_at timestamptz(3)
);
create index correction_request_of_agency on correction_request (jurisdiction, agency, state, id);
create index correction_request_of_asker on correction_request (jurisdiction, asked_by_agency, id);
comment on table correction_request is '数据校核申请：请名单所属部门核实更正（政务数据共享条例第二十六条）';`;

const TO_DECIDE = `
create table to_decide (
  jurisdiction text not null,
  person_id uuid not null,
  task uuid not null,
  since timestamptz(3) not null,
  decided_at timestamptz(3),
  primary key (person_id, jurisdiction, task)
);
create index to_decide_of_task on to_decide (task);
create index to_decide_undecided on to_decide (jurisdiction) where decided_at is null;
comment on table to_decide is '待重新核定的人：由身份认定引起，与报送批次无关';`;

const DECISION_CHANGE = `
create table decision_change (
  id uuid not null,
  jurisdiction text not null,
  person_id uuid not null,
  pack text not null,
  as_of date not null,
  at timestamptz(3) not null,
  because text not null check (because in ('LISTS', 'SETTLEMENT', 'RULES_OR_DAY')),
  causes uuid[] not null,
  before json,
  after json,
  primary key (person_id, id)
);
create index decision_change_in_order on decision_change (jurisdiction, id);
comment on table decision_change is '核定结果变动：每次变动的前后结论和起因，只增加';`;

// The index by name comes last: PostgreSQL takes the youngest of indexes that look equally good, as they do while it knows nothing of
// a table that is just being filled; looked up by birthday alone, everybody born on a day is read for each of them.
const PERSON_CARD = `
create table person_card (
  person_id uuid not null,
  jurisdiction text not null,
  name text,
  bare_name text,
  birth_date date,
  region_code text,
  household_number text,
  deceased boolean not null,
  primary key (person_id, jurisdiction)
);
create index person_card_by_birth on person_card (jurisdiction, birth_date);
create index person_card_by_household on person_card (jurisdiction, household_number);
create index person_card_by_region on person_card (jurisdiction, region_code text_pattern_ops);
create index person_card_by_name on person_card (jurisdiction, bare_name text_pattern_ops, birth_date);
comment on table person_card is '人员检索卡：由申报事实得出的检索项，随时可重建';`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('subject_settlement', 'subject_key', colocate_with => 'claim');
    perform create_distributed_table('subject_split', 'subject_key', colocate_with => 'claim');
    perform create_distributed_table('settled_value', 'subject_key', colocate_with => 'claim');
    perform create_distributed_table('to_decide', 'person_id');
    perform create_distributed_table('decision_change', 'person_id');
    perform create_distributed_table('person_card', 'person_id');
    perform create_reference_table('review_task');
    perform create_reference_table('correction_request');
  end if;
end
$$;`;
