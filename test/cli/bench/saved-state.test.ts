import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { saveState } from '../../../src/cli/bench/saved-state.ts';
import { testDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.pool.query(`
    create table made (
      id integer generated always as identity, place text, said json, twice text generated always as (place || place) stored,
      primary key (place, id)
    );
    create table made_child (id integer primary key, place text, made integer, foreign key (place, made) references made);
    create table audit_made (id integer primary key)`);
});
afterAll(() => database.close());

beforeEach(async () => {
  await database.pool.query(`
    truncate made, made_child, audit_made restart identity;
    insert into made (place, said) select 'p' || n, json_build_object('n', n) from generate_series(1, 500) n;
    insert into made_child select n, 'p' || n, n from generate_series(1, 400) n`);
});

const query = (sql: string) => database.pool.query(sql);
const contents = async () =>
  Promise.all(['made', 'made_child'].map(async (table) => (await query(`select * from ${table} order by id`)).rows));

test('rows added, changed, removed and replaced since are gone or back, and every hash says so', async () => {
  const before = await contents();
  const state = await saveState(database.pool);
  // Twice, since what was put back must be as good a ground as what was there at first.
  for (let time = 0; time < 2; time += 1) {
    await query(`delete from made_child where id <= 50`);
    await query(`delete from made where id between 10 and 20`);
    await query(`update made set said = '{"n":"changed"}' where id between 100 and 200`);
    await query(`update made set place = 'elsewhere' where id = 450`);
    await query(`insert into made (place, said) select 'new', '{}' from generate_series(1, 30)`);
    await query(`delete from made where id = 460`);
    await query(`insert into made (id, place, said) overriding system value values (460, 'p460', '{"n":0}')`);
    await expect(state.assertSame()).rejects.toThrow('made is not what it was before');
    await state.goBack();
    await state.assertSame();
    expect(await contents()).toEqual(before);
  }
});

test('a value that changed without a row more or less is seen', async () => {
  const state = await saveState(database.pool);
  await query(`update made_child set made = null where id = 7`);
  await expect(state.assertSame()).rejects.toThrow('made_child is not what it was before');
});

test('what refuses changes to a table does not refuse to go back, and refuses again afterwards', async () => {
  await query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'only added to'; end $$;
    create trigger only_added before update or delete on made for each statement execute function refuse()`);
  try {
    const state = await saveState(database.pool);
    await query(`insert into made (place, said) values ('new', '{}')`);
    await state.goBack();
    await state.assertSame();
    await expect(query('delete from made')).rejects.toThrow('only added to');
  } finally {
    await query('drop function refuse cascade');
  }
});

test('the audit log stays as it is: to it is only added', async () => {
  const state = await saveState(database.pool);
  await query(`insert into audit_made values (1)`);
  await state.goBack();
  await state.assertSame();
  expect((await query('select count(*)::integer as count from audit_made')).rows).toEqual([{ count: 1 }]);
});

test('a table without a primary key is told of before anything is measured', async () => {
  await query('create table made_loose (id integer)');
  try {
    await expect(saveState(database.pool)).rejects.toThrow('made_loose has no primary key');
  } finally {
    await query('drop table made_loose');
  }
});
