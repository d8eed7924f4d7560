import { Migration } from '@mikro-orm/migrations';

/** Packs held against each other over everybody (docs/policy-comparison.md): what was asked, what it came to, and for whom it differs. */
export class Comparisons extends Migration {
  override up(): void {
    this.addSql(COMPARISON);
    this.addSql(COMPARISON_PERSON);
    this.addSql(DISTRIBUTE);
  }
}

const COMPARISON = `
create table comparison (
  id uuid primary key,
  jurisdiction text not null,
  agency text not null,
  pack text not null,
  policy_year integer not null,
  changed_pack text not null,
  changed_digest text not null,
  as_of date not null,
  known_at timestamptz(3) not null,
  asked_at timestamptz(3) not null,
  status text not null check (status in ('QUEUED', 'WORKING', 'DONE', 'FAILED')),
  persons_to_do integer,
  persons_done integer not null default 0,
  totals json,
  done_at timestamptz(3)
);
comment on table comparison is '政策包比对：以改动的政策包对照现行政策包，按某一时点所知的全体人员核定';`;

const COMPARISON_PERSON = `
create table comparison_person (
  comparison uuid not null,
  person_id uuid not null,
  difference json not null,
  primary key (comparison, person_id)
);
comment on table comparison_person is '政策包比对中结论不同的人及其前后结论';`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_reference_table('comparison');
    perform create_distributed_table('comparison_person', 'comparison');
  end if;
end
$$;`;
