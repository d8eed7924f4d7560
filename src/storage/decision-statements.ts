/** A set shall be decided by `$3` as of `$4`. */
export const WANT = `
insert into decision_set (jurisdiction, pack, wanted_digest, wanted_as_of) values ($1, $2, $3, $4)
on conflict (jurisdiction, pack) do update
set wanted_digest = excluded.wanted_digest, wanted_as_of = excluded.wanted_as_of`;

/** Begins a generation; whatever is marked decided from now on is missed by it. */
export const BEGIN = `
with none_missed as (delete from decision_missed where jurisdiction = $1 and pack = $2)
update decision_set set building = last_generation + 1, last_generation = last_generation + 1, to_prune = true
where jurisdiction = $1 and pack = $2
returning building as generation`;

/** What the generation that is being built has missed. */
export const MISSED =
  'select submission from decision_missed where jurisdiction = $1 and pack = $2 order by submission';

/** The generation `$3` counts from now on, if it is still the one being built. */
export const ESTABLISH = `
with none_missed as (delete from decision_missed where jurisdiction = $1 and pack = $2)
update decision_set set generation = $3, pack_digest = $4, as_of = $5, built_at = $6, building = null
where jurisdiction = $1 and pack = $2 and building = $3`;

/** May there be generations that do not count? Then in how many ranges they are best removed, some 16 MB each. */
export const PRUNE_DUE = `
select (pg_relation_size('decision') / 16777216 + 1)::integer as ranges
from decision_set where jurisdiction = $1 and pack = $2 and to_prune`;

/** Removes, in the range of ids `$3` to `$4`, the generations that neither count nor are being built. */
export const PRUNE = `
delete from decision d using decision_set s
where s.jurisdiction = $1 and s.pack = $2 and d.jurisdiction = $1 and d.pack = $2
  and d.person_id >= $3 and d.person_id <= $4
  and d.generation is distinct from s.generation and d.generation is distinct from s.building`;

/** Nothing is left to remove. */
export const PRUNED = `
update decision_set set to_prune = false where jurisdiction = $1 and pack = $2 and building is null`;

/** Submissions whose claims began or ceased to stand, and whose persons were not decided since. */
export const UNDECIDED = `
select id, withdrawn_at is not null as withdrawn, rows_sent
from submission
where jurisdiction = $1 and taken_in_at is not null and decided_at is null
order by id
limit $2`;

/** Tasks that were settled or undone, and whose persons were not decided since. */
export const UNDECIDED_TASKS = `
select task, max(since) as since
from to_decide where jurisdiction = $1 and decided_at is null
group by task
order by task`;

/** Marks the persons of a task who were not touched by it again, and tells the generations being built. */
export const MARK_TASK_DECIDED = `
with marked as (
  update to_decide set decided_at = $4
  where jurisdiction = $1 and task = $2 and decided_at is null and since <= $3
)
insert into decision_missed (jurisdiction, pack, submission)
select d.jurisdiction, d.pack, $2
from decision_set d
where d.jurisdiction = $1 and d.building is not null
on conflict do nothing`;

/** Only work on files and long lists has stages to tell of. */
export const TELL_PROGRESS = `
update submission
set stage = 'DECIDING', rows_done = least($3, rows_sent), updated_at = $4,
  stage_since = case when stage = 'DECIDING' then stage_since else $4 end
where jurisdiction = $1 and id = $2 and stage is not null`;

/** Marks those that still stand as they did when deciding began, and tells the generations being built. */
export const MARK_DECIDED = `
with marked as (
  update submission s
  set decided_at = $4, rows_done = case when stage is null then rows_done else rows_sent end,
    updated_at = case when stage is null then updated_at else $4 end
  from unnest($2::uuid[], $3::boolean[]) as u(id, withdrawn)
  where s.jurisdiction = $1 and s.id = u.id and (s.withdrawn_at is not null) = u.withdrawn
  returning s.id
)
insert into decision_missed (jurisdiction, pack, submission)
select d.jurisdiction, d.pack, m.id
from decision_set d, marked m
where d.jurisdiction = $1 and d.building is not null
on conflict do nothing`;

/**
 * Persons of the subjects of whom the submissions told something, ended something or said that they are one; also those whom such
 * a subject once was, and whom a task concerns. The parameters are literals: what makes a table takes no others.
 */
export const touchedIn = (jurisdiction: string, causes: string): string => `
with touched as (
  select subject_key from claim where submission = any(${causes})
  union
  select subject_key from claim where ended_by = any(${causes})
  union
  select subject_key from subject_link where submission = any(${causes}) and because <> 'SUBJECT_OF_ROW'
)
select l.person_id as id
from touched t
join subject_link l on l.subject_key = t.subject_key
where l.jurisdiction = ${jurisdiction}
union
select person_id from to_decide where task = any(${causes}) and jurisdiction = ${jurisdiction}
order by 1`;

/** How many rows the submissions sent and how many claims they ended: no fewer than the persons they touch, or nearly so. */
export const EXTENT = `
select sum(rows_sent + coalesce(claims_ended, 0)) as extent from submission where id = any($1::uuid[])`;
