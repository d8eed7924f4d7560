import { setImmediate as othersFirst } from 'node:timers/promises';
import pg from 'pg';
import { getList } from '../../lists/registry.ts';
import type { Agency, ListName } from '../../domain/intake/words.ts';
import type { PepperKeys } from '../../storage/subject-keys.ts';
import { copyIn, copyLine } from '../../storage/copy-in.ts';
import { sealAttributes } from '../../storage/sealed-claims.ts';
import { nameRow } from '../../storage/sealed-names.ts';
import { documentColumns } from '../../storage/sealed-numbers.ts';
import type { PlaceSeal } from '../../storage/sealing/place-seal.ts';
import type { BesideDatabase } from './beside-database.ts';
import { madePerson, PLACE, type MadeRow } from './made-persons.ts';

/** Persons whose rows make up one push of each list. */
const PERSONS_A_PUSH = 5_000;
/** Persons whose rows are made at a time. */
const PERSONS_AT_A_TIME = 100;
/** When the first push came in; the others follow by the minute. */
const FIRST_PUSH = Date.parse('2026-03-10T01:00:00Z');

const COLUMNS = {
  submission:
    'id, jurisdiction, agency, list, mode, idempotency_key, digest, received_at, rows_sent, rows_accepted, rows_unchanged, rows_flagged, rows_rejected, claims_added, claims_ended, taken_in_at, decided_at',
  identifier: 'jurisdiction, subject_key, id_type, sealed, birth_date, male',
  subject_name: 'jurisdiction, subject_key, name_key, sealed',
  subject_link: 'id, subject_key, jurisdiction, person_id, since, because, submission',
  claim:
    'id, jurisdiction, subject_key, agency, list, key, attributes, valid_from, valid_to, told_at, first_told_at, submission, row_number',
} as const;
type Table = keyof typeof COLUMNS;
const TABLES = Object.keys(COLUMNS) as Table[];

type Rows = Record<Table, unknown[][]>;

/** By what numbers become keys and are sealed. */
interface Numbers {
  readonly subjectKeys: PepperKeys;
  readonly seal: PlaceSeal;
}

/** One list of one agency, as far as it goes within a push. */
interface Push {
  readonly id: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly receivedAt: string;
  rows: number;
}

/**
 * Fills the tables with made-up persons as if their rows had been received, by COPY. Lists read the rows, so that claims and documents
 * are what the hub itself would have kept, sealed by its keys. Gives the number of claims.
 */
export async function fillDatabase(
  { ownerUrl, walled }: BesideDatabase,
  persons: number,
  subjectKeys: PepperKeys,
  signal: AbortSignal,
): Promise<number> {
  const clients = TABLES.map(() => new pg.Client({ connectionString: ownerUrl }));
  // Whoever waits on a connection that breaks hears of it; one that nobody waits on must not end the process.
  for (const client of clients) client.on('error', () => undefined);
  await Promise.all(clients.map((client) => client.connect()));
  try {
    return await fillThrough(clients, persons, { subjectKeys, seal: walled.of(PLACE).seal }, signal);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function fillThrough(
  clients: readonly pg.Client[],
  persons: number,
  numbers: Numbers,
  signal: AbortSignal,
): Promise<number> {
  const ids = countedIds();
  const copies = TABLES.map((table, index) => copyIn(clients[index]!, table, [COLUMNS[table]]));

  let claims = 0;
  let written: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < persons; first += PERSONS_A_PUSH) {
    for (const rows of partsOfPush(first, Math.min(first + PERSONS_A_PUSH, persons), numbers, ids)) {
      signal.throwIfAborted();
      claims += rows.claim.length;
      // The database takes in what was made before while this is being made.
      await written;
      written = Promise.all(TABLES.map((table, index) => copies[index]!.write(rows[table].map(lineOf).join(''))));
      // Told by the next turn; without a listener it would end the process in between.
      written.catch(() => undefined);
      await othersFirst();
    }
  }
  await written;
  await Promise.all(copies.map((copy) => copy.end()));
  await Promise.all(TABLES.map((table, index) => clients[index]!.query(`vacuum (analyze) ${table}`)));
  return claims;
}

const lineOf = (row: readonly unknown[]): string => copyLine(row.map(fieldOf));

function fieldOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number);
}

function* partsOfPush(from: number, to: number, { subjectKeys, seal }: Numbers, ids: () => string): Generator<Rows> {
  let rows = noRows();
  const pushes = new Map<string, Push>();
  const pushFor = ({ agency, list }: MadeRow): Push => {
    const name = `${agency} ${list}`;
    const minute = (from / PERSONS_A_PUSH) * 20 + pushes.size;
    const receivedAt = new Date(FIRST_PUSH + minute * 60_000).toISOString();
    const push = pushes.get(name) ?? { id: ids(), agency, list, receivedAt, rows: 0 };
    pushes.set(name, push);
    return push;
  };

  for (let index = from; index < to; index += 1) {
    const person = madePerson(index);
    const document = { idType: 'RESIDENT_ID', idNumber: person.idNumber } as const;
    const key = subjectKeys.keyOf(document);
    const pushed = person.rows.map((row) => ({ row, push: pushFor(row) }));
    const { id, receivedAt } = pushed[0]!.push;
    rows.identifier.push([PLACE, ...documentColumns(seal, { ...document, key })]);
    rows.subject_link.push([ids(), key, PLACE, key, receivedAt, 'SUBJECT_OF_ROW', id]);
    const names = new Set(pushed.map(({ row }) => row.cells['name'] as string));
    for (const name of names) rows.subject_name.push([PLACE, ...nameRow(seal, { subject: key, name })]);
    for (const { row, push } of pushed) rows.claim.push(claimOf(row, push, seal, key, ids()));
    if (rows.identifier.length === PERSONS_AT_A_TIME) {
      yield rows;
      rows = noRows();
    }
  }
  rows.submission.push(...[...pushes.values()].map(submissionOf));
  yield rows;
}

const noRows = (): Rows => ({ submission: [], identifier: [], subject_name: [], subject_link: [], claim: [] });

function claimOf(
  { agency, list, cells }: MadeRow,
  push: Push,
  seal: PlaceSeal,
  subjectKey: string,
  id: string,
): unknown[] {
  push.rows += 1;
  const definition = getList(list);
  const { attributes, from, to } = definition.read(cells);
  const told = push.receivedAt;
  const key = definition.keyOf(cells);
  const kept = sealAttributes(seal, { subjectKey, key }, attributes);
  return [id, PLACE, subjectKey, agency, list, key, kept, from, to, told, told, push.id, push.rows];
}

const submissionOf = ({ id, agency, list, receivedAt, rows }: Push): unknown[] => [
  ...[id, PLACE, agency, list, 'DELTA', id, id.replaceAll('-', '').padStart(64, '0'), receivedAt],
  ...[rows, rows, 0, 0, 0, rows, 0, receivedAt, receivedAt],
];

/** UUIDv7s that only count, so that the same persons have the same ids in every run. */
function countedIds(): () => string {
  let count = 0;
  return () => {
    const hex = (count++).toString(16).padStart(15, '0');
    return `0199${hex.slice(0, 4)}-0000-7${hex.slice(4, 7)}-8${hex.slice(7, 10)}-${hex.slice(10).padStart(12, '0')}`;
  };
}
