import { hash } from 'node:crypto';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { PersonCard } from '../domain/person/person-card.ts';
import type { CardStore } from '../flows/ports-search.ts';
import { plainArray, textArray, uuidArray } from './array-text.ts';
import { isAbout } from './concerned-tasks.ts';
import { enqueue } from './jobs.ts';
import { nameKeyFromKept } from './name-keys.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Queryable } from './walled-database.ts';

/** As many of those who share a name and a birthday are told at most, by smallest id; nobody settles more of them one by one. */
const MOST_NAMESAKES = 100;

/**
 * Keeps the cards by which people are found, with the key of the bare name in its place. Whatever the number of persons, one statement finds out whose cards are others than
 * before, by digests, and whose namesakes may be a matter; mostly nobody's, and that is all.
 */
export function cardStore(
  walled: { of(jurisdiction: string): Queryable },
  sealOf: (jurisdiction: string) => PlaceSeal,
): CardStore {
  return {
    replace: async (jurisdiction, persons, subjects, cards) => {
      if (persons.length === 0) return [];
      const seal = sealOf(jurisdiction);
      const given = new Map(cards.map((card) => [card.person, keptOf(seal, card)]));
      const found = await walled
        .of(jurisdiction)
        .query<Found>(DIFFERING, [
          jurisdiction,
          uuidArray(persons),
          uuidArray(persons.map((person) => given.get(person)?.digest ?? null)),
          uuidArray(subjects),
        ]);
      const others = found.rows.flatMap(({ person }) => (person === null ? [] : [person]));
      const changed = others.flatMap((person) => given.get(person) ?? []);
      if (others.length > 0)
        await walled.of(jurisdiction).query(WRITE, [jurisdiction, plainArray(others), ...columnsOf(changed)]);
      const shared = sharedOf([...changed, ...found.rows]);
      if (shared.length === 0) return [];
      const namesakes = await walled
        .of(jurisdiction)
        .query<Shared & { readonly persons: readonly string[] }>(NAMESAKES, [
          jurisdiction,
          textArray(shared.map(({ bareName }) => bareName)),
          plainArray(shared.map(({ birthDate }) => birthDate)),
        ]);
      return namesakes.rows;
    },
    wantMissing: async (jurisdiction) => {
      const found = await walled.of(jurisdiction).query<{ missing: boolean }>(MISSING, [jurisdiction]);
      if (found.rows[0]!.missing) await enqueue(walled.of(jurisdiction), { kind: 'keep-people', jurisdiction });
    },
  };
}

/** What namesakes have in common. */
interface Shared {
  readonly bareName: string;
  readonly birthDate: PlainDate;
}

/** Somebody whose card is another, with what it said before; or, without a person, what namesakes who may be a matter share. */
interface Found {
  readonly person: string | null;
  readonly bareName: string | null;
  readonly birthDate: PlainDate | null;
}

/** Equal for equal cards: the first half of SHA-256 of all that a card says, as hex. */
const digestOf = ({ bareName, birthDate, regionCode, householdNumber, deceased }: PersonCard): string =>
  hash('sha256', JSON.stringify([bareName, birthDate, regionCode, householdNumber, deceased]), 'hex').slice(0, 32);

/** A card as it is kept. Whoever decides has keys in place of names already. */
function keptOf(seal: PlaceSeal, card: PersonCard): PersonCard & { readonly digest: string } {
  const kept = { ...card, bareName: card.bareName === null ? null : nameKeyFromKept(seal, card.bareName) };
  return { ...kept, digest: digestOf(kept) };
}

const columnsOf = (cards: readonly (PersonCard & { readonly digest: string })[]): readonly string[] => [
  plainArray(cards.map(({ person }) => person)),
  textArray(cards.map(({ bareName }) => bareName)),
  plainArray(cards.map(({ birthDate }) => birthDate)),
  textArray(cards.map(({ regionCode }) => regionCode)),
  textArray(cards.map(({ householdNumber }) => householdNumber)),
  plainArray(cards.map(({ deceased }) => deceased)),
  plainArray(cards.map(({ digest }) => digest)),
];

/** Each name and birthday once, of cards that have both. */
function sharedOf(cards: readonly Omit<Found, 'person'>[]): readonly Shared[] {
  const shared = new Map<string, Shared>();
  for (const { bareName, birthDate } of cards) {
    if (bareName !== null && birthDate !== null) shared.set(`${birthDate}${bareName}`, { bareName, birthDate });
  }
  return [...shared.values()];
}

// Who is left with a name and birthday that a card had is a smaller group than before. A group of which no card changed is another
// matter than before only where something was settled of its people, now or earlier, and has to be told while there is a task about it.
const DIFFERING = `
with kept as materialized (
  select k.person_id, k.bare_name, k.birth_date, k.digest from person_card k
  where k.jurisdiction = $1 and k.person_id = any($2::uuid[])
),
concerned as (
  select unnest(t.subjects) as subject_key from review_task t
  where t.jurisdiction = $1 and t.kind = 'SAME_NAME_OTHER_NUMBER' and t.state <> 'OBSOLETE' and ${isAbout('$4')}
  union
  select unnest(array[e.subject_key, e.other_key]) from subject_settlement e
  where e.jurisdiction = $1 and (e.subject_key = any($4::uuid[]) or e.other_key = any($4::uuid[]))
)
select g.person_id as person, k.bare_name as "bareName", k.birth_date as "birthDate"
from unnest($2::uuid[], $3::uuid[]) as g(person_id, digest)
left join kept k on k.person_id = g.person_id
where k.digest is distinct from g.digest or (k.person_id is null) <> (g.digest is null)
union all
select distinct null::uuid, k.bare_name, k.birth_date
from concerned c
join subject_link l on l.subject_key = c.subject_key and l.jurisdiction = $1 and l.until is null
join person_card k on k.person_id = l.person_id and k.jurisdiction = $1`;

const WRITE = `
with given as (
  select * from unnest($3::uuid[], $4::text[], $5::date[], $6::text[], $7::text[], $8::boolean[], $9::uuid[])
    as g(person_id, bare_name, birth_date, region_code, household_number, deceased, digest)
),
gone as (
  delete from person_card k
  where k.jurisdiction = $1 and k.person_id = any($2::uuid[]) and k.person_id <> all($3::uuid[])
)
insert into person_card (person_id, jurisdiction, bare_name, birth_date, region_code, household_number, deceased, digest)
select g.person_id, $1, g.bare_name, g.birth_date, g.region_code, g.household_number, g.deceased, g.digest from given g
on conflict (person_id, jurisdiction) do update set bare_name = excluded.bare_name,
  birth_date = excluded.birth_date, region_code = excluded.region_code, household_number = excluded.household_number,
  deceased = excluded.deceased, digest = excluded.digest`;

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
