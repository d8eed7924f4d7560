import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7Ids } from '../../src/storage/ids.ts';
import { inTransaction } from '../../src/storage/in-transaction.ts';
import { keepMatters } from '../../src/storage/keep-matters.ts';
import { matterId } from '../../src/storage/review-rows.ts';
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

describe('a task about namesakes that is known by a hash of before', () => {
  const [one, other, third] = [randomUUID(), randomUUID(), randomUUID()].sort() as [string, string, string];
  const matter = (subjects: readonly string[], about = '~key|1980-05-15') =>
    ({ kind: 'SAME_NAME_OTHER_NUMBER', about, subjects }) as const;
  const told = (subjects: readonly string[], matters: readonly ReturnType<typeof matter>[]) =>
    inTransaction(database.walled.of(PLACE), async (client) => {
      const { seal } = database.walled.of(PLACE);
      await keepMatters(client, { ids: uuidv7Ids(), seal }, PLACE, subjects, matters, opened);
    });
  const settledOf = (subjects: readonly string[]): string =>
    JSON.stringify({ settlement: { kind: 'DIFFERENT_PEOPLE', subjects }, because: '', seen: { subjects, names: [] } });
  const tasks = async () =>
    (
      await database.pool.query<{ id: string; matter: string; state: string }>(
        `select id, matter, state from review_task where kind = 'SAME_NAME_OTHER_NUMBER' order by id`,
      )
    ).rows;

  it.each(['OPEN', 'SETTLED'])('is the task of those people still, where it is %s', async (state) => {
    await database.pool.query(`delete from review_task where kind = 'SAME_NAME_OTHER_NUMBER'`);
    const before = matterId({ kind: 'NUMBER_NOT_THEIR_OWN', about: '王芳|1980-05-15' });
    const id = randomUUID();
    await database.pool.query(
      `insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on, settlement)
       values ($1, $2, 'SAME_NAME_OTHER_NUMBER', $3, $4, $5, now(), now(), $6)`,
      [id, PLACE, before, state, [one, other], state === 'OPEN' ? null : settledOf([one, other])],
    );
    await told([one, other], [matter([one, other])]);
    expect(await tasks()).toEqual([{ id, matter: matterId(matter([one, other])), state }]);
  });

  it('waits, as it is, until all of those people have cards', async () => {
    await database.pool.query(`delete from review_task where kind = 'SAME_NAME_OTHER_NUMBER'`);
    const before = matterId({ kind: 'NUMBER_NOT_THEIR_OWN', about: '王芳|1980-05-15' });
    const id = randomUUID();
    await database.pool.query(
      `insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
       values ($1, $2, 'SAME_NAME_OTHER_NUMBER', $3, 'ASKED', $4, now(), now())`,
      [id, PLACE, before, [one, other]],
    );
    await told([one], []);
    await told([other], [matter([one, other])]);
    expect(await tasks()).toEqual([{ id, matter: matterId(matter([one, other])), state: 'ASKED' }]);
  });

  it('is another one where only one of them is concerned', async () => {
    await told([one, third], [matter([one, third], '~other|1980-05-15')]);
    expect(await tasks()).toHaveLength(2);
  });
});

for (const others of [0, 1_000]) {
  it(`sets aside exactly the tasks of those who are looked at, among ${others} others`, async () => {
    const [looked, left] = [randomUUID(), randomUUID()];
    await keep([looked, left], [looked, left]);

    await keep([looked, ...Array.from({ length: others }, () => randomUUID())], []);

    expect([await stateOf(looked), await stateOf(left)]).toEqual(['OBSOLETE', 'OPEN']);
  });
}
