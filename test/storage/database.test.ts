import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import { migrations } from '../../src/storage/migrations/migrations.ts';
import { asOwner, newDatabase } from '../support/database.ts';

describe('a server of the site', () => {
  test('several hubs that start at once on an empty database migrate it once', async () => {
    const url = await newDatabase({ migrated: false });
    const opened = await Promise.all(
      [1, 2, 3].map(() => openDatabase({ kind: 'server', url, ownerUrl: asOwner(url) })),
    );
    const ran = await opened[0]!.pool.query<{ name: string }>('select name from mikro_orm_migrations');
    expect(ran.rows).toEqual(migrations.map(({ name }) => ({ name })));
    await Promise.all(opened.map((each) => each.close()));
  });

  test('a migration that came after later ones is caught up on', async () => {
    const url = await newDatabase({ migrated: true });
    const owner = new pg.Client(asOwner(url));
    await owner.connect();
    await owner.query('drop table emergency');
    await owner.query("delete from mikro_orm_migrations where name = '0019-emergencies'");
    await owner.end();
    const opened = await openDatabase({ kind: 'server', url, ownerUrl: asOwner(url) });
    const { rows } = await opened.pool.query('select count(*)::int as emergencies from emergency');
    expect(rows).toEqual([{ emergencies: 0 }]);
    await opened.close();
  });

  test('the database is made where it is missing', async () => {
    const url = new URL(await newDatabase({ migrated: false }));
    url.pathname += '_made';
    const database = await openDatabase({ kind: 'server', url: url.toString(), ownerUrl: asOwner(url.toString()) });
    expect(await database.isReady()).toBe(true);
    await database.close();
    expect(await database.isReady()).toBe(false);
  });

  test('a day comes as its text and an instant as a Date', async () => {
    const database = await openDatabase({ kind: 'server', url: await newDatabase({ migrated: true }) });
    const read = await database.pool.query(
      "select date '2024-02-29' as day, timestamptz '2024-03-01 00:00+08' as instant",
    );
    expect(read.rows).toEqual([{ day: '2024-02-29', instant: new Date('2024-02-29T16:00:00Z') }]);
    await database.close();
  });

  test('every key of a spread table holds the column it is spread by', async () => {
    const database = await openDatabase({ kind: 'server', url: await newDatabase({ migrated: true }) });
    const spread = {
      claim: 'subject_key',
      identifier: 'subject_key',
      subject_link: 'subject_key',
      submission_block: 'submission',
      decision: 'person_id',
      decision_change: 'person_id',
      person_card: 'person_id',
    };
    for (const [table, column] of Object.entries(spread)) {
      const keys = await database.pool.query<{ columns: string[] }>(UNIQUE_KEYS, [table]);
      expect(keys.rowCount).toBeGreaterThan(0);
      for (const { columns } of keys.rows) expect(columns).toContain(column);
    }
    const foreign = await database.pool.query("select from pg_constraint where contype = 'f'");
    expect(foreign.rowCount).toBe(0);
    await database.close();
  });
});

const UNIQUE_KEYS = `
select array_agg(a.attname::text) as columns
from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = $1::regclass and i.indisunique
group by i.indexrelid`;

describe('the embedded server', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'yidang-embedded-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const source = (dir: string) => ({ kind: 'embedded', dir: join(folder, dir), fast: true }) as const;

  test('keeps what was stored, and refuses a second hub on its folder meanwhile', async () => {
    const first = await openDatabase(source('kept'));
    await first.pool.query("insert into replayed_assertion values ('x', now())");
    await expect(openDatabase(source('kept'))).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await first.close();

    const second = await openDatabase(source('kept'));
    expect((await second.pool.query('select from replayed_assertion')).rowCount).toBe(1);
    await second.close();
  });

  test('works below a path too long for a socket', async () => {
    const database = await openDatabase(source('long'.repeat(30)));
    expect(await database.isReady()).toBe(true);
    await database.close();
  });

  test('a server that a killed hub left behind is taken over', async () => {
    const module = JSON.stringify(resolve('src/storage/database.ts'));
    const open = JSON.stringify(source('orphaned'));
    const code = `const { openDatabase } = await import(${module});
      const database = await openDatabase(${open});
      await database.pool.query("insert into replayed_assertion values ('x', now())");
      console.log('ready'); setInterval(() => {}, 1000);`;
    const hub = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(hub.stdout, 'data');
    hub.kill('SIGKILL');
    await once(hub, 'exit');

    const database = await openDatabase(source('orphaned'));
    expect((await database.pool.query('select from replayed_assertion')).rowCount).toBe(1);
    await database.close();
  });
});
