import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { againAfterDeadlock, inTransaction, inTransactionOn } from '../../src/storage/in-transaction.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query('create table mark (word text); grant select, insert on mark to public');
});
beforeEach(() => database.pool.query('delete from mark'));
afterAll(() => database.close());

const marks = async (): Promise<unknown[]> => (await database.pool.query('select word from mark')).rows;
const broken = new Error('broken off');

test('what is done in a transaction is there, and what breaks off is not', async () => {
  await inTransaction(database.walled.of('130628'), (client) => client.query("insert into mark values ('kept')"));
  const breaking = inTransaction(database.walled.of('130628'), async (client) => {
    await client.query("insert into mark values ('lost')");
    throw broken;
  });
  await expect(breaking).rejects.toBe(broken);
  expect(await marks()).toEqual([{ word: 'kept' }]);
});

test('a connection that is held goes on after work that broke off, and keeps its session', async () => {
  const client = await database.pool.connect();
  try {
    await client.query("set application_name = 'held'");
    const breaking = inTransactionOn(client, async () => {
      await client.query("insert into mark values ('lost')");
      throw broken;
    });
    await expect(breaking).rejects.toBe(broken);
    expect(await marks()).toEqual([]);
    // Outside of any transaction: what is done now is there at once.
    await client.query("insert into mark values ('after')");
    expect(await marks()).toEqual([{ word: 'after' }]);
    expect((await client.query('show application_name')).rows).toEqual([{ application_name: 'held' }]);
  } finally {
    client.release(true);
  }
});

test('work that PostgreSQL ends because each waits for the other is done all the same', async () => {
  let bothHold: () => void;
  const held = new Promise<void>((resolve) => (bothHold = resolve));
  let holding = 0;
  let begun = 0;
  const work = (mine: number, others: number): Promise<void> =>
    againAfterDeadlock(() =>
      inTransaction(database.walled.of('130628'), async (client) => {
        begun += 1;
        await client.query('select pg_advisory_xact_lock($1)', [mine]);
        holding += 1;
        if (holding === 2) bothHold();
        await held;
        await client.query('select pg_advisory_xact_lock($1)', [others]);
        await client.query("insert into mark values ('done')");
      }),
    );
  await Promise.all([work(1, 2), work(2, 1)]);
  expect(await marks()).toHaveLength(2);
  expect(begun).toBe(3);
});
