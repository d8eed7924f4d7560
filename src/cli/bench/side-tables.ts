import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../storage/database.ts';
import { answerOf, bodyFor, doorOf, type Asked, type Operation } from './hub-answers.ts';
import type { ListHub } from './lists/list-hub.ts';
import { madePerson } from './made-persons.ts';
import { seededRandom } from './random.ts';
import { SIDE_TABLES } from './raw-role.ts';

/** Persons of one request for many. */
export const PERSONS_A_REQUEST = 100;

/** What it takes to fill the tables of the bare answer. */
export interface SideTables {
  readonly database: Database;
  readonly hub: ListHub;
  /** How many persons there are. */
  readonly persons: number;
  /** How many of them are asked for. */
  readonly sample: number;
}

interface PersonAnswer {
  readonly id: string;
  readonly name: string | null;
  readonly idNumber: { readonly masked: string };
  readonly birthDate: string | null;
  readonly sex: string | null;
  readonly death: { readonly status: string; readonly diedOn: string | null };
  readonly benefit: unknown;
}

/** Chooses the persons to ask for, has the hub answer about them, and keeps that for the bare answer. Gives their numbers. */
export async function fillSideTables({ database, hub, persons, sample }: SideTables): Promise<string[]> {
  const random = seededRandom(persons);
  const indexes = new Set<number>();
  while (indexes.size < sample) indexes.add(random.below(persons));
  const asked = [...indexes].map((index) => madePerson(index).idNumber);

  await database.pool.query(SIDE_TABLES);
  const door = await doorOf(hub);
  for (const numbers of batchesOf(asked)) {
    const one = await Promise.all(numbers.map(async (number) => (await answerOf(door, bodyFor(number)))['person']));
    const many = (await answerOf(door, bodyFor(numbers)))['people'];
    await keep(database, 'PersonDecision', one as PersonAnswer[]);
    await keep(database, 'PeopleDecisions', many as PersonAnswer[]);
  }
  await database.pool.query('vacuum (analyze) bench.person, bench.decision');
  return asked;
}

/** So many at a time as one request asks for. */
export function batchesOf(numbers: readonly string[]): string[][] {
  const batches: string[][] = [];
  for (let first = 0; first < numbers.length; first += PERSONS_A_REQUEST) {
    batches.push(numbers.slice(first, first + PERSONS_A_REQUEST));
  }
  return batches;
}

// A person of one document has that document's subject key as id.
async function keep({ pool }: Database, operation: Operation, persons: readonly PersonAnswer[]): Promise<void> {
  const rows = persons.map(({ id, name, idNumber, birthDate, sex, death, benefit }) => ({
    ...{ key: id, name, masked: idNumber.masked, birth: birthDate, sex, status: death.status, died: death.diedOn },
    // As text: PostgreSQL would keep it, but a `json` within a `json` comes back with the spaces of its surroundings.
    benefit: JSON.stringify(benefit),
  }));
  const asJson = JSON.stringify(rows);
  await pool.query(
    `insert into bench.person
     select key, key, name, masked, birth, sex, status, died
     from json_to_recordset($1) as r(key uuid, name text, masked text, birth text, sex text, status text, died text)
     on conflict do nothing`,
    [asJson],
  );
  await pool.query(
    `insert into bench.decision
     select $1, key, benefit::json from json_to_recordset($2) as r(key uuid, benefit text)`,
    [operation, asJson],
  );
}

/** An answer without the moment at which it was given: the bare one says when the hub was asked before. */
const withoutMoment = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer), (name, value: unknown) => (name === 'knownAt' ? undefined : value));

/** Throws unless hub and bare answer say the same of the first persons asked for, each in either way of asking. */
export async function assertSameAnswers(hub: Asked, raw: Asked, asked: readonly string[]): Promise<void> {
  const bodies = [...asked.slice(0, 20).map((number) => bodyFor(number)), bodyFor(asked.slice(0, PERSONS_A_REQUEST))];
  for (const body of bodies) {
    const [ours, bare] = [await answerOf(hub, body), await answerOf(raw, body)].map(withoutMoment);
    if (!isDeepStrictEqual(ours, bare)) throw new Error('hub and bare answer do not say the same');
  }
}
