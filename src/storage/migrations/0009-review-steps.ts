import { Migration } from '@mikro-orm/migrations';

/** What was done about tasks, by whom and why: a task itself tells only how it stands. */
export class ReviewSteps extends Migration {
  override up(): void {
    this.addSql(REVIEW_STEP);
    this.addSql(ONE_TASK_A_MATTER);
    this.addSql(CORRECTIONS_OF_TASK);
    this.addSql(DISTRIBUTE);
  }
}

const REVIEW_STEP = `
create table review_step (
  task uuid not null,
  version integer not null,
  did text not null,
  at timestamptz(3) not null,
  done_by text,
  because text,
  settlement json,
  difference json not null,
  primary key (task, version)
);
comment on table review_step is '核查任务经过：何时、何人、因何做了什么；只增加';`;

// A matter that comes up again is the same task again, with all that was done about it before.
const ONE_TASK_A_MATTER = `
drop index review_task_unsettled;
create unique index review_task_of_matter on review_task (jurisdiction, matter);`;

const CORRECTIONS_OF_TASK = `
create index correction_request_of_task on correction_request (task) where task is not null;`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_reference_table('review_step');
  end if;
end
$$;`;
