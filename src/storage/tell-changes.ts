import { KEPT_COLUMNS } from './decision-rows.ts';
import { idOf } from './take-in/row-ids.ts';

const NAMES = Object.keys(KEPT_COLUMNS);

/** SQL for what is kept of a decision as JSON, by the names of its columns. */
const keptJson = (alias: string, prefix = ''): string =>
  `json_build_object(${NAMES.map((name) => `'${name}', ${alias}.${prefix}${name}`).join(', ')})`;

/** The columns of an entry that tells of a change. */
const COLUMNS = 'id, jurisdiction, person_id, pack, as_of, at, because, causes, before, after';

/**
 * SQL that tells of the decisions in `differing`: those that were there, with what was kept of them in columns that begin with
 * `was_`; and where people settled who is who, also those of whoever was nobody before, so that what is told adds up. The parameters
 * name, in this order, the prefix of ids, when, why, and the causes.
 */
export const tellDiffering = (prefix: string, at: string, because: string, causes: string): string => `
insert into decision_change (${COLUMNS})
select ${idOf(prefix, 'row_number() over (order by x.pack, x.person_id)', '0')}, x.jurisdiction, x.person_id, x.pack, x.as_of,
  ${at}::timestamptz, ${because}::text, ${causes}::uuid[],
  case when x.was_outcome is not null then ${keptJson('x', 'was_')} end, ${keptJson('x')}
from differing x
where ${prefix}::text is not null and (x.was_outcome is not null or ${because}::text = 'SETTLEMENT')`;

/** Removes what is decided of the persons `$4` and tells so. */
export const REMOVE_AND_TELL = `
with gone as (
  delete from decision where person_id = any($4::uuid[]) and jurisdiction = $1 and pack = $2 and generation = $3 returning *
)
insert into decision_change (${COLUMNS})
select ${idOf('$5', 'row_number() over (order by x.person_id)', '0')}, x.jurisdiction, x.person_id, x.pack, $6::date, $7::timestamptz, $8::text,
  $9::uuid[],
  ${keptJson('x')}, null
from gone x
where $5::text is not null`;

const isOther = `(${NAMES.map((name) => `o.${name}`).join(', ')}) is distinct from (${NAMES.map((name) => `n.${name}`).join(', ')})`;

/** Tells of every decision that is another in generation `$3` than in the one that counts; of nobody where none does. */
export const TELL_GENERATION = `
with old as (
  select d.* from decision_set s
  join decision d on d.jurisdiction = s.jurisdiction and d.pack = s.pack and d.generation = s.generation
  where s.jurisdiction = $1 and s.pack = $2 and s.building = $3
),
new as (
  select d.* from decision_set s
  join decision d on d.jurisdiction = s.jurisdiction and d.pack = s.pack and d.generation = s.building
  where s.jurisdiction = $1 and s.pack = $2 and s.building = $3 and s.generation is not null
)
insert into decision_change (${COLUMNS})
select ${idOf('$6', 'row_number() over ()', '0')}, $1, coalesce(o.person_id, n.person_id), $2, $4::date, $5::timestamptz, 'RULES_OR_DAY', '{}',
  case when o.person_id is not null then ${keptJson('o')} end, case when n.person_id is not null then ${keptJson('n')} end
from old o full join new n on n.person_id = o.person_id
where ${isOther}`;
