import pg from 'pg';
import type { JudgedRow } from '../../flows/ports-take-in.ts';
import { canonicalAttributes, type RowStatement } from '../../domain/claims/claims-from-row.ts';
import { contentHashOf } from '../content-hash.ts';
import { copyField, NOTHING } from '../copy-in.ts';
import { nameKeyOf } from '../name-keys.ts';
import { sealNumber } from '../sealed-claims.ts';
import type { PlaceSeal } from '../sealing/place-seal.ts';

/** The tables of one attempt at one submission, by name. */
export interface Staging {
  /** Every row, judged by itself. */
  readonly row: string;
  /** Subjects that several rows name. */
  readonly several: string;
  /** Rows that add under a name which no standing claim gives their subject; whoever is not known yet is among them. */
  readonly unnamed: string;
  /** Subjects not known yet whose name and birthday somebody has who is known under another number. */
  readonly namesake: string;
  /** Covered claims that are not over, counted by subject. */
  readonly covered: string;
  /** Rows about a matter of which something stands: whether they say the same, and whether leaving it out would end it. */
  readonly standing: string;
  /** Rows that say what stands, of subjects that need no thought. */
  readonly same: string;
  /** Subjects to be thought about, and their rows. */
  readonly unsettled: string;
  readonly unsettledRow: string;
  /** What was planned for them: verdicts, claims to add, claims to end. */
  readonly verdict: string;
  readonly add: string;
  readonly end: string;
}

const TABLES = [
  ...(['row', 'several', 'unnamed', 'namesake', 'covered', 'standing', 'same', 'unsettled', 'unsettledRow'] as const),
  ...(['verdict', 'add', 'end'] as const),
];

/** Names the tables of an attempt; those of another attempt have other names, so that a stray worker does no harm. */
export function stagingOf(submission: string, attempt: number): Staging {
  const prefix = `take_in.s${submission.replaceAll('-', '')}_${attempt}_`;
  return Object.fromEntries(TABLES.map((table) => [table, prefix + table.toLowerCase()])) as unknown as Staging;
}

/** Makes the table for judged rows, empty. */
export async function makeStaging(client: pg.ClientBase, { row }: Staging): Promise<void> {
  await client.query(`create unlogged table ${row} (
    row_number integer, kind "char", subject_key uuid, key text, attributes text, valid_from date, valid_to date,
    content_hash uuid, name text, told_name text, id_type text, id_number text, findings text, cells text, others text,
    born date, bare_name text)`);
  // Few lists have such rows; of the others none is to be looked through for them.
  await client.query(`create index on ${row} (row_number) where others is not null`);
}

/** Drops all tables of an attempt. */
export async function dropStaging(client: pg.ClientBase | pg.Pool, staging: Staging): Promise<void> {
  await dropTables(
    client,
    TABLES.map((table) => staging[table]),
  );
}

/** Drops some tables, whether they are there or not. */
export async function dropTables(client: pg.ClientBase | pg.Pool, tables: readonly string[]): Promise<void> {
  if (tables.length > 0) await client.query(`drop table if exists ${tables.join(', ')}`);
}

/**
 * Drops what workers that were killed have left behind: tables of submissions of this list, or of its jurisdiction that nobody will take in.
 * Those of another jurisdiction are left to its own workers: behind the wall it does not show whether one is at work.
 */
export async function dropLeftovers(client: pg.ClientBase, list: readonly [string, string, string]): Promise<void> {
  await dropFound(client, LEFTOVERS, list);
}

/** Drops all tables of a jurisdiction's submissions, for whoever holds all its lists: nobody is at work then. */
export async function dropAllLeftovers(client: pg.ClientBase, jurisdiction: string): Promise<void> {
  await dropFound(client, LEFTOVERS_OF_ALL, [jurisdiction]);
}

async function dropFound(client: pg.ClientBase, wanted: string, values: readonly string[]): Promise<void> {
  const found = await client.query<{ table: string }>(wanted, [...values]);
  await dropTables(
    client,
    found.rows.map(({ table }) => `take_in.${pg.escapeIdentifier(table)}`),
  );
}

const STAGED = `
select t.tablename as table
from pg_tables t
join submission s on s.id = substr(t.tablename, 2, 32)::uuid
where t.schemaname = 'take_in' and t.tablename ~ '^s[0-9a-f]{32}_'`;

const LEFTOVERS = `${STAGED}
  and (s.status not in ('QUEUED', 'WORKING') or (s.jurisdiction = $1 and s.agency = $2 and s.list = $3))`;

const LEFTOVERS_OF_ALL = `${STAGED} and s.jurisdiction = $1`;

/** The columns that {@link judgedLine} fills. */
export const JUDGED_COLUMNS = [
  ...(['row_number', 'kind', 'subject_key', 'key', 'attributes', 'valid_from', 'valid_to', 'content_hash'] as const),
  ...(['name', 'told_name', 'id_type', 'id_number', 'findings', 'cells', 'others', 'born', 'bare_name'] as const),
];

/** How a row is to be treated: it only adds (`P`), corrects (`C`), removes (`D`), or is not taken in (`R`). */
const KINDS = { ADD: 'P', CORRECT: 'C', REMOVE: 'D' } as const;

/**
 * A judged row as a line of COPY. What it says is there as it is kept (`name`: the key of the name), the rest in clear for as long as it is
 * compared.
 */
export function judgedLine(seal: PlaceSeal, judged: JudgedRow): string {
  const { row, rejected, subject, statement, findings, others, cells, change } = judged;
  const key = subject?.key ?? null;
  if (rejected || !subject) return `${row}\tR\t${key ?? NOTHING}${`\t${NOTHING}`.repeat(14)}\n`;
  const who = `${copyField(subject.idType)}\t${copyField(subject.idNumber)}`;
  const found = `${jsonField(findings.length > 0 ? findings : null)}\t${jsonField(statement ? null : cells)}`;
  const more = `${found}\t${jsonField(others.length > 0 ? others : null)}\t${bornAs(seal, judged)}`;
  if (!statement) return `${row}\t${KINDS[change]}\t${key}${`\t${NOTHING}`.repeat(7)}\t${who}\t${more}\n`;
  const { attributes, validFrom, validTo } = statement;
  const name = nameKeyOf(seal, attributes.name);
  const keyed = { ...statement, attributes: { ...attributes, name } };
  const json = canonicalAttributes(keyed.attributes);
  const hash = contentHashOf(seal, keyed, json);
  const kept = keptText(seal, key!, keyed, json);
  const said = `${copyField(statement.key)}\t${copyField(kept)}\t${validFrom ?? NOTHING}\t${validTo ?? NOTHING}`;
  return `${row}\tP\t${key}\t${said}\t${hash}\t${name}\t${copyField(attributes.name)}\t${who}\t${more}\n`;
}

/** What a row says as its claim will have it; mostly the very text that was hashed. */
function keptText(seal: PlaceSeal, subjectKey: string, { key, attributes }: RowStatement, json: string): string {
  const kept = sealNumber(seal, { subjectKey, key }, attributes);
  return kept === attributes ? json : canonicalAttributes(kept);
}

// The key of the bare name only where it is another than that of the name beside it.
function bornAs(seal: PlaceSeal, { nameAndBirth, statement }: JudgedRow): string {
  if (nameAndBirth === null) return `${NOTHING}\t${NOTHING}`;
  const { bareName, birthDate } = nameAndBirth;
  return `${birthDate}\t${bareName === statement?.attributes.name ? NOTHING : nameKeyOf(seal, bareName)}`;
}

const jsonField = (value: unknown): string => (value === null ? NOTHING : copyField(JSON.stringify(value)));
