import type { SubjectSettlement } from '../domain/identity/settled.ts';
import type { MatterFinder } from '../flows/ports-review.ts';
import { uuidArray } from './array-text.ts';
import { isAbout } from './concerned-tasks.ts';
import { findConflicts } from './resolve-identities.ts';
import { openBareNames } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Queryable } from './walled-database.ts';

/** Looks up matters that no person's own claims show: one or two statements, whatever the number of persons. */
export const matterFinder = (client: Queryable, seal: PlaceSeal): MatterFinder => ({
  conflictsAround: async (jurisdiction, seeds, subjects) => {
    const found = await client.query<{ subject: string }>(IN_OPEN_CONFLICTS, [jurisdiction, uuidArray(subjects)]);
    const around = [...new Set([...seeds, ...found.rows.map(({ subject }) => subject)])];
    return findConflicts(client, seal, jurisdiction, around);
  },
  settlementsOf: async (jurisdiction, persons) => {
    const found = await client.query<SettledPair>(SETTLED_OF, [jurisdiction, persons]);
    const personOf = new Map<string, string>();
    for (const { subjectKey, otherKey, person, otherPerson } of found.rows) {
      if (person !== null) personOf.set(subjectKey, person);
      if (otherPerson !== null) personOf.set(otherKey, otherPerson);
    }
    return { settlements: found.rows, personOf };
  },
  bareNamesOf: (jurisdiction, subjects) => openBareNames(client, seal, jurisdiction, subjects),
});

interface SettledPair extends SubjectSettlement {
  readonly person: string | null;
  readonly otherPerson: string | null;
}

const IN_OPEN_CONFLICTS = `
select distinct unnest(t.subjects) as subject
from review_task t
where t.jurisdiction = $1 and t.kind = 'DOCUMENTS_IN_CONFLICT' and t.state in ('OPEN', 'ASKED', 'PROPOSED')
  and ${isAbout('$2')}`;

const SETTLED_OF = `
with subject as materialized (
  select l.subject_key from subject_link l
  where l.person_id = any($2::uuid[]) and l.jurisdiction = $1 and l.until is null
),
settled as (
  select e.* from subject s join subject_settlement e on e.subject_key = s.subject_key
  union
  select e.* from subject s join subject_settlement e on e.other_key = s.subject_key
)
select e.subject_key as "subjectKey", e.other_key as "otherKey", e.same, l.person_id as person, o.person_id as "otherPerson"
from settled e
left join subject_link l on l.subject_key = e.subject_key and l.jurisdiction = $1 and l.until is null
left join subject_link o on o.subject_key = e.other_key and o.jurisdiction = $1 and o.until is null
where e.jurisdiction = $1 and e.until is null`;
