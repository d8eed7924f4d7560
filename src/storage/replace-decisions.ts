import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DecidingBecause, DecisionGeneration, DecisionWriter, GenerationDecisions } from '../flows/ports-work.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Ids } from '../flows/ports.ts';
import { plainArray, uuidArray } from './array-text.ts';
import { DecisionKinds, keepKinds, type DecisionKind } from './decision-kinds.ts';
import { inTransaction } from './in-transaction.ts';
import { causeOf, REMOVE_AND_TELL, tellDiffering, type ChangeCauseRow } from './tell-changes.ts';
import type { WalledPart } from './walled-database.ts';

/** Persons whose decisions are written with one statement. */
const PERSONS_AT_ONCE = 4_000;

/**
 * Writes decisions over those that are kept, some thousand persons at once and equal ones not at all, while more are being added.
 * Every decision that becomes another leaves an entry that tells so.
 *
 * @param because `null` for a generation that does not count yet
 * @param onWritten told how many persons are written so far
 */
export function decisionWriter(
  inside: WalledPart,
  ids: Ids,
  because: DecidingBecause | null,
  onWritten?: (persons: number) => Promise<void>,
): DecisionWriter {
  const kinds = new DecisionKinds();
  const tell: Tell = (to, asOf) => (because ? [causeOf(ids, to, asOf, because)] : []);
  let waiting = new DecidedPersons(kinds);
  let writing = Promise.resolve();
  let written = 0;
  const write = async (some: DecidedPersons, fresh: readonly DecisionKind[]): Promise<void> => {
    await keepKinds(inside, fresh);
    await replace(inside, some, tell);
    written += some.all.length;
    await onWritten?.(written);
  };
  const writeWaiting = async (): Promise<void> => {
    await writing;
    writing = write(waiting, kinds.takeFresh());
    // Awaited only with the next; an error in between must not count as nobody's.
    writing.catch(() => undefined);
    waiting = new DecidedPersons(kinds);
  };
  return {
    add: async (persons, decided) => {
      waiting.add(persons, decided);
      if (waiting.all.length >= PERSONS_AT_ONCE) await writeWaiting();
    },
    end: async () => {
      if (waiting.all.length > 0) await writeWaiting();
      await writing;
    },
  };
}

/** Why a statement changes decisions of a generation; nothing where that is not to be told. */
type Tell = (to: DecisionGeneration, asOf: PlainDate) => readonly ChangeCauseRow[];

/** Of these persons, exactly these decisions are in their generations afterwards, all at once. */
function replace(inside: WalledPart, decided: DecidedPersons, tell: Tell): Promise<void> {
  return inTransaction(inside, async (client) => {
    // Nothing is lost: decisions that a crash takes away are made again, since their submissions are marked decided by a later
    // commit that is waited for, and what comes before it in the log is on disk by then. Few of many are looked up.
    await client.query('set local synchronous_commit = off; set local enable_seqscan = off');
    if (decided.any) {
      const causes = [...decided.generations].flatMap(([to, asOf]) => tell(to, asOf));
      await client.query(REPLACE, [...decided.parameters(), JSON.stringify(causes)]);
    }
    const gone = decided.gone();
    if (gone.length === 0) return;
    for (const [to, asOf] of decided.generations) {
      const { jurisdiction, pack, generation } = to;
      await client.query(REMOVE_AND_TELL, [jurisdiction, pack, generation, gone, JSON.stringify(tell(to, asOf))]);
    }
  });
}

/**
 * Copies lines (jurisdiction, pack, generation, person, kind, category) into the table of decisions, within a transaction. By way of a
 * table of its own: PostgreSQL does not copy into one with row level security.
 */
export async function copyDecisions(
  client: pg.ClientBase,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  await client.query('create temp table decision_coming (like decision) on commit drop');
  await pipeline(Readable.from(lines), client.query(copyFrom(`copy decision_coming (${COPIED}) from stdin`)));
  await client.query(`insert into decision (${COPIED}) select ${COPIED} from decision_coming`);
}

const COPIED = 'jurisdiction, pack, generation, person_id, kind, category';

/** What a generation says of many persons, by the number under which it is sent. */
type Said = DecisionGeneration & Pick<DecisionKind, 'category'> & { readonly number: number; readonly kind: string };

/** Persons with what is decided of them: few decisions differ, so that each is sent once and persons name it by number. */
class DecidedPersons {
  readonly all: string[] = [];
  readonly generations = new Map<DecisionGeneration, PlainDate>();
  readonly #kinds: DecisionKinds;
  readonly #persons: string[] = [];
  readonly #numbers: number[] = [];
  readonly #said = new Map<DecisionGeneration, Map<DecisionKind, Said>>();
  #count = 0;

  constructor(kinds: DecisionKinds) {
    this.#kinds = kinds;
  }

  add(persons: readonly string[], decided: readonly GenerationDecisions[]): void {
    for (const person of persons) this.all.push(person);
    for (const { to, asOf, decisions } of decided) {
      this.generations.set(to, asOf);
      for (const { person, codes } of decisions) {
        this.#persons.push(person);
        this.#numbers.push(this.#numberOf(to, this.#kinds.kindOf(codes)));
      }
    }
  }

  get any(): boolean {
    return this.#persons.length > 0;
  }

  /** Persons of whom nothing is decided. */
  gone(): readonly string[] {
    const decided = new Set(this.#persons);
    return this.all.filter((person) => !decided.has(person));
  }

  parameters(): (Buffer | string)[] {
    const said = [...this.#said.values()].flatMap((kinds) => [...kinds.values()]);
    return [uuidArray(this.#persons), plainArray(this.#numbers), JSON.stringify(said)];
  }

  #numberOf(to: DecisionGeneration, kind: DecisionKind): number {
    const said = this.#said.get(to) ?? new Map<DecisionKind, Said>();
    this.#said.set(to, said);
    const known = said.get(kind);
    if (known) return known.number;
    this.#count += 1;
    said.set(kind, { ...to, number: this.#count, kind: kind.id, category: kind.category });
    return this.#count;
  }
}

// What differs is found once, in one pass over what is kept of all these persons, and told, changed and added from there. Not
// `insert … on conflict`, which locks every row it meets, also those that stay as they are.
const REPLACE = `
with differing as materialized (
  select p.number, p.person_id, k.jurisdiction, k.pack, k.generation, k.kind as after, k.category, d.kind as before, d.place
  from unnest($1::uuid[], $2::integer[]) with ordinality as p(person_id, said, number)
  join json_to_recordset($3::json) as k(number integer, jurisdiction text, pack text, generation integer, kind uuid, category text)
    on k.number = p.said
  left join (select d.*, d.ctid as place from decision d where d.person_id = any($1::uuid[]) offset 0) d
    on d.person_id = p.person_id and d.jurisdiction = k.jurisdiction and d.pack = k.pack and d.generation = k.generation
  where d.kind is distinct from k.kind
),
${tellDiffering('$4')},
changed as (
  update decision d set kind = x.after, category = x.category
  from differing x
  where x.place is not null and d.ctid = x.place
)
insert into decision (person_id, jurisdiction, pack, generation, kind, category)
select x.person_id, x.jurisdiction, x.pack, x.generation, x.after, x.category
from differing x
where x.before is null`;
