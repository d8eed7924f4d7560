import type { PlainDate } from '../domain/time/plain-date.ts';
import type { DecisionChange } from '../flows/ports-changes.ts';
import type { DecisionGeneration } from '../flows/ports-work.ts';
import type { Ids } from '../flows/ports.ts';
import { idOf, idPrefix } from './take-in/row-ids.ts';

/** What the entries of one statement about one pack have in common, with the digits that their ids begin with. */
export interface ChangeCauseRow {
  readonly id: string;
  readonly prefix: string;
  readonly jurisdiction: string;
  readonly pack: string;
  readonly as_of: PlainDate;
  readonly at: Date;
  readonly because: DecisionChange['because'];
  readonly causes: readonly string[];
}

/** Makes the cause of what a statement is about to change in a generation. */
export const causeOf = (
  ids: Ids,
  { jurisdiction, pack }: DecisionGeneration,
  asOf: PlainDate,
  because: Pick<DecisionChange, 'because' | 'causes' | 'at'>,
): ChangeCauseRow => ({ id: ids.next(), prefix: idPrefix(ids), jurisdiction, pack, as_of: asOf, ...because });

const CAUSE = 'id, jurisdiction, pack, as_of, at, because, causes';
const CHANGE = 'id, jurisdiction, person_id, cause, before, after';

/** A parameter that holds causes as JSON, as a table. */
const causesIn = (parameter: string): string => `json_to_recordset(${parameter}::json) as c(id uuid, prefix text,
  jurisdiction text, pack text, as_of date, at timestamptz, because text, causes uuid[])`;

/**
 * SQL, to go behind a `with`, that tells of the decisions in `differing` (number, person, pack, kinds before and after). A push
 * tells of those that were there; where people settled who is who, whoever was nobody before is told of too, so that it adds up.
 *
 * @param causes a parameter: the causes of the packs as JSON; none where nothing is to be told
 */
export const tellDiffering = (causes: string): string => `
telling as (
  select x.*, c.id as cause, c.prefix
  from ${causesIn(causes)}
  join differing x on x.pack = c.pack
  where x.before is not null or c.because <> 'LISTS'
),
caused as (
  insert into change_cause (${CAUSE})
  select ${CAUSE} from ${causesIn(causes)}
  where exists (select from telling x where x.cause = c.id)
),
told as (
  insert into decision_change (${CHANGE})
  select ${idOf('x.prefix', 'x.number', '0')}, x.jurisdiction, x.person_id, x.cause, x.before, x.after from telling x
)`;

/** Removes what is decided of the persons `$4`; the causes `$5`, of which there may be none, tell so. */
export const REMOVE_AND_TELL = `
with gone as (
  delete from decision where person_id = any($4::uuid[]) and jurisdiction = $1 and pack = $2 and generation = $3 returning *
),
differing as materialized (
  select row_number() over (order by person_id) as number, jurisdiction, person_id, pack, kind as before, null::uuid as after from gone
),
${tellDiffering('$5')}
select`;

/** Tells of every decision that is another in generation `$3` than in the one that counts, by the cause `$4`; of nobody where none does. */
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
),
differing as materialized (
  select row_number() over () as number, $1::text as jurisdiction, coalesce(o.person_id, n.person_id) as person_id, $2::text as pack,
    o.kind as before, n.kind as after
  from old o full join new n on n.person_id = o.person_id
  where o.kind is distinct from n.kind
),
${tellDiffering('$4')}
select`;
