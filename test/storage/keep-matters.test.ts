import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { inTransaction } from '../../src/storage/in-transaction.ts';
import { keepMatters } from '../../src/storage/keep-matters.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const PLACE = '130628';
const opened = { at: new Date(Date.UTC(2025, 10, 1)), dueOn: '2025-11-30' };

const keep = (subjects: readonly string[], about: readonly string[]): Promise<void> =>
  inTransaction(database.walled.of(PLACE), async (client) => {
    const { seal } = database.walled.of(PLACE);
    const matters = about.map((key) => ({ kind: 'NUMBER_NOT_THEIR_OWN', about: key, subjects: [key] }) as const);
    await keepMatters(client, { ids: uuidv7Ids(), seal }, PLACE, subjects, matters, opened);
  });

async function stateOf(subject: string): Promise<string | undefined> {
  const found = await database.pool.query<{ state: string }>(
    'select state from review_task where jurisdiction = $1 and subjects = array[$2::uuid]',
    [PLACE, subject],
  );
  return found.rows[0]?.state;
}

for (const others of [0, 1_000]) {
  it(`sets aside exactly the tasks of those who are looked at, among ${others} others`, async () => {
    const [looked, left] = [randomUUID(), randomUUID()];
    await keep([looked, left], [looked, left]);

    await keep([looked, ...Array.from({ length: others }, () => randomUUID())], []);

    expect([await stateOf(looked), await stateOf(left)]).toEqual(['OBSOLETE', 'OPEN']);
  });
}
