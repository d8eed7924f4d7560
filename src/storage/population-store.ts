import type { Category, FundSource } from '../domain/intake/words.ts';
import type { PopulationStore } from '../flows/ports-work.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Counts what packs decide of everybody. */
export function populationStore(walled: WalledDatabase): PopulationStore {
  return {
    summarise: async (jurisdiction, pack) => {
      const found = await walled.of(jurisdiction).query<GroupRecord>(SUMMARISE, [jurisdiction, pack]);
      const [first] = found.rows;
      if (!first) return undefined;
      return {
        pack,
        asOf: first.as_of,
        builtAt: first.built_at,
        pending: Number(first.pending),
        groups: found.rows
          .filter(({ persons }) => persons !== null)
          .map((record) => ({
            category: record.category,
            fundedBy: record.funded_by,
            persons: Number(record.persons),
            inReview: Number(record.in_review),
            subsidy: Number(record.subsidy),
            payable: Number(record.payable),
            paid: Number(record.paid),
          })),
      };
    },
  };
}

/** A group beside what is true of the whole set; counts and sums come as text, and are far below 2^53. */
interface GroupRecord {
  readonly as_of: string;
  readonly built_at: Date;
  readonly pending: string;
  readonly category: Category | null;
  readonly funded_by: FundSource | null;
  readonly persons: string | null;
  readonly in_review: string;
  readonly subsidy: string;
  readonly payable: string;
  readonly paid: string;
}

const SUMMARISE = `
select s.as_of, s.built_at, u.pending, g.*
from decision_set s
cross join lateral (
  select (select count(*) from submission where jurisdiction = $1 and taken_in_at is not null and decided_at is null)
    + (select count(distinct task) from to_decide where jurisdiction = $1 and decided_at is null) as pending
) u
left join lateral (
  select k.category, k.funded_by, sum(d.persons) as persons, sum(d.persons) filter (where k.outcome = 'REVIEW') as in_review,
    sum(d.persons * k.subsidy) as subsidy, sum(d.persons * k.payable) as payable, sum(d.persons * k.paid) as paid
  from (
    select d.kind, count(*) as persons from decision d
    where d.jurisdiction = $1 and d.pack = $2 and d.generation = s.generation
    group by d.kind
  ) d
  join decision_kind k on k.id = d.kind
  group by k.category, k.funded_by
) g on true
where s.jurisdiction = $1 and s.pack = $2 and s.generation is not null
order by g.category nulls last, g.funded_by nulls last`;
