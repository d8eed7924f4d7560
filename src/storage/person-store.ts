import type pg from 'pg';
import type { Subject } from '../domain/identity/subject.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { PersonStore } from '../flows/ports.ts';
import { CLAIM_AS_JSON, claimFromJson, type ClaimJson } from './claim-rows.ts';

/**
 * Reads persons: one prepared statement a call, however many are asked for. Links and claims are those that stood at the
 * instant, so an earlier `knownAt` gives the earlier answer. A person whose claims have all ended is still a person.
 */
export function personStore(pool: pg.Pool): PersonStore {
  const read = async (statement: Statement, jurisdiction: string, keys: readonly string[], knownAt: Date) => {
    if (keys.length === 0) return [];
    const found = await pool.query<PersonRow>({ ...statement, values: [jurisdiction, keys, knownAt] });
    return found.rows.map(factsOf);
  };
  return {
    findBySubjects: async (jurisdiction, subjectKeys, knownAt) => {
      const persons = await read(BY_SUBJECTS, jurisdiction, subjectKeys, knownAt);
      const asked = new Set(subjectKeys);
      const found = new Map<string, PersonFacts>();
      for (const person of persons) {
        for (const { key } of person.subjects) if (asked.has(key)) found.set(key, person);
      }
      return found;
    },
    findByIds: async (jurisdiction, ids, knownAt) => {
      const persons = await read(BY_IDS, jurisdiction, ids, knownAt);
      return new Map(persons.map((person) => [person.id, person]));
    },
  };
}

/** A statement with the name under which each connection keeps it prepared. */
interface Statement {
  readonly name: string;
  readonly text: string;
}

interface PersonRow {
  readonly id: string;
  readonly subjects: readonly Subject[];
  readonly claims: readonly ClaimJson[] | null;
}

const factsOf = ({ id, subjects, claims }: PersonRow): PersonFacts => ({
  id,
  subjects,
  claims: claims?.map(claimFromJson) ?? [],
});

/** Which links stood at the instant `$3`. */
const LINK_STOOD = 'l.since <= $3 and (l.until is null or l.until > $3)';

const BY_SUBJECTS: Statement = {
  name: 'persons-by-subjects',
  text: personsOf(`
    select distinct l.person_id
    from subject_link l
    where l.subject_key = any($2::uuid[]) and l.jurisdiction = $1 and ${LINK_STOOD}`),
};

const BY_IDS: Statement = {
  name: 'persons-by-ids',
  text: personsOf(`select distinct id as person_id from unnest($2::uuid[]) as asked(id)`),
};

/**
 * Everything about the persons that a query names. The person's first subject comes first: it is the one whose key became
 * the person's id. Each part is read person by person, which keeps to the indexes whatever the tables' statistics say.
 */
function personsOf(named: string): string {
  return `
with named as (${named})
select n.person_id as id, s.subjects, c.claims
from named n
cross join lateral (
  select array_agg(i.subject_key) as keys,
    json_agg(json_build_object('key', i.subject_key, 'idType', i.id_type, 'idNumber', i.id_number)
      order by i.subject_key <> n.person_id, l.since, i.subject_key) as subjects
  from subject_link l
  join identifier i on i.subject_key = l.subject_key and i.jurisdiction = l.jurisdiction
  where l.person_id = n.person_id and l.jurisdiction = $1 and ${LINK_STOOD}
) s
cross join lateral (
  select json_agg(${CLAIM_AS_JSON} order by c.told_at, c.id) as claims
  from claim c
  where c.subject_key = any(s.keys) and c.jurisdiction = $1
    and c.told_at <= $3 and (c.ended_at is null or c.ended_at > $3)
) c
where s.keys is not null`;
}
