import { Migration } from '@mikro-orm/migrations';

/**
 * Few decisions differ (ADR 0011): what is kept of one is kept once, as a kind, and whoever has it names the kind. So does the entry
 * that tells of a change, and what many entries have in common (pack, day, when, why) is kept once as their cause. A card has a digest
 * of what it says; cards of before have none, and get theirs when they are next written.
 *
 * Kinds are the same on every node. The rows that there are become as they would have been made.
 */
export class KindsOfDecision extends Migration {
  override up(): void {
    this.addSql(DECISION_KIND);
    this.addSql(DECISION);
    this.addSql(CHANGE_CAUSE);
    this.addSql(DECISION_CHANGE);
    this.addSql(DISTRIBUTE);
    this.addSql(CARRY_DECISIONS);
    this.addSql(CARRY_CHANGES);
    this.addSql('alter table person_card add column digest uuid');
  }
}

const DECISION_KIND = `
create table decision_kind (
  id uuid primary key,
  outcome text not null check (outcome in ('DECIDED', 'REVIEW')),
  category text,
  funded_by text,
  subsidy integer not null,
  payable integer not null,
  paid integer not null,
  refund text check (refund in ('ALLOWED', 'REFUSED', 'REVIEW')),
  refund_amount integer,
  review text[] not null,
  periods text not null
);
comment on table decision_kind is '核定结论：许多人相同的一种结论只存一份；id 为内容摘要，periods 为待遇享受期（ISO 8601 区间，以空格分隔）；只增加';`;

// Room on the pages, so that a decision that changes is written beside itself and no index with it.
const DECISION = `
alter table decision rename to decision_before;
alter table decision_before drop constraint decision_pkey;
drop index decision_of_category;
create table decision (
  person_id uuid not null,
  jurisdiction text not null,
  pack text not null,
  generation integer not null,
  kind uuid not null,
  category text,
  primary key (person_id, jurisdiction, pack, generation)
) with (fillfactor = 70);
create index decision_of_category on decision (jurisdiction, pack, generation, category) where category is not null;
comment on table decision is '核定结果投影：一个政策包对一个人的结论（decision_kind）；category 供检索；随时可由申报事实重建';`;

const CHANGE_CAUSE = `
create table change_cause (
  id uuid primary key,
  jurisdiction text not null,
  pack text not null,
  as_of date not null,
  at timestamptz(3) not null,
  because text not null check (because in ('LISTS', 'SETTLEMENT', 'RULES_OR_DAY')),
  causes uuid[] not null
);
comment on table change_cause is '核定结果变动的起因：同一次核定所致的变动共有一条，只增加';`;

const DECISION_CHANGE = `
alter table decision_change rename to decision_change_before;
alter table decision_change_before drop constraint decision_change_pkey;
create table decision_change (
  id uuid not null,
  jurisdiction text not null,
  person_id uuid not null,
  cause uuid not null,
  before uuid,
  after uuid,
  primary key (jurisdiction, id, person_id)
);
comment on table decision_change is '核定结果变动：每次变动的起因（change_cause）和前后结论（decision_kind），只增加';`;

const DISTRIBUTE = `
do $$
begin
  if exists (select from pg_extension where extname = 'citus') then
    perform create_reference_table('decision_kind');
    perform create_reference_table('change_cause');
    perform create_distributed_table('decision', 'person_id');
    perform create_distributed_table('decision_change', 'person_id');
  end if;
end
$$;`;

/** The id of a kind: the first half of SHA-256 of what is kept, its parts in order; `storage/decision-kinds.ts` makes the same. */
const idOf = (part: (name: string) => string, review: string): string => {
  const said = ['outcome', 'category', 'funded_by', 'subsidy', 'payable', 'paid', 'refund', 'refund_amount']
    .map((name) => `coalesce(${part(name)}::text, '')`)
    .concat(review, part('periods'))
    .join(` || '|' || `);
  return `encode(substring(sha256(convert_to(${said}, 'UTF8')) from 1 for 16), 'hex')::uuid`;
};

const KEPT = 'outcome, category, funded_by, subsidy, payable, paid, refund, refund_amount, review, periods';
const ID_OF_ROW = idOf((name) => `d.${name}`, `array_to_string(d.review, ',')`);

const CARRY_DECISIONS = `
insert into decision_kind (id, ${KEPT})
select distinct ${ID_OF_ROW}, ${KEPT} from decision_before d;
insert into decision (person_id, jurisdiction, pack, generation, kind, category)
select d.person_id, d.jurisdiction, d.pack, d.generation, ${ID_OF_ROW}, d.category from decision_before d;
drop table decision_before;`;

const keptJson = (column: string): string =>
  idOf(
    (name) => `(${column} ->> '${name}')`,
    `array_to_string(array(select json_array_elements_text(${column} -> 'review')), ',')`,
  );

const kindsTold = (column: string): string => `
insert into decision_kind (id, ${KEPT})
select distinct on (k.id) k.id, ${KEPT.split(', ')
  .map((name) => `r.${name}`)
  .join(', ')}
from (select ${keptJson('d.' + column)} as id, d.${column} as kept from decision_change_before d where d.${column} is not null) k
cross join lateral json_populate_record(null::decision_kind, k.kept) r
on conflict (id) do nothing;`;

const CAUSE = `md5(concat_ws('|', d.jurisdiction, d.pack, d.as_of, d.at, d.because, d.causes))::uuid`;

const CARRY_CHANGES = `
${kindsTold('before')}
${kindsTold('after')}
insert into change_cause (id, jurisdiction, pack, as_of, at, because, causes)
select distinct ${CAUSE}, d.jurisdiction, d.pack, d.as_of, d.at, d.because, d.causes from decision_change_before d;
insert into decision_change (id, jurisdiction, person_id, cause, before, after)
select d.id, d.jurisdiction, d.person_id, ${CAUSE},
  case when d.before is not null then ${keptJson('d.before')} end, case when d.after is not null then ${keptJson('d.after')} end
from decision_change_before d;
drop table decision_change_before;`;
