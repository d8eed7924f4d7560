import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DecisionCodes } from '../domain/policy/decision-codes.ts';
import type { DecidingBecause, DecisionGeneration, DecisionWriter, GenerationDecisions } from '../flows/ports-work.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Ids } from '../flows/ports.ts';
import { COPY_DECISIONS, KEPT_COLUMNS, keptOf, likenessOf, type KeptDecision } from './decision-rows.ts';
import { inTransaction } from './in-transaction.ts';
import { idPrefix } from './take-in/row-ids.ts';
import { REMOVE_AND_TELL, tellDiffering } from './tell-changes.ts';

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
  pool: pg.Pool,
  ids: Ids,
  because: DecidingBecause | null,
  onWritten?: (persons: number) => Promise<void>,
): DecisionWriter {
  const told: Told = () =>
    because ? [idPrefix(ids), because.at, because.because, because.causes] : [null, null, null, null];
  let waiting = new DecidedPersons();
  let writing = Promise.resolve();
  let written = 0;
  const write = async (some: DecidedPersons): Promise<void> => {
    await replace(pool, some, told);
    written += some.all.length;
    await onWritten?.(written);
  };
  const writeWaiting = async (): Promise<void> => {
    await writing;
    writing = write(waiting);
    // Awaited only with the next; an error in between must not count as nobody's.
    writing.catch(() => undefined);
    waiting = new DecidedPersons();
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

/** For one statement: prefix of ids, when, why and the causes; all `null` where nothing is to be told. */
type Told = () => readonly unknown[];

/** Of these persons, exactly these decisions are in their generations afterwards, all at once. */
function replace(pool: pg.Pool, decided: DecidedPersons, told: Told): Promise<void> {
  return inTransaction(pool, async (client) => {
    // Nothing is lost: decisions that a crash takes away are made again, since their submissions are marked decided by a later
    // commit that is waited for, and what comes before it in the log is on disk by then. Few of many are looked up.
    await client.query('set local synchronous_commit = off; set local enable_seqscan = off');
    if (decided.any) await client.query(REPLACE, [...decided.parameters(), ...told()]);
    const gone = decided.gone();
    if (gone.length === 0) return;
    for (const [{ jurisdiction, pack, generation }, asOf] of decided.generations) {
      const [prefix, ...rest] = told();
      await client.query(REMOVE_AND_TELL, [jurisdiction, pack, generation, gone, prefix, asOf, ...rest]);
    }
  });
}

/** Copies lines of `DecisionLines` into the table of decisions. */
export const copyDecisions = (client: pg.ClientBase, lines: Iterable<string> | AsyncIterable<string>): Promise<void> =>
  pipeline(Readable.from(lines), client.query(copyFrom(COPY_DECISIONS)));

/** A decision as many persons have it. */
type Kind = DecisionGeneration & KeptDecision & { readonly kind: number; readonly as_of: PlainDate };

/** Persons with the number of what is decided of them: few decisions differ, so that little is held and sent. */
class DecidedPersons {
  readonly all: string[] = [];
  readonly generations = new Map<DecisionGeneration, PlainDate>();
  readonly #persons: string[] = [];
  readonly #kindOf: number[] = [];
  readonly #kinds = new Map<string, Kind>();

  add(persons: readonly string[], decided: readonly GenerationDecisions[]): void {
    for (const person of persons) this.all.push(person);
    for (const { to, asOf, decisions } of decided) {
      this.generations.set(to, asOf);
      for (const { person, codes } of decisions) {
        this.#persons.push(person);
        this.#kindOf.push(this.#kind(to, asOf, codes).kind);
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

  parameters(): string[] {
    return [`{${this.#persons.join(',')}}`, `{${this.#kindOf.join(',')}}`, JSON.stringify([...this.#kinds.values()])];
  }

  #kind(to: DecisionGeneration, asOf: PlainDate, codes: DecisionCodes): Kind {
    const likeness = `${to.pack}|${likenessOf(codes)}`;
    const known = this.#kinds.get(likeness);
    if (known) return known;
    const kind = { kind: this.#kinds.size, as_of: asOf, ...to, ...keptOf(codes) };
    this.#kinds.set(likeness, kind);
    return kind;
  }
}

const NAMES = Object.keys(KEPT_COLUMNS);
const of = (alias: string, prefix = ''): string => NAMES.map((name) => `${alias}.${prefix}${name}`).join(', ');

// What differs is found once, in one pass over what is kept of all these persons, and told, changed and added from there. Not
// `insert … on conflict`, which locks every row it meets, also those that stay as they are.
const REPLACE = `
with differing as materialized (
  select p.person_id, k.*, d.place, ${NAMES.map((name) => `d.${name} as was_${name}`).join(', ')}
  from unnest($1::uuid[], $2::integer[]) as p(person_id, kind)
  join json_to_recordset($3::json) as k(kind integer, as_of date, jurisdiction text, pack text, generation integer,
    ${Object.entries(KEPT_COLUMNS)
      .map(([name, type]) => `${name} ${type}`)
      .join(', ')}) on k.kind = p.kind
  left join (select d.*, d.ctid as place from decision d where d.person_id = any($1::uuid[]) offset 0) d
    on d.person_id = p.person_id and d.jurisdiction = k.jurisdiction and d.pack = k.pack and d.generation = k.generation
  where (${of('d')}) is distinct from (${of('k')})
),
told as (${tellDiffering('$4', '$5', '$6', '$7')}),
changed as (
  update decision d set ${NAMES.map((name) => `${name} = x.${name}`).join(', ')}
  from differing x
  where x.place is not null and d.ctid = x.place
)
insert into decision (person_id, jurisdiction, pack, generation, ${NAMES.join(', ')})
select x.person_id, x.jurisdiction, x.pack, x.generation, ${of('x')}
from differing x
where x.was_outcome is null`;
