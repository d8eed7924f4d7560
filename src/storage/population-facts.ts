import type pg from 'pg';
import type { Claim } from '../domain/claims/claim.ts';
import type { DecidedSubject } from '../domain/identity/subject.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { TouchedPersons } from '../flows/ports-work.ts';
import { inToldOrder } from './claim-rows.ts';
import { copyOut } from './copy-out.ts';
import { readSettled, type SettledFacts } from './population-splits.ts';
import { STANDING_COLUMNS, StandingRows, type StandingRow, type StandingSubject } from './standing-rows.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { WalledPart } from './walled-database.ts';

/** Everything that stands of these persons, in order of person id; a person of whom nothing stands is left out. */
export async function readFacts(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  persons: readonly string[],
): Promise<readonly PersonFacts[]> {
  const ids = `'{${persons.join(',')}}'::uuid[]`;
  const facts: PersonFacts[] = [];
  const settled = await readSettled(client, seal, jurisdiction);
  const query = factsOf(client.escapeLiteral(jurisdiction), ids);
  for await (const some of gatheredFrom(client, { jurisdiction, seal }, query, settled)) {
    facts.push(...some.facts);
  }
  return facts;
}

/**
 * Everybody of whom anything stands, in order of person id, as of one moment; a batch of some hundred persons at a time.
 *
 * @param knownAt the instant at which claims and links stood; by default those that stand now
 */
export async function* readEverybody(
  inside: WalledPart,
  jurisdiction: string,
  knownAt?: Date,
): AsyncGenerator<readonly PersonFacts[]> {
  // A sorted whole costs less than a million look-ups, if only sorting has room.
  const client = await inside.begin("set transaction read only; set local work_mem = '64MB'");
  let whole = false;
  try {
    const instant = knownAt && client.escapeLiteral(knownAt.toISOString());
    const everybody = everybodyOf(client.escapeLiteral(jurisdiction), instant);
    const settled = await readSettled(client, inside.seal, jurisdiction, knownAt);
    for await (const { facts } of gatheredFrom(client, { jurisdiction, seal: inside.seal }, everybody, settled))
      yield facts;
    await client.query('commit');
    whole = true;
  } finally {
    client.release(!whole);
  }
}

/**
 * Everything that stands of the persons whose ids a query gives, in order of person id, as of one moment; a batch of some hundred
 * persons at a time. The connection does nothing else meanwhile.
 *
 * @param ids a query whose one column is `id`, each person once
 */
export async function* readTouched(
  client: pg.ClientBase,
  seal: PlaceSeal,
  jurisdiction: string,
  ids: string,
): AsyncGenerator<TouchedPersons> {
  // The snapshot of each statement is its own: what is read is never older than the ids. Nobody is looked up twice, so that nothing
  // is worth remembering.
  await client.query("begin; set local work_mem = '64MB'; set local enable_memoize = off");
  // Counted before the rest is planned: a few are looked up one by one, many are read in one go.
  await client.query(`create temp table touched_person on commit drop as ${ids}`);
  await client.query('analyze touched_person');
  const settled = await readSettled(client, seal, jurisdiction);
  const query = touchedFacts(client.escapeLiteral(jurisdiction));
  yield* gatheredFrom(client, { jurisdiction, seal }, query, settled);
  await client.query('commit');
}

/** Reads the rows of a query and puts persons together from them. */
async function* gatheredFrom(
  client: pg.ClientBase,
  { jurisdiction, seal }: { readonly jurisdiction: string; readonly seal: PlaceSeal },
  query: string,
  settled: SettledFacts,
): AsyncGenerator<TouchedPersons> {
  const standing = new StandingRows(jurisdiction, seal);
  const gathered = new Gathered(settled);
  for await (const rows of copyOut(client, query, (bytes, at) => standing.read(bytes, at), ROWS_AT_ONCE)) {
    gathered.add(rows);
    const some = gathered.complete();
    if (some.persons.length > 0) yield some;
  }
  const last = gathered.rest();
  if (last.persons.length > 0) yield last;
}

/** Few: what lives only briefly costs the least. */
const ROWS_AT_ONCE = 200;

/** A person whose rows are coming in. */
interface Gathering {
  readonly id: string;
  readonly subjects: StandingSubject[];
  readonly claims: Claim[];
}

/** Puts the rows of persons together, which come one person after the other. */
class Gathered {
  readonly #settled: SettledFacts;
  #persons: string[] = [];
  #facts: PersonFacts[] = [];
  #person: Gathering | undefined;

  constructor(settled: SettledFacts) {
    this.#settled = settled;
  }

  add(rows: readonly StandingRow[]): void {
    for (const { person: id, subject, claim } of rows) {
      if (this.#person?.id !== id) {
        this.#finish();
        this.#person = { id, subjects: [], claims: [] };
      }
      if (subject === null) continue;
      const { subjects, claims } = this.#person!;
      if (!subjects.some((known) => known.subject.key === subject.subject.key)) subjects.push(subject);
      if (claim !== null) claims.push(claim);
    }
  }

  /** The persons of whom every row has come; each once. */
  complete(): TouchedPersons {
    const done = { persons: this.#persons, facts: this.#facts };
    this.#persons = [];
    this.#facts = [];
    return done;
  }

  /** Also the last person, when no more rows will come. */
  rest(): TouchedPersons {
    this.#finish();
    return this.complete();
  }

  #finish(): void {
    const person = this.#person;
    this.#person = undefined;
    if (!person) return;
    const { id, claims } = person;
    this.#persons.push(id);
    if (claims.length > 1) claims.sort(inToldOrder);
    const facts = this.#settled({ id, subjects: subjectsOf(person), claims });
    if (facts.claims.length > 0) this.#facts.push(facts);
  }
}

// As a person read alone has them: the subject whose key became the person's id first, then in the order of linking.
function subjectsOf({ id, subjects }: Gathering): DecidedSubject[] {
  const later = ({ subject }: StandingSubject): number => (subject.key === id ? 0 : 1);
  if (subjects.length > 1) {
    subjects.sort((a, b) => later(a) - later(b) || a.since - b.since || (a.subject.key < b.subject.key ? -1 : 1));
  }
  return subjects.map(({ subject }) => subject);
}

// Person by person along the indexes, whatever the statistics say of tables that a push has just filled.
const factsOf = (jurisdiction: string, ids: string): string => `
select l.person_id, ${STANDING_COLUMNS}
from unnest(${ids}) as asked(id)
join lateral (
  select * from subject_link where person_id = asked.id and jurisdiction = ${jurisdiction} and until is null offset 0) l on true
join lateral (select * from identifier where subject_key = l.subject_key and jurisdiction = ${jurisdiction} offset 0) i on true
left join lateral (
  select * from claim where subject_key = l.subject_key and jurisdiction = ${jurisdiction} and ended_at is null offset 0) c on true
order by l.person_id`;

/** Of a link or claim: does it stand, or did it at the instant (a literal)? */
const stands = (since: string, until: string, instant: string | undefined): string =>
  instant ? `${since} <= ${instant} and (${until} is null or ${until} > ${instant})` : `${until} is null`;

const everybodyOf = (jurisdiction: string, instant: string | undefined): string => `
select l.person_id, ${STANDING_COLUMNS}
from subject_link l
join identifier i on i.subject_key = l.subject_key and i.jurisdiction = ${jurisdiction}
left join claim c on c.subject_key = l.subject_key and c.jurisdiction = ${jurisdiction}
  and ${stands('c.told_at', 'c.ended_at', instant)}
where l.jurisdiction = ${jurisdiction} and ${stands('l.since', 'l.until', instant)}
order by l.person_id`;

// Who and their documents, few bytes each, are put in order; claims, most of what is read, are looked up person by person. They need no
// sorting then, come while they are worked on, and cost the same however many there are of others. What is looked up so is a loop over
// the list, and nothing about a temporary table is read in parallel: so its order stands.
const touchedFacts = (jurisdiction: string): string => `
select l.person_id, ${STANDING_COLUMNS}
from (
  select t.id as person_id, l.subject_key, l.since, i.id_type, i.id_number, i.birth_date, i.male
  from touched_person t
  left join (
    subject_link l join identifier i on i.subject_key = l.subject_key and i.jurisdiction = ${jurisdiction}
  ) on l.person_id = t.id and l.jurisdiction = ${jurisdiction} and l.until is null
  order by t.id
  offset 0
) l
cross join lateral (select l.id_type, l.id_number, l.birth_date, l.male) i
left join lateral (
  select * from claim where subject_key = l.subject_key and jurisdiction = ${jurisdiction} and ended_at is null offset 0) c on true`;
