import type { NumberedFacts } from '../domain/person/person-facts.ts';
import type { PersonStore } from '../flows/ports.ts';
import { ownClaims } from '../domain/identity/own-claims.ts';
import type { SubjectSplit } from '../domain/identity/settled.ts';
import { plainArray } from './array-text.ts';
import { CLAIMS_AS_TEXT, claimFromJson, inToldOrder, type ClaimJson } from './claim-rows.ts';
import { gathered } from './gathered-reads.ts';
import { MILLISECONDS } from './milliseconds.ts';
import { namedSplitOf, namedValueOf, SPLITS_AROUND, VALUES_OF, type SettledValueJson } from './settled-rows.ts';
import { DOCUMENT, subjectFromJson, type DocumentJson } from './sealed-numbers.ts';
import { NAME_AS_JSON, NamesByKey, type KeptName } from './sealed-names.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { Queryable } from './walled-database.ts';

/** Who asks for so few persons shares a statement with others that ask at the same time. */
const FEW = 8;

/** Reads persons; see {@link readPersons}. */
export function personStore(walled: {
  of(jurisdiction: string): Queryable & { readonly seal: PlaceSeal };
}): PersonStore {
  const together = gathered((jurisdiction, asked: readonly PersonsAsked[]) => {
    const inside = walled.of(jurisdiction);
    return readTogether(inside, inside.seal, jurisdiction, asked);
  });
  const findBySubjects: PersonStore['findBySubjects'] = async (jurisdiction, subjectKeys, knownAt) => {
    const isFew = subjectKeys.length > 0 && subjectKeys.length <= FEW;
    if (isFew) return together(jurisdiction, { subjectKeys, knownAt });
    const inside = walled.of(jurisdiction);
    return readPersons(inside, inside.seal, jurisdiction, subjectKeys, knownAt);
  };
  // A person id is the key of a subject, and means whoever that subject is: also where they were joined into another person.
  return { findBySubjects, findByIds: findBySubjects };
}

/**
 * Reads persons by subject key: one prepared statement a call, however many are asked for. Links and claims are those that stood at the
 * instant, so an earlier `knownAt` gives the earlier answer. A person whose claims have all ended is still a person.
 */
export async function readPersons(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  subjectKeys: readonly string[],
  knownAt: Date,
): Promise<Map<string, NumberedFacts>> {
  if (subjectKeys.length === 0) return new Map();
  const made = await readTogether(client, seal, jurisdiction, [{ subjectKeys, knownAt }]);
  return made()[0]!;
}

/** Persons by subject key, as they were known at an instant. */
interface PersonsAsked {
  readonly subjectKeys: readonly string[];
  readonly knownAt: Date;
}

/** Persons by the subject keys by which they were asked for. */
type FoundPersons = Map<string, NumberedFacts>;

/** The same for several who ask at once, each as known at an instant of their own: still one statement, sent at once. Gives what makes persons of it. */
async function readTogether(
  client: Queryable,
  seal: PlaceSeal,
  jurisdiction: string,
  asked: readonly PersonsAsked[],
): Promise<() => FoundPersons[]> {
  const each = asked.flatMap(({ subjectKeys, knownAt }, asker) =>
    subjectKeys.map((key) => ({ key, asker, knownAt: knownAt.toISOString() })),
  );
  const values = [
    jurisdiction,
    plainArray(each.map(({ key }) => key)),
    plainArray(each.map(({ asker }) => asker)),
    plainArray(each.map(({ knownAt }) => knownAt)),
  ];
  const { rows } = await client.query<PersonRow>({ ...BY_SUBJECTS, values });
  return () => {
    const found = asked.map((): FoundPersons => new Map());
    const keys = asked.map(({ subjectKeys }) => new Set(subjectKeys));
    for (const row of rows) {
      const person = factsOf(seal, row);
      for (const { key } of person.subjects) if (keys[row.asker]!.has(key)) found[row.asker]!.set(key, person);
    }
    return found;
  };
}

/** A statement with the name under which each connection keeps it prepared. */
interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A document, and since when it has been the person's. */
type LinkedDocument = DocumentJson & { readonly since: number };

interface PersonRow {
  readonly asker: number;
  readonly id: string;
  /** In no order. */
  readonly subjects: readonly LinkedDocument[];
  /** JSON: {@link ClaimJson}s, in no order. */
  readonly claims: string;
  readonly splits: readonly SubjectSplit[] | null;
  readonly settled_values: readonly SettledValueJson[] | null;
  readonly names: readonly KeptName[] | null;
}

function factsOf(seal: PlaceSeal, row: PersonRow): NumberedFacts {
  const { id, splits: kept, settled_values: values } = row;
  // Here and not by PostgreSQL, which would begin a sort for each person, though nearly all have one document.
  const subjects = row.subjects.toSorted(firstSubjectFirst(id));
  const names = new NamesByKey(seal, row.names ?? []);
  const told = (JSON.parse(row.claims) as ClaimJson[]).map(claimFromJson(seal, names)).sort(inToldOrder);
  const splits = kept?.map((split) => namedSplitOf(split, names));
  const keys = subjects.map(({ key }) => key);
  return {
    id,
    subjects: subjects.map((document) => subjectFromJson(seal, document)),
    claims: splits ? ownClaims(keys, told, splits) : told,
    ...(splits && { splits }),
    ...(values && { settledValues: values.map((value) => namedValueOf(value, names)) }),
  };
}

/** The subject whose key became the person's id, then the others as they were linked. */
const firstSubjectFirst =
  (id: string) =>
  (a: LinkedDocument, b: LinkedDocument): number =>
    Number(a.key !== id) - Number(b.key !== id) || a.since - b.since || (a.key < b.key ? -1 : 1);

/** Which links, splits and values stood at the instant of whoever asks. */
const STOOD = (row: string): string =>
  `${row}.since <= n.known_at and (${row}.until is null or ${row}.until > n.known_at)`;
const LINK_STOOD = STOOD('l');

const BY_SUBJECTS: Statement = {
  name: 'persons-by-subjects',
  text: personsOf(`
    select distinct n.asker, n.known_at, l.person_id
    from unnest($2::uuid[], $3::int[], $4::timestamptz[]) as n (key, asker, known_at)
    join subject_link l on l.subject_key = n.key and l.jurisdiction = $1 and ${LINK_STOOD}`),
};

/**
 * Everything about the persons that a query names. Each part is read person by person, which keeps to the indexes whatever the tables'
 * statistics say.
 */
function personsOf(named: string): string {
  return `
with named as (${named})
select n.asker, n.person_id as id, s.subjects, c.claims, p.splits, v.settled_values, t.names
from named n
cross join lateral (
  select array_agg(i.subject_key) as keys,
    json_agg(json_build_object(${DOCUMENT}, 'since', ${MILLISECONDS('l.since')})) as subjects
  from subject_link l
  join identifier i on i.subject_key = l.subject_key and i.jurisdiction = l.jurisdiction
  where l.person_id = n.person_id and l.jurisdiction = $1 and ${LINK_STOOD}
) s
cross join lateral (${SPLITS_AROUND(STOOD)}) p
cross join lateral (${VALUES_OF(STOOD)}) v
cross join lateral (
  select ${CLAIMS_AS_TEXT} as claims
  from claim c
  where c.subject_key = any(s.keys || p.from_keys) and c.jurisdiction = $1
    and c.told_at <= n.known_at and (c.ended_at is null or c.ended_at > n.known_at)
) c
cross join lateral (
  select json_agg(${NAME_AS_JSON}) as names
  from subject_name n
  where n.subject_key = any(s.keys || p.from_keys) and n.jurisdiction = $1
) t
where s.keys is not null`;
}
