import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DecisionCodes } from '../domain/policy/decision-codes.ts';
import type { DecisionGeneration, DecisionWriter, GenerationDecisions } from '../flows/ports-work.ts';
import { COPY_DECISIONS, KEPT_COLUMNS, keptOf, likenessOf, type KeptDecision } from './decision-rows.ts';
import { inTransaction } from './in-transaction.ts';

/** Persons whose decisions are written with one statement. */
const PERSONS_AT_ONCE = 4_000;

/**
 * Writes decisions over those that are kept, some thousand persons at once and equal ones not at all, while more are being added.
 *
 * @param onWritten told how many persons are written so far
 */
export function decisionWriter(pool: pg.Pool, onWritten?: (persons: number) => Promise<void>): DecisionWriter {
  let waiting = new DecidedPersons();
  let writing = Promise.resolve();
  let written = 0;
  const write = async (some: DecidedPersons): Promise<void> => {
    await replace(pool, some);
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

/** Of these persons, exactly these decisions are in their generations afterwards, all at once. */
function replace(pool: pg.Pool, decided: DecidedPersons): Promise<void> {
  return inTransaction(pool, async (client) => {
    // Nothing is lost: decisions that a crash takes away are made again, since their submissions are marked decided by a later
    // commit that is waited for, and what comes before it in the log is on disk by then. Few of many are looked up.
    await client.query('set local synchronous_commit = off; set local enable_seqscan = off');
    if (decided.any) await client.query(REPLACE, decided.parameters());
    const gone = decided.gone();
    if (gone.length === 0) return;
    for (const { jurisdiction, pack, generation } of decided.generations) {
      await client.query(REMOVE, [jurisdiction, pack, generation, gone]);
    }
  });
}

/** Copies lines of `DecisionLines` into the table of decisions. */
export const copyDecisions = (client: pg.ClientBase, lines: Iterable<string> | AsyncIterable<string>): Promise<void> =>
  pipeline(Readable.from(lines), client.query(copyFrom(COPY_DECISIONS)));

/** A decision as many persons have it. */
type Kind = DecisionGeneration & KeptDecision & { readonly kind: number };

/** Persons with the number of what is decided of them: few decisions differ, so that little is held and sent. */
class DecidedPersons {
  readonly all: string[] = [];
  readonly generations = new Set<DecisionGeneration>();
  readonly #persons: string[] = [];
  readonly #kindOf: number[] = [];
  readonly #kinds = new Map<string, Kind>();

  add(persons: readonly string[], decided: readonly GenerationDecisions[]): void {
    for (const person of persons) this.all.push(person);
    for (const { to, decisions } of decided) {
      this.generations.add(to);
      for (const { person, codes } of decisions) {
        this.#persons.push(person);
        this.#kindOf.push(this.#kind(to, codes).kind);
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

  #kind(to: DecisionGeneration, codes: DecisionCodes): Kind {
    const likeness = `${to.pack}|${likenessOf(codes)}`;
    const known = this.#kinds.get(likeness);
    if (known) return known;
    const kind = { kind: this.#kinds.size, ...to, ...keptOf(codes) };
    this.#kinds.set(likeness, kind);
    return kind;
  }
}

const NAMES = Object.keys(KEPT_COLUMNS);
const of = (alias: string): string => NAMES.map((name) => `${alias}.${name}`).join(', ');

// `merge`, not `insert … on conflict`, which locks every row it meets, also those that stay as they are.
const REPLACE = `
merge into decision d
using (
  select p.person_id, k.*
  from unnest($1::uuid[], $2::integer[]) as p(person_id, kind)
  join json_to_recordset($3::json) as k(kind integer, jurisdiction text, pack text, generation integer,
    ${Object.entries(KEPT_COLUMNS)
      .map(([name, type]) => `${name} ${type}`)
      .join(', ')}) on k.kind = p.kind
) n on d.person_id = n.person_id and d.jurisdiction = n.jurisdiction and d.pack = n.pack and d.generation = n.generation
when matched and (${of('d')}) is distinct from (${of('n')}) then
  update set ${NAMES.map((name) => `${name} = n.${name}`).join(', ')}
when not matched then
  insert (person_id, jurisdiction, pack, generation, ${NAMES.join(', ')})
  values (n.person_id, n.jurisdiction, n.pack, n.generation, ${of('n')})`;

const REMOVE = `
delete from decision where person_id = any($4::uuid[]) and jurisdiction = $1 and pack = $2 and generation = $3`;
