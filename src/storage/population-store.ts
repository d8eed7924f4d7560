import type { Category, FundSource } from '../domain/intake/words.ts';
import type { PopulationStore } from '../flows/ports-work.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Counts what packs decide of everybody. */
export function populationStore(walled: WalledDatabase): PopulationStore {
  return {
    summarise: async (jurisdiction, pack) => {
      const found = await walled.of(jurisdiction).query<CellRecord>(SUMMARISE, [jurisdiction, pack]);
      const [first] = found.rows;
      if (!first) return undefined;
      return {
        pack,
        asOf: first.as_of,
        builtAt: first.built_at,
        pending: Number(first.pending),
        cells: found.rows
          .filter(({ persons }) => persons !== null)
          .map((record) => ({
            category: record.category,
            fundedBy: record.funded_by,
            persons: Number(record.persons),
            inReview: record.in_review,
            subsidy: Number(record.subsidy),
            payable: Number(record.payable),
            paid: Number(record.paid),
          })),
      };
    },
  };
}

/** A cell beside what is true of the whole set; counts and amounts may come as text, and are far below 2^53. */
interface CellRecord {
  readonly as_of: string;
  readonly built_at: Date;
  readonly pending: string;
  readonly category: Category | null;
  readonly funded_by: FundSource | null;
  readonly persons: string | null;
  readonly in_review: boolean;
  readonly subsidy: number | string;
  readonly payable: number | string;
  readonly paid: number | string;
}

const SUMMARISE = `
select s.as_of, s.built_at, u.pending, g.*
from decision_set s
cross join lateral (
  select (select count(*) from submission where jurisdiction = $1 and taken_in_at is not null and decided_at is null)
    + (select count(distinct task) from to_decide where jurisdiction = $1 and decided_at is null) as pending
) u
left join lateral (
  select k.category, k.funded_by, k.outcome = 'REVIEW' as in_review, k.subsidy, k.payable, k.paid, sum(d.persons) as persons
  from (
    select d.kind, count(*) as persons from decision d
    where d.jurisdiction = $1 and d.pack = $2 and d.generation = s.generation
    group by d.kind
  ) d
  join decision_kind k on k.id = d.kind
  group by 1, 2, 3, 4, 5, 6
) g on true
where s.jurisdiction = $1 and s.pack = $2 and s.generation is not null`;
