import type pg from 'pg';
import type { Claim } from '../domain/claims/claim.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { TouchedPersons } from '../flows/ports-work.ts';

/** Everything that stands of these persons, in order of person id; a person of whom nothing stands is left out. */
export async function readFacts(
  pool: pg.Pool,
  jurisdiction: string,
  persons: readonly string[],
): Promise<readonly PersonFacts[]> {
  const found = await pool.query<StandingRow>({ ...AS_TEXT, text: FACTS_OF, values: [jurisdiction, persons] });
  const gathered = new Gathered(jurisdiction);
  gathered.add(found.rows);
  return gathered.rest().facts;
}

/**
 * Everybody of whom anything stands, in order of person id, as of one moment; a batch of some hundred persons at a time.
 *
 * @param knownAt the instant at which claims and links stood; by default those that stand now
 */
export async function* readEverybody(
  pool: pg.Pool,
  jurisdiction: string,
  knownAt?: Date,
): AsyncGenerator<readonly PersonFacts[]> {
  const client = await pool.connect();
  let whole = false;
  try {
    // A sorted whole costs less than a million look-ups, if only sorting has room.
    await client.query("begin read only; set local work_mem = '64MB'; set local cursor_tuple_fraction = 1");
    const instant = knownAt && client.escapeLiteral(knownAt.toISOString());
    const everybody = everybodyOf(client.escapeLiteral(jurisdiction), instant);
    for await (const { facts } of gatheredFrom(client, jurisdiction, everybody)) yield facts;
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
  jurisdiction: string,
  ids: string,
): AsyncGenerator<TouchedPersons> {
  // The snapshot of each statement is its own: what the cursor reads is never older than the ids.
  await client.query("begin; set local work_mem = '64MB'; set local cursor_tuple_fraction = 1");
  // Counted before the rest is planned: a few are looked up one by one, many are read in one go.
  await client.query(`create temp table touched_person on commit drop as ${ids}`);
  await client.query('analyze touched_person');
  yield* gatheredFrom(client, jurisdiction, touchedFacts(client.escapeLiteral(jurisdiction)));
  await client.query('commit');
}

/** Fetches the rows of a query and puts persons together from them, within the transaction that is open. */
async function* gatheredFrom(
  client: pg.ClientBase,
  jurisdiction: string,
  query: string,
): AsyncGenerator<TouchedPersons> {
  await client.query(`declare standing no scroll cursor for ${query}`);
  const fetch = async (): Promise<StandingRow[]> =>
    (await client.query<StandingRow>({ ...AS_TEXT, text: `fetch ${ROWS_AT_ONCE} from standing` })).rows;
  const gathered = new Gathered(jurisdiction);
  let next = fetch();
  for (;;) {
    const rows = await next;
    if (rows.length === 0) break;
    // The database reads on while the caller works on these.
    next = fetch();
    // Awaited only after the caller has come back; an error in between must not count as nobody's.
    next.catch(() => undefined);
    gathered.add(rows);
    const some = gathered.complete();
    if (some.persons.length > 0) yield some;
  }
  const last = gathered.rest();
  if (last.persons.length > 0) yield last;
}

const ROWS_AT_ONCE = 2_000;

/** Fields as PostgreSQL writes them: parsed only where they are needed as something else. */
const AS_TEXT = { rowMode: 'array' as const, types: { getTypeParser: () => (text: string | Buffer) => text } };

/** A document of a person with one claim that stands of it, or none; as text. No document: nobody's any more. */
type StandingRow = [
  person: string,
  subject: string | null,
  since: string,
  idType: string,
  idNumber: string,
  claim: string | null,
  agency: string,
  list: string,
  key: string,
  attributes: string,
  validFrom: string | null,
  validTo: string | null,
  toldAt: string,
  firstToldAt: string,
  submission: string,
  row: string,
];

/** A person whose rows are coming in. */
interface Gathering {
  readonly id: string;
  readonly subjects: (Subject & { readonly since: string })[];
  readonly claims: Claim[];
}

/** Puts the rows of persons together, which come one person after the other. */
class Gathered {
  readonly #jurisdiction: string;
  readonly #instants = new Map<string, Date>();
  #persons: string[] = [];
  #facts: PersonFacts[] = [];
  #person: Gathering | undefined;

  constructor(jurisdiction: string) {
    this.#jurisdiction = jurisdiction;
  }

  add(rows: readonly StandingRow[]): void {
    for (const row of rows) {
      const [id, key, since, idType, idNumber] = row;
      if (this.#person?.id !== id) {
        this.#finish();
        this.#person = { id, subjects: [], claims: [] };
      }
      if (key === null) continue;
      const { subjects, claims } = this.#person!;
      if (!subjects.some((subject) => subject.key === key)) {
        subjects.push({ key, idType, idNumber, since } as Gathering['subjects'][number]);
      }
      if (row[5] !== null) claims.push(this.#claimOf(row, key, row[5]));
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
    if (claims.length === 0) return;
    if (claims.length > 1) claims.sort(inToldOrder);
    this.#facts.push({ id, subjects: subjectsOf(person), claims });
  }

  #claimOf(row: StandingRow, subjectKey: string, id: string): Claim {
    const claim = {
      id,
      jurisdiction: this.#jurisdiction,
      subjectKey,
      agency: row[6],
      list: row[7],
      key: row[8],
      attributes: JSON.parse(row[9]) as Claim['attributes'],
      validFrom: row[10],
      validTo: row[11],
      toldAt: this.#instant(row[12]),
      firstToldAt: this.#instant(row[13]),
      endedAt: null,
      submission: row[14],
      row: Number(row[15]),
    };
    return claim as Claim;
  }

  /** Seconds as text to an instant; the claims of a push share a few. */
  #instant(seconds: string): Date {
    const known = this.#instants.get(seconds);
    if (known) return known;
    if (this.#instants.size > MOST_INSTANTS) this.#instants.clear();
    const instant = new Date(Math.round(Number(seconds) * 1_000));
    this.#instants.set(seconds, instant);
    return instant;
  }
}

const MOST_INSTANTS = 10_000;

// As a person read alone has them: the subject whose key became the person's id first, then in the order of linking.
function subjectsOf({ id, subjects }: Gathering): Subject[] {
  const later = (subject: Gathering['subjects'][number]): number => (subject.key === id ? 0 : 1);
  if (subjects.length > 1) {
    subjects.sort((a, b) => later(a) - later(b) || Number(a.since) - Number(b.since) || (a.key < b.key ? -1 : 1));
  }
  return subjects.map(({ key, idType, idNumber }) => ({ key, idType, idNumber }));
}

const inToldOrder = (a: Claim, b: Claim): number => a.toldAt.getTime() - b.toldAt.getTime() || (a.id < b.id ? -1 : 1);

// As a floating number, exact to the microsecond for centuries: the exact type takes a third of the whole query to compute.
const SECONDS = (column: string): string => `date_part('epoch', ${column})`;

const COLUMNS = `l.subject_key, ${SECONDS('l.since')}, i.id_type, i.id_number, c.id, c.agency, c.list, c.key,
  c.attributes, c.valid_from, c.valid_to, ${SECONDS('c.told_at')}, ${SECONDS('c.first_told_at')}, c.submission,
  c.row_number`;

// Person by person along the indexes, whatever the statistics say of tables that a push has just filled.
const FACTS_OF = `
select l.person_id, ${COLUMNS}
from unnest($2::uuid[]) as asked(id)
join lateral (
  select * from subject_link where person_id = asked.id and jurisdiction = $1 and until is null offset 0) l on true
join lateral (select * from identifier where subject_key = l.subject_key and jurisdiction = $1 offset 0) i on true
left join lateral (
  select * from claim where subject_key = l.subject_key and jurisdiction = $1 and ended_at is null offset 0) c on true
order by l.person_id`;

/** Of a link or claim: does it stand, or did it at the instant (a literal)? */
const stands = (since: string, until: string, instant: string | undefined): string =>
  instant ? `${since} <= ${instant} and (${until} is null or ${until} > ${instant})` : `${until} is null`;

const everybodyOf = (jurisdiction: string, instant: string | undefined): string => `
select l.person_id, ${COLUMNS}
from subject_link l
join identifier i on i.subject_key = l.subject_key and i.jurisdiction = ${jurisdiction}
left join claim c on c.subject_key = l.subject_key and c.jurisdiction = ${jurisdiction}
  and ${stands('c.told_at', 'c.ended_at', instant)}
where l.jurisdiction = ${jurisdiction} and ${stands('l.since', 'l.until', instant)}
order by l.person_id`;

const touchedFacts = (jurisdiction: string): string => `
select t.id, ${COLUMNS}
from touched_person t
left join (
  subject_link l
  join identifier i on i.subject_key = l.subject_key and i.jurisdiction = ${jurisdiction}
  left join claim c on c.subject_key = l.subject_key and c.jurisdiction = ${jurisdiction} and c.ended_at is null
) on l.person_id = t.id and l.jurisdiction = ${jurisdiction} and l.until is null
order by t.id`;
