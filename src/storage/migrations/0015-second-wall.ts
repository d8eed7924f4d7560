import { Migration } from '@mikro-orm/migrations';

/**
 * What row level security needs of the tables (ADR 0018); the policies themselves are made after every migration (`storage/wall.ts`).
 *
 * Rows that belonged to a jurisdiction by what they are part of name it themselves. Behind a policy PostgreSQL serves an index only
 * for comparisons that it knows to tell nothing of the values compared, which those inside `jsonb` and arrays are not: what was looked
 * up by such an index has a column or a table of its own.
 */
export class SecondWall extends Migration {
  override up(): void {
    this.addSql(OWN_JURISDICTION);
    this.addSql(HOUSEHOLD_OF_CLAIM);
    this.addSql(SAME_AS);
    this.addSql(SAME_AS_BY_TRIGGER);
    this.addSql(SUBJECTS_OF_TASK);
    this.addSql(SUBJECTS_BY_TRIGGER);
    this.addSql(DISTRIBUTE);
  }
}

const OWN_JURISDICTION = `
alter table comparison_person add column jurisdiction text;
update comparison_person p set jurisdiction = c.jurisdiction from comparison c where c.id = p.comparison;
delete from comparison_person where jurisdiction is null;
alter table comparison_person alter column jurisdiction set not null,
  alter column jurisdiction set default current_setting('hub.jurisdiction');
alter table review_step add column jurisdiction text;
update review_step s set jurisdiction = t.jurisdiction from review_task t where t.id = s.task;
delete from review_step where jurisdiction is null;
alter table review_step alter column jurisdiction set not null,
  alter column jurisdiction set default current_setting('hub.jurisdiction');`;

const HOUSEHOLD_OF_CLAIM = `
drop index claim_of_household;
alter table claim add column household_number text
  generated always as (case when list = 'residents' then attributes ->> 'householdNumber' end) stored;
create index claim_of_household on claim (jurisdiction, household_number) where household_number is not null`;

const SAME_AS = `
drop index claim_same_as;
create table claim_same_as (
  other_key uuid not null,
  subject_key uuid not null,
  claim uuid not null,
  jurisdiction text not null,
  primary key (other_key, subject_key, claim)
);
comment on table claim_same_as is '申报事实所述同一人的其他证件：由申报事实写入时自动登记，据此反查';
insert into claim_same_as (other_key, subject_key, claim, jurisdiction)
select distinct o.key::uuid, c.subject_key, c.id, c.jurisdiction
from claim c cross join jsonb_array_elements_text(c.attributes -> 'sameAs') as o(key)
where c.attributes ? 'sameAs'`;

// Few claims name other documents; the others cost a look at whether they do.
const SAME_AS_BY_TRIGGER = `
create function keep_claim_same_as() returns trigger language plpgsql as $$
begin
  insert into claim_same_as (other_key, subject_key, claim, jurisdiction)
  select distinct o.key::uuid, new.subject_key, new.id, new.jurisdiction
  from jsonb_array_elements_text(new.attributes -> 'sameAs') as o(key);
  return null;
end
$$;
create trigger claim_same_as after insert on claim
  for each row when (new.attributes ? 'sameAs') execute function keep_claim_same_as()`;

const SUBJECTS_OF_TASK = `
drop index review_task_subjects;
create table review_task_subject (
  subject_key uuid not null,
  task uuid not null,
  jurisdiction text not null,
  primary key (subject_key, task)
);
create index review_task_subject_of_task on review_task_subject (task);
comment on table review_task_subject is '核查任务涉及的证件主体：由任务写入时自动登记，据此反查';
insert into review_task_subject (subject_key, task, jurisdiction)
select distinct s.key, t.id, t.jurisdiction from review_task t cross join unnest(t.subjects) as s(key)`;

const SUBJECTS_BY_TRIGGER = `
create function keep_review_task_subject() returns trigger language plpgsql as $$
begin
  delete from review_task_subject s where s.task = new.id and not s.subject_key = any(new.subjects);
  insert into review_task_subject (subject_key, task, jurisdiction)
  select distinct s.key, new.id, new.jurisdiction from unnest(new.subjects) as s(key)
  on conflict do nothing;
  return null;
end
$$;
create trigger review_task_subject after insert or update of subjects on review_task
  for each row execute function keep_review_task_subject()`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_distributed_table('claim_same_as', 'other_key');
    perform create_reference_table('review_task_subject');
  end if;
end
$$;`;
