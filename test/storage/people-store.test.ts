import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { peopleStore } from '../../src/storage/people-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const PLACE = '130628';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** How many cards and tasks there are of somebody. */
async function keptOf(person: string): Promise<{ readonly cards: number; readonly tasks: number }> {
  const { rows } = await database.pool.query(
    `select (select count(*)::int from person_card where person_id = $1) as cards,
       (select count(*)::int from review_task where subjects = array[$1::uuid]) as tasks`,
    [person],
  );
  return rows[0];
}

it('keeps a card and the task that follows from it, and neither where the work on them breaks off', async () => {
  const person = randomUUID();
  const card = { person, name: '王芳', bareName: '王芳', birthDate: '1980-05-15', householdNumber: null };
  const matter = { kind: 'NUMBER_NOT_THEIR_OWN', about: person, subjects: [person] } as const;
  const keep = (end: () => void): Promise<void> =>
    peopleStore(database.walled, uuidv7Ids()).inTransaction(PLACE, async ({ cards, keepMatters }) => {
      await cards.replace(PLACE, [person], [person], [{ ...card, regionCode: null, deceased: false }]);
      await keepMatters(PLACE, [person], [matter], { at: new Date(Date.UTC(2025, 10, 1)), dueOn: '2025-11-30' });
      end();
    });

  const breakOff = (): never => {
    throw new Error('broken off');
  };
  await expect(keep(breakOff)).rejects.toThrow('broken off');
  expect(await keptOf(person)).toEqual({ cards: 0, tasks: 0 });

  await keep(() => undefined);
  expect(await keptOf(person)).toEqual({ cards: 1, tasks: 1 });
});
