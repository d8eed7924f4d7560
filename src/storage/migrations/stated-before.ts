/**
 * SQL that brings what births lists joined before to the rule of now (ADR 0013): the claims name the certificate as their subject's,
 * and links follow: the better document gives the person's id, and where a list had joined two documents of which a person has one,
 * each is a person again. The persons concerned are decided anew with the next push. Content hashes go, so that the same row told
 * again is compared by what it says.
 */
export const STATED_BEFORE = `
update claim c set attributes = c.attributes || jsonb_build_object('sameAs', s.others), content_hash = null
from (
  select c.subject_key, c.id, jsonb_agg(distinct o.subject_key order by o.subject_key) as others
  from claim c
  join identifier i on i.subject_key = c.subject_key and i.jurisdiction = c.jurisdiction and i.id_type <> 'BIRTH_CERTIFICATE'
  join subject_link l on l.subject_key = c.subject_key and l.jurisdiction = c.jurisdiction and l.until is null
  join subject_link m on m.person_id = l.person_id and m.jurisdiction = l.jurisdiction and m.until is null
  join identifier o on o.subject_key = m.subject_key and o.jurisdiction = m.jurisdiction and o.id_type = 'BIRTH_CERTIFICATE'
  where c.list = 'births' and c.ended_at is null and 'BIRTH_LIST' in (l.because, m.because)
  group by c.subject_key, c.id
) s
where c.subject_key = s.subject_key and c.id = s.id;

create temporary table moved_link on commit drop as
with kind as (
  select l.jurisdiction, l.person_id, i.id_type, count(*) as held
  from subject_link l join identifier i on i.subject_key = l.subject_key and i.jurisdiction = l.jurisdiction
  where l.until is null
  group by l.jurisdiction, l.person_id, i.id_type
),
joined as (
  select jurisdiction, person_id, max(held) > 1 as torn from kind group by jurisdiction, person_id having sum(held) > 1
),
ranked as (
  select l.subject_key, l.jurisdiction, l.person_id, l.submission, j.torn,
    first_value(l.subject_key) over (partition by l.jurisdiction, l.person_id
      order by i.id_type = 'BIRTH_CERTIFICATE', array_position(
        array['RESIDENT_ID', 'RESIDENCE_PERMIT_HMT', 'FOREIGN_PERMANENT_RESIDENT', 'HM_TRAVEL_PERMIT'], i.id_type),
        l.subject_key) as best
  from joined j
  join subject_link l on l.person_id = j.person_id and l.jurisdiction = j.jurisdiction and l.until is null
  join identifier i on i.subject_key = l.subject_key and i.jurisdiction = l.jurisdiction
)
select subject_key, jurisdiction, submission, case when torn then subject_key else best end as person_id,
  case when torn then 'SEPARATED' else 'STATED' end as because
from ranked
where person_id <> case when torn then subject_key else best end;

update subject_link set because = 'STATED' where because = 'BIRTH_LIST';
update subject_link l set until = now()
from moved_link m
where l.subject_key = m.subject_key and l.jurisdiction = m.jurisdiction and l.until is null;
insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
select gen_random_uuid(), subject_key, jurisdiction, person_id, now(), because, submission from moved_link;
update submission set decided_at = null
where id in (select submission from moved_link) and decided_at is not null;`;
