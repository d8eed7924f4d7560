import type pg from 'pg';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { PersonCard } from '../domain/person/person-card.ts';
import type { CardStore } from '../flows/ports-search.ts';
import { plainArray, textArray } from './array-text.ts';
import { enqueue } from './jobs.ts';

/** As many of those who share a name and a birthday are told at most, by smallest id; nobody settles more of them one by one. */
const MOST_NAMESAKES = 100;

/** Keeps the cards by which people are found: two statements, whatever the number of persons; equal cards are not written. */
export function cardStore(pool: pg.Pool): CardStore {
  return {
    replace: async (jurisdiction, persons, cards) => {
      if (persons.length === 0) return [];
      const given = columnsOf(cards);
      const before = await pool.query<Shared>(REPLACE, [jurisdiction, plainArray(persons), ...given]);
      const shared = sharedOf([...cards, ...before.rows]);
      if (shared.length === 0) return [];
      const found = await pool.query<Shared & { readonly persons: readonly string[] }>(NAMESAKES, [
        jurisdiction,
        textArray(shared.map(({ bareName }) => bareName)),
        plainArray(shared.map(({ birthDate }) => birthDate)),
      ]);
      return found.rows;
    },
    wantMissing: async (jurisdiction) => {
      const found = await pool.query<{ missing: boolean }>(MISSING, [jurisdiction]);
      if (found.rows[0]!.missing) await enqueue(pool, { kind: 'keep-people', jurisdiction });
    },
  };
}

/** What namesakes have in common. */
interface Shared {
  readonly bareName: string;
  readonly birthDate: PlainDate;
}

const columnsOf = (cards: readonly PersonCard[]): readonly string[] => [
  plainArray(cards.map(({ person }) => person)),
  textArray(cards.map(({ name }) => name)),
  textArray(cards.map(({ bareName }) => bareName)),
  plainArray(cards.map(({ birthDate }) => birthDate)),
  textArray(cards.map(({ regionCode }) => regionCode)),
  textArray(cards.map(({ householdNumber }) => householdNumber)),
  plainArray(cards.map(({ deceased }) => deceased)),
];

/** Each name and birthday once, of cards that have both. */
function sharedOf(cards: readonly Pick<PersonCard, 'bareName' | 'birthDate'>[]): readonly Shared[] {
  const shared = new Map<string, Shared>();
  for (const { bareName, birthDate } of cards) {
    if (bareName !== null && birthDate !== null) shared.set(`${birthDate}${bareName}`, { bareName, birthDate });
  }
  return [...shared.values()];
}

// Tells the names and birthdays that cards had and have no longer: who is left there is a smaller group than before.
const REPLACE = `
with given as (
  select * from unnest($3::uuid[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[], $9::boolean[])
    as g(person_id, name, bare_name, birth_date, region_code, household_number, deceased)
),
kept as (
  select k.* from person_card k where k.jurisdiction = $1 and k.person_id = any($2::uuid[])
),
gone as (
  delete from person_card k
  where k.jurisdiction = $1 and k.person_id = any(array(
    select o.person_id from kept o where not exists (select from given g where g.person_id = o.person_id)))
),
written as (
  insert into person_card
    (person_id, jurisdiction, name, bare_name, birth_date, region_code, household_number, deceased)
  select g.person_id, $1, g.name, g.bare_name, g.birth_date, g.region_code, g.household_number, g.deceased
  from given g
  left join kept k on k.person_id = g.person_id
  where k.person_id is null or (k.name, k.bare_name, k.birth_date, k.region_code, k.household_number, k.deceased)
    is distinct from (g.name, g.bare_name, g.birth_date, g.region_code, g.household_number, g.deceased)
  on conflict (person_id, jurisdiction) do update set name = excluded.name, bare_name = excluded.bare_name,
    birth_date = excluded.birth_date, region_code = excluded.region_code, household_number = excluded.household_number,
    deceased = excluded.deceased
)
select distinct k.bare_name as "bareName", k.birth_date as "birthDate"
from kept k
left join given g on g.person_id = k.person_id
where k.bare_name is not null and k.birth_date is not null
  and (k.bare_name, k.birth_date) is distinct from (g.bare_name, g.birth_date)`;

const NAMESAKES = `
select s.name as "bareName", s.born as "birthDate", k.persons
from unnest($2::text[], $3::date[]) as s(name, born)
cross join lateral (
  select array_agg(k.person_id) as persons
  from (
    select k.person_id from person_card k
    where k.jurisdiction = $1 and k.bare_name = s.name and k.birth_date = s.born
    order by k.person_id
    limit ${MOST_NAMESAKES}
  ) k
) k
where cardinality(k.persons) > 1`;

const MISSING = `
select exists (select from subject_link where jurisdiction = $1 and until is null)
  and not exists (select from person_card where jurisdiction = $1) as missing`;
