import { bareName } from '../domain/identity/normalise-name.ts';
import type { ToldResidence } from '../domain/person/household.ts';
import type { FoundPerson, SearchStore } from '../flows/ports-search.ts';
import { BLOCK_ROWS } from './row-blocks.ts';
import { openRows, type KeptRows } from './sealed-blocks.ts';
import { CHARACTERS_IN_KEY, keyBeginning, nameKeyOf } from './name-keys.ts';
import { NamesByKey, type KeptName } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import { SearchStatement, type NamesSearched } from './search-statement.ts';
import type { WalledPart, WalledDatabase } from './walled-database.ts';

/** Finds people by their cards, by household and by the rows that are about them. */
export function searchStore(walled: WalledDatabase): SearchStore {
  return {
    search: async (jurisdiction, search, first, after) => {
      const inside = walled.of(jurisdiction);
      const names = search.name === undefined ? undefined : await namesBeginning(inside, jurisdiction, search.name);
      const count = new SearchStatement(jurisdiction, search, names);
      const counted = await walled.of(jurisdiction).query<{ total: number }>(count.count, count.values);
      const { total } = counted.rows[0]!;
      const behind = after === null ? null : await placeOf(walled.of(jurisdiction), jurisdiction, after);
      if (behind === undefined) return { items: [], next: null, total };
      const page = new SearchStatement(jurisdiction, search, names);
      const found = await walled.of(jurisdiction).query<CardRow>(page.page(behind, first + 1), page.values);
      const items = found.rows.slice(0, first).map(foundPerson);
      return { items, next: found.rows.length > first ? items.at(-1)!.cursor : null, total };
    },
    residencesOf: async (jurisdiction, householdNumbers, knownAt, most) => {
      if (householdNumbers.length === 0) return { residences: [], subjects: [] };
      const values = [jurisdiction, householdNumbers, knownAt, most];
      const { seal } = walled.of(jurisdiction);
      const found = await walled.of(jurisdiction).query<ResidenceRow>(RESIDENCES, values);
      const names = new NamesByKey(seal);
      return {
        residences: found.rows.map((row) => residenceOf(names, row)),
        subjects: [...new Set(found.rows.flatMap((row) => [row.subjectKey, ...(row.split_to ?? [])]))],
      };
    },
    personsOfRows: async (jurisdiction, submission, rows) => {
      if (rows.length === 0) return new Map();
      const inside = walled.of(jurisdiction);
      const found = await inside.query<RowPerson>(PERSONS_OF_ROWS, [jurisdiction, submission, rows]);
      return new Map(found.rows.map((row) => [row.row, personOf(inside.seal, submission, row)]));
    },
  };
}

interface CardRow {
  readonly person_id: string;
  readonly bare_name: string | null;
}

const foundPerson = ({ person_id: person }: CardRow): FoundPerson => ({
  person,
  cursor: person,
});

/**
 * How the keys of names begin that begin so; beyond the characters that a key tells apart, the keys of those names, each of which is
 * opened. One more statement then.
 */
async function namesBeginning(inside: WalledPart, jurisdiction: string, beginning: string): Promise<NamesSearched> {
  const keys = keyBeginning(inside.seal, beginning);
  if ([...beginning].length <= CHARACTERS_IN_KEY) return { beginning: keys };
  const found = await inside.query<KeptName & { readonly bare: string }>(NAMES_ALIKE, [jurisdiction, keys]);
  const names = new NamesByKey(inside.seal, found.rows);
  const fitting = found.rows.filter(({ subject, key }) => bareName(names.nameOf(subject, key)).startsWith(beginning));
  return { keys: fitting.map(({ bare }) => bare) };
}

// Whose name is on a card is told of one of the card's subjects, of which any will do. No letter of a key comes behind `~`.
const NAMES_ALIKE = `
select distinct on (c.bare_name) c.bare_name as bare, n.subject_key as subject, n.name_key as key, encode(n.sealed, 'hex') as sealed
from person_card c
join subject_link l on l.person_id = c.person_id and l.jurisdiction = $1 and l.until is null
join lateral (
  select l.subject_key as key
  union
  select p.subject_key from subject_split p where p.to_key = l.subject_key and p.jurisdiction = $1 and p.until is null
) s on true
join subject_name n on n.subject_key = s.key and n.jurisdiction = $1 and split_part(n.name_key, '.', 1) = c.bare_name
where c.jurisdiction = $1 and c.bare_name ~>=~ $2 and c.bare_name ~<~ ($2 || '~')
order by c.bare_name`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Where in the order of the keys of names to go on. A cursor names the person only. `undefined` where
 * there is no such card, or none any more: such a page is empty.
 */
async function placeOf(
  inside: WalledPart,
  jurisdiction: string,
  person: string,
): Promise<{ readonly person: string; readonly name: string | null } | undefined> {
  if (!UUID.test(person)) return undefined;
  const { rows } = await inside.query<CardRow>(
    'select person_id, bare_name from person_card where jurisdiction = $1 and person_id = $2',
    [jurisdiction, person],
  );
  return rows[0] && { person, name: rows[0].bare_name };
}

function residenceOf(names: NamesByKey, row: ResidenceRow): ToldResidence {
  const { split_to: _unread, sealed, ...residence } = row;
  if (sealed !== null) names.add({ subject: row.subjectKey, key: row.name, sealed });
  return { ...residence, name: names.nameOf(row.subjectKey, row.name) };
}

interface ResidenceRow extends ToldResidence {
  /** The name as it lies; `null` where `name` is in clear still, and not a key. */
  readonly sealed: string | null;
  /** Subjects to whom what is told of this one under some name belongs. */
  readonly split_to: readonly string[] | null;
}

const RESIDENCES = `
select k.id as claim, k.subject_key as "subjectKey", k.agency, k.attributes ->> 'name' as name,
  k.attributes ->> 'householdNumber' as "householdNumber", k.attributes ->> 'registration' as registration,
  k.valid_from as "validFrom", k.valid_to as "validTo", k.told_at as "toldAt", k.submission,
  (k.ended_at is null or k.ended_at > $3) as stands, case when k.ended_at <= $3 then k.ended_by end as "endedBy",
  s.split_to, encode(m.sealed, 'hex') as sealed
from (
  select distinct subject_key from claim
  where jurisdiction = $1 and household_number = any($2) and told_at <= $3
) named
join claim k on k.subject_key = named.subject_key and k.jurisdiction = $1 and k.list = 'residents' and k.told_at <= $3
left join subject_name m on m.subject_key = k.subject_key and m.jurisdiction = $1 and m.name_key = k.attributes ->> 'name'
left join lateral (
  select array_agg(to_key) as split_to from subject_split
  where subject_key = k.subject_key and jurisdiction = $1 and since <= $3 and (until is null or until > $3)
) s on true
order by k.subject_key, k.told_at, k.id
limit $4`;

interface RowPerson {
  readonly row: number;
  readonly person: string;
  readonly first_row: number;
  /** Where what is told of the subject under some names belongs to others: by the key of the bare name, whose; and the block, to read the name. */
  readonly split_to: Readonly<Record<string, string>> | null;
  readonly codec: KeptRows['codec'];
  readonly sent: Buffer | null;
}

function personOf(seal: PlaceSeal, submission: string, found: RowPerson): string {
  const { row, person, first_row: firstRow, split_to: splitTo, codec, sent } = found;
  if (splitTo === null || sent === null) return person;
  const name = openRows(seal, submission, firstRow, { codec, sent })[row - firstRow]?.['name'];
  if (typeof name !== 'string') return person;
  const bare = bareName(name);
  // A split of before has the name itself.
  return splitTo[nameKeyOf(seal, bare)] ?? splitTo[bare] ?? person;
}

const LINKED = 'l.jurisdiction = $1 and l.until is null';

// Sixteen bytes a row, cut out once a row and then looked up, whatever the statistics say: compared with every link, the block would
// be read as often as there are links. Subjects that were split are few, so that the rows of a block are hardly ever read.
const PERSONS_OF_ROWS = `
select r.row, l.person_id as person, b.first_row, s.split_to, b.codec, case when s.split_to is not null then b.sent end as sent
from unnest($3::integer[]) as r(row)
join submission_block b on b.submission = $2 and b.jurisdiction = $1
  and b.first_row between r.row - ${BLOCK_ROWS - 1} and r.row and r.row < b.first_row + b.row_count
  and substr(b.outcomes, r.row - b.first_row + 1, 1) <> 'R'
cross join lateral (
  select encode(substr(b.subjects, (r.row - b.first_row) * 16 + 1, 16), 'hex')::uuid as key offset 0
) n
cross join lateral (select * from subject_link l where l.subject_key = n.key and ${LINKED} offset 0) l
left join lateral (
  select json_object_agg(p.name, l.person_id) as split_to
  from subject_split p
  join subject_link l on l.subject_key = p.to_key and ${LINKED}
  where p.subject_key = n.key and p.jurisdiction = $1 and p.until is null
) s on true`;
