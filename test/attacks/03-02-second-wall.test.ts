import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../src/storage/agency-keys.ts';
import { agencyKeys } from '../../src/storage/agency-keys.ts';
import { openDatabase, openPool } from '../../src/storage/database.ts';
import { nameKeyOf } from '../../src/storage/name-keys.ts';
import { personStore } from '../../src/storage/person-store.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { walledDatabase, type WalledDatabase } from '../../src/storage/walled-database.ts';
import { NOBODYS, RIGHTS } from '../../src/storage/wall.ts';
import { seededRandom } from '../../src/cli/bench/random.ts';
import { entriesOf } from '../support/audit.ts';
import { asOwner, newDatabase, testDatabase, type TestDatabase } from '../support/database.ts';
import { testHub, type HubResponse } from '../support/hub.ts';
import { residentId } from '../support/id-numbers.ts';
import { READS, readThrough, type Known } from '../support/store-reads.ts';
import { intakeOn, type Intake } from '../support/two-ways.ts';

// Section 3.2 of the security programme, lines 34 to 38: the second wall between jurisdictions, and who could take it down.

const [OWN, FOREIGN, NOWHERE] = ['130628', '140405', '999999'];
/** As many requests as line 35 names with `ATTACK_ROUNDS=10000`. */
const ROUNDS = Number(process.env['ATTACK_ROUNDS'] ?? 3_000);

let database: TestDatabase;
let intake: Intake;
beforeAll(async () => {
  database = await testDatabase();
  intake = intakeOn(database);
  // The same persons in both places, so that only the place tells their rows apart.
  for (const place of [OWN, FOREIGN]) await fill(place!);
});
afterAll(() => database.close());

async function fill(place: string): Promise<void> {
  const rows = [1, 2].map((who) => ({
    name: '王芳',
    idNumber: residentId(who),
    category: '低保对象',
    from: '2025-01-01',
  }));
  await intake.push(place, {
    agency: 'civil-affairs',
    list: 'hardship',
    idempotencyKey: 'same-key',
    rows: [...rows, { name: ' ', idNumber: residentId(3), category: '低保对象', from: '2025-01-01' }],
  });
  const residents = [
    {
      name: '王芳',
      idNumber: residentId(1),
      householdNumber: 'H1',
      registration: 'HUKOU',
      regionCode: '130628',
      from: '2020-01-01',
    },
  ];
  await intake.push(place, { agency: 'public-security', list: 'residents', rows: residents });
  for (const statement of REST) await database.pool.query(statement, [place]);
  // The keys of the neighbour's names as well: by those of their own, nobody of elsewhere could be found without a wall either.
  for (const named of [OWN!, FOREIGN!]) {
    await database.pool.query(CARDS, [place, nameKeyOf(database.walled.of(named).seal, '王芳'), named]);
  }
}

/** Cards of whoever is told of, and of somebody beside them. */
const CARDS = `
insert into person_card (person_id, jurisdiction, bare_name, birth_date, household_number, deceased)
select case when $3 = $1 then person_id else md5(person_id::text)::uuid end, jurisdiction, $2, '1950-01-01', 'H1', false
from subject_link where jurisdiction = $1`;

/** What jobs, reviews and comparisons would add. */
const REST = [
  `update submission set status = 'FAILED' where jurisdiction = $1 and list = 'residents'`,
  `insert into decision_kind select '00000000-0000-0000-0000-000000000001', 'DECIDED', null, null, 0, 0, 0, null, null, '{}', ''
   where $1::text <> '' on conflict do nothing`,
  `insert into decision_set (jurisdiction, pack, generation, pack_digest, as_of, built_at, wanted_digest, wanted_as_of)
   values ($1, 'p', 1, 'd', '2026-01-01', now(), 'd', '2026-01-01')`,
  `insert into decision select person_id, jurisdiction, 'p', 1, '00000000-0000-0000-0000-000000000001', null
   from subject_link where jurisdiction = $1`,
  `insert into change_cause values (md5($1)::uuid, $1, 'p', '2026-01-01', now(), 'LISTS', '{}')`,
  `insert into decision_change select md5($1 || person_id)::uuid, jurisdiction, person_id, md5($1)::uuid, null,
   '00000000-0000-0000-0000-000000000001' from subject_link where jurisdiction = $1`,
  `insert into review_task (id, jurisdiction, kind, matter, state, subjects, opened_at, due_on)
   select md5('t' || $1)::uuid, $1, 'DOCUMENTS_IN_CONFLICT', md5($1)::uuid, 'OPEN', array_agg(subject_key), now(), '2030-01-01'
   from subject_link where jurisdiction = $1`,
  `insert into review_step (task, version, did, at, difference, jurisdiction) values (md5('t' || $1)::uuid, 1, 'OPENED', now(), '[]', $1)`,
  `insert into correction_request (id, jurisdiction, task, asked_by_agency, asked_at, due_on, agency, list, submission, row_number,
   subject_key, about, reason, state) select md5('c' || $1)::uuid, $1, md5('t' || $1)::uuid, 'tax', now(), '2030-01-01', 'civil-affairs',
   'hardship', submission, row_number, subject_key, 'name', 'x', 'OPEN' from claim where jurisdiction = $1 limit 1`,
  `insert into comparison values (md5('p' || $1)::uuid, $1, 'medical-insurance', 'p', 2026, 'x', 'd', '2026-01-01', now(), now(), 'DONE',
   1, 1, '{}', now())`,
  `insert into comparison_person (comparison, person_id, difference, jurisdiction)
   select md5('p' || $1)::uuid, person_id, '{}', $1 from subject_link where jurisdiction = $1`,
  `insert into subject_settlement (id, jurisdiction, subject_key, other_key, same, task, since)
   select md5('s' || $1)::uuid, $1, min(subject_key::text)::uuid, max(subject_key::text)::uuid, false, md5('t' || $1)::uuid, now()
   from subject_link where jurisdiction = $1`,
];

/** The application's own filter, however a statement spells it. */
const FILTER = /(\w+\.)?jurisdiction( \|\| '')? = (\$1|t\.jurisdiction|l\.jurisdiction|c\.jurisdiction)/g;

/** Statements with the application's filter taken out of them; the parameters stay where they are. */
const withoutFilter = (walled: WalledDatabase): WalledDatabase => ({
  of: (jurisdiction) => {
    const inside = walled.of(jurisdiction);
    const strip = (text: string): string => text.replace(FILTER, '($$1::text is not null)');
    return {
      ...inside,
      query: (statement, values) =>
        typeof statement === 'string'
          ? inside.query(strip(statement), values)
          : inside.query(strip(statement.text), statement.values as unknown[]),
    };
  },
});

/** Statements that ask for one place where the wall was told another. */
const told = (place: string, walled: WalledDatabase): WalledDatabase => ({ of: () => walled.of(place) });

describe('the application’s filter is removed', () => {
  it.each(READS)('34. $name tells no row of another jurisdiction', async (read) => {
    const known = await knownOf(FOREIGN!);
    const own = await knownOf(OWN!);
    const honest = await readThrough(read, database.walled, OWN!, own);
    expect(isEmpty(honest)).toBe(false);

    // Without the filter, the wall alone gives the same; without the wall it would not, so that the filter was there to be removed.
    expect(await readThrough(read, withoutFilter(database.walled), OWN!, own)).toEqual(honest);
    const unwalled = withoutFilter(walledDatabase(database.pool, database.sealing));
    if (read.filtered) expect(await readThrough(read, unwalled, OWN!, own).catch(() => 'too many')).not.toEqual(honest);

    // Asking for another's rows by their own ids, past the filter: as if there were no such place.
    const answer = await readThrough(read, told(OWN!, database.walled), FOREIGN!, known);
    expect(answer).toEqual(await readThrough(read, database.walled, NOWHERE!, known));
  });

  it('34. every table of a jurisdiction shows its own rows, and without one none; nothing of another is changed or added', async () => {
    const tables = await walledTables(database.pool);
    expect(tables.length).toBeGreaterThan(15);
    for (const table of tables) {
      const count = async (client: Pick<pg.Pool, 'query'>, where = ''): Promise<number> =>
        (await client.query(`select count(*)::integer as n from ${table} ${where}`)).rows[0].n;
      expect([table, await count(database.hubPool)]).toEqual([table, 0]);
      const shown = await database.walled.of(OWN!).query(`select count(*)::integer as n from ${table}`);
      expect([table, shown.rows[0]!.n]).toEqual([table, await count(database.pool, `where jurisdiction = '${OWN}'`)]);
      const of = database.walled.of(OWN!);
      if (RIGHTS[table]!.includes('update')) {
        const changed = await of.query(
          `update ${table} set jurisdiction = jurisdiction where jurisdiction = '${FOREIGN}'`,
        );
        expect([table, changed.rowCount]).toEqual([table, 0]);
      }
      if (RIGHTS[table]!.includes('delete')) {
        const deleted = await of.query(`delete from ${table} where jurisdiction = '${FOREIGN}'`);
        expect([table, deleted.rowCount]).toEqual([table, 0]);
      }
      // Its own row as another's: with every other condition of the table met.
      const hasNone = (await count(database.pool)) === 0;
      const columns = await columnsOf(table);
      const moving = of.query(`insert into ${table} ${asAnothers(columns, table)}`);
      if (!hasNone) await expect(moving, table).rejects.toMatchObject({ code: '42501' });
      else await moving.catch(() => undefined);
    }
  });

  it('34. every table of the hub is behind the wall or says why it is not, and has its rights', async () => {
    const found = await database.pool.query<{ name: string; walled: boolean }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity
         and exists (select from pg_policy p where p.polrelid = c.oid) as walled
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
    );
    for (const { name, walled } of found.rows) {
      expect([name, walled]).toEqual([name, !Object.hasOwn(NOBODYS, name)]);
      expect(Object.keys(RIGHTS)).toContain(name);
    }
    expect(found.rows.map(({ name }) => name).sort()).toEqual(Object.keys(RIGHTS).sort());
  });
});

describe('many agencies over few connections', () => {
  it(`35. ${ROUNDS} mixed requests, some of them broken off, leave nothing of one to another`, async () => {
    const places = [OWN!, FOREIGN!, '130629', '341302', NOWHERE!];
    const agencies = Array.from({ length: 100 }, (_, index) => places[index % places.length]!);
    const pool = openPool(database.source.url, { poolSize: 8 });
    const walled = walledDatabase(pool);
    const random = seededRandom(35);
    const foreign = { rows: 0, settings: 0, seen: 0 };
    const look = async (place: string): Promise<void> => {
      const { rows } = await walled
        .of(place)
        .query<{ jurisdiction: string }>(
          'select jurisdiction from claim union all select jurisdiction from subject_link',
        );
      foreign.seen += rows.length;
      foreign.rows += rows.filter(({ jurisdiction }) => jurisdiction !== place).length;
    };
    const bare = async (): Promise<void> => {
      const { rows } = await pool.query<{ is: string | null; n: number }>(
        `select current_setting('hub.jurisdiction', true) as is, (select count(*)::integer from claim) as n`,
      );
      foreign.settings += rows[0]!.is ? 1 : 0;
      foreign.rows += rows[0]!.n;
    };
    const breaks: ((place: string) => Promise<unknown>)[] = [
      (place) => walled.of(place).query('select 1 / 0 from claim'),
      (place) => walled.of(place).query('no statement at all'),
      (place) => walled.of(place).query('select pg_cancel_backend(pg_backend_pid()), pg_sleep(5)'),
      (place) => walled.of(place).query('select pg_terminate_backend(pg_backend_pid())'),
      (place) => walled.of(place).query('select $1::uuid', ['no uuid']),
      async (place) => {
        const client = await walled.of(place).begin();
        await client.query('select 1 / 0').finally(() => client.query('rollback').then(() => client.release()));
      },
      async (place) => {
        const client = await walled.of(place).begin();
        await client.query('commit');
        client.release();
      },
    ];
    const request = async (): Promise<void> => {
      const place = agencies[random.below(agencies.length)]!;
      const kind = random.below(10);
      if (kind < 5) return look(place);
      if (kind < 8) return bare();
      await breaks[random.below(breaks.length)]!(place).catch(() => undefined);
    };
    let left = ROUNDS;
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        while (left > 0) {
          left -= 1;
          await request();
        }
      }),
    );
    await pool.end();
    expect(foreign.seen).toBeGreaterThan(0);
    expect(foreign).toMatchObject({ rows: 0, settings: 0 });
  }, 300_000);
});

describe('the role of the hub’s processes', () => {
  const DENIED: readonly string[] = [
    'set role postgres',
    'set session authorization postgres',
    'alter role hub_app superuser',
    'alter role hub_app bypassrls',
    'alter table claim disable row level security',
    'alter table claim no force row level security',
    'drop policy own_jurisdiction on claim',
    'create policy mine on claim using (true)',
    'alter table claim owner to hub_app',
    'create table mine (x int)',
    'create schema mine',
    'create function mine() returns int language sql security definer as $$ select 1 $$',
    'truncate claim',
    'delete from claim',
    'update identifier set id_number = id_number',
    'update audit_entry set body = body',
    'delete from audit_entry',
    'truncate audit_entry',
    'set row_security = off; select * from claim',
    'set session_replication_role = replica',
    'copy claim to program $$cat$$',
    "select lo_import('/etc/passwd')",
    "select pg_read_file('postgresql.conf')",
  ];
  it.each(DENIED)('36. %s is an error', async (statement) => {
    const client = await database.walled.of(OWN!).begin();
    await expect(client.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|42704|0A000|55P02|25001)$/),
    });
    client.release(true);
  });

  it.each(['reset all', 'reset hub.jurisdiction', 'discard all', `select set_config('hub.jurisdiction', null, false)`])(
    '36. after %s nothing is seen',
    async (statement) => {
      const client = await database.hubPool.connect();
      await client.query(`set hub.jurisdiction = '${OWN}'`);
      expect((await client.query('select from claim')).rowCount).toBeGreaterThan(0);
      await client.query(statement);
      expect((await client.query('select from claim')).rowCount).toBe(0);
      await expect(
        client.query(`insert into replayed_assertion values ('${randomUUID()}', now())`),
      ).resolves.toBeDefined();
      client.release(true);
    },
  );

  it('36. a jurisdiction that is no name of one stays a text, and none', async () => {
    for (const place of [`x'; set role postgres; --`, `130628' or '1'='1`, '%', '', '\\', '$1', '"', `130628\n`]) {
      const { rows } = await database.walled
        .of(place)
        .query('select current_user::text as role, (select count(*)::integer from claim) as n');
      expect(rows).toEqual([{ role: 'hub_app', n: 0 }]);
      const client = await database.walled.of(place).begin();
      expect((await client.query('select from claim')).rowCount).toBe(0);
      await client.query('rollback');
      client.release();
    }
  });

  it('36. a hub does not start as a role that could take the wall down, nor without it', async () => {
    const url = await newDatabase({ migrated: true });
    const owner = openPool(asOwner(url), { poolSize: 1 });
    const refused = (problem: object) =>
      expect(openDatabase({ kind: 'server', url })).rejects.toMatchObject({
        code: 'DATABASE_UNSAFE',
        problems: [problem],
      });
    try {
      await expect(openDatabase({ kind: 'server', url: asOwner(url) })).rejects.toMatchObject({
        problems: [{ variable: 'DATABASE_URL', en: expect.stringContaining('SUPERUSER') }],
      });
      await owner.query('grant create on schema public to hub_app');
      await refused({ variable: 'DATABASE_URL', en: expect.stringContaining('CREATE') });
      await owner.query('revoke create on schema public from hub_app');

      await owner.query('alter table claim no force row level security');
      await refused({ variable: 'DATABASE_OWNER_URL', en: expect.stringContaining('claim') });
      await owner.query('alter table claim force row level security');

      await owner.query('alter policy own_jurisdiction on claim using (true)');
      await refused({ variable: 'DATABASE_OWNER_URL', en: expect.stringContaining('claim') });
      await owner.query(
        `alter policy own_jurisdiction on claim using (jurisdiction = current_setting('hub.jurisdiction', true))`,
      );

      await owner.query('create table later (jurisdiction text)');
      await refused({ variable: 'DATABASE_OWNER_URL', en: expect.stringContaining('later') });
      await owner.query('alter table later owner to hub_app');
      await expect(openDatabase({ kind: 'server', url })).rejects.toMatchObject({
        problems: [
          { variable: 'DATABASE_URL', en: expect.stringContaining('OWNER (later)') },
          { variable: 'DATABASE_OWNER_URL' },
        ],
      });
      await owner.query('drop table later');

      await owner.query(`delete from mikro_orm_migrations where name = '0015-second-wall'`);
      await refused({ variable: 'DATABASE_OWNER_URL', en: expect.stringContaining('0015-second-wall') });
    } finally {
      await owner.end();
    }
  });
});

describe('another’s rows as obstacles', () => {
  it('37. a key that another jurisdiction has used is as good as a fresh one', async () => {
    const hub = await testHub({ work: 'elsewhere' });
    try {
      const push = async (client: string, idempotencyKey: string) => {
        const rows = [{ name: '王芳', idNumber: residentId(1), category: '低保对象', from: '2025-01-01' }];
        const { status, body } = await hub.ask(client, {
          documentId: 'PushHardship',
          variables: { input: { idempotencyKey, rows } },
        });
        const { id: _id, receipt: _receipt, ...rest } = body.data.pushHardship;
        return { status, errors: body.errors, rest };
      };
      const taken = await push('130628:civil-affairs', 'taken');
      expect(taken.status).toBe(200);
      // The same person under the same key, of whom the other place has rows: as where neither is known to anybody.
      expect(await push('140405:civil-affairs', 'taken')).toEqual(taken);
      expect(await push('341302:civil-affairs', 'fresh')).toEqual(taken);
    } finally {
      await hub.stop();
    }
  });

  it('37. a submission of another is as one that never was', async () => {
    const own = await submissionStore(database.walled).page(FOREIGN!, {}, 1, null);
    const id = own.items[0]!.id;
    const store = submissionStore(database.walled);
    expect(await store.find(OWN!, id)).toEqual(await store.find(OWN!, randomUUID()));
    expect(await store.rows(OWN!, id, null, 10, null)).toEqual(await store.rows(OWN!, randomUUID(), null, 10, null));
  });
});

const OPERATORS: readonly unknown[] = [
  { $ne: null },
  { $like: '%' },
  { __raw: true, sql: '1=1' },
  { $or: [{}, {}] },
  { "a' or 1=1 --": 1 },
  { 'a"->>b': 1 },
  { constructor: { prototype: {} } },
  [{ $gt: '' }],
  ['x', { $ne: 1 }],
];

describe('operators in place of values', () => {
  it('38. any scalar of a published operation refuses them, and nothing is answered or kept', async () => {
    const hub = await testHub({ work: 'elsewhere' });
    try {
      const id = residentId(1);
      const ask = (documentId: string, variables: object) =>
        hub.ask('130628:medical-insurance', { documentId, variables });
      for (const value of OPERATORS) {
        const row = { name: '王芳', idNumber: id, category: '低保对象', from: '2025-01-01' };
        const asking = () => [
          ask('PersonRecord', { idNumber: value, purpose: 'LIST_VERIFICATION' }),
          ask('PersonDecision', { idNumber: value, purpose: 'LIST_VERIFICATION', policyYear: 2026 }),
          ask('PersonDecision', { idNumber: id, purpose: 'LIST_VERIFICATION', policyYear: value }),
          ...Object.keys(row).map((column) =>
            hub.ask('130628:civil-affairs', {
              documentId: 'PushHardship',
              variables: { input: { idempotencyKey: `k-${column}`, rows: [{ ...row, [column]: value }] } },
            }),
          ),
          hub.ask('130628:civil-affairs', {
            documentId: 'PushHardship',
            variables: { input: { idempotencyKey: value, rows: [row] } },
          }),
        ];
        let answers: readonly HubResponse[] = [];
        const entries = await entriesOf(hub.databaseUrl, async () => {
          answers = await Promise.all(asking());
        });
        for (const { status, text, body } of answers) {
          expect([status, body.data ?? null]).toEqual([400, null]);
          expect(new Set(body.errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
          expect(text).not.toMatch(/1=1|prototype|\$ne|\$like/);
        }
        // One entry for each, that names why, who and by which key, and nothing of what was sent.
        expect(new Set(entries.map(({ request }) => request)).size).toBe(answers.length);
        expect(entries.map(({ decision, reason }) => [decision, reason])).toEqual(
          answers.map(() => ['DENIED', 'BAD_USER_INPUT']),
        );
        for (const { key } of entries) expect(key).toMatch(/^[\w-]{43}$/);
        expect(JSON.stringify(entries)).not.toMatch(/1=1|prototype|\$ne|\$like|\d{17}[\dX]/);
      }
      const pool = openPool(hub.databaseUrl, { poolSize: 1 });
      expect((await pool.query('select from submission')).rowCount).toBe(0);
      await pool.end();
    } finally {
      await hub.stop();
    }
  }, 120_000);

  it('38. a store that is handed one finds nothing by it', async () => {
    const keys = agencyKeys(database);
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    };
    await keys.add(OWN!, 'tax', 'thumb', jwk as PublicJwk, new Date());
    expect(await keys.find(OWN!, 'tax')).toHaveLength(1);
    for (const value of OPERATORS) {
      const found = await keys.find(OWN!, value as never).catch(() => []);
      expect(found).toEqual([]);
      const byPlace = await keys.find(value as never, 'tax').catch(() => []);
      expect(byPlace).toEqual([]);
      const persons = await personStore(database.walled)
        .findBySubjects(OWN!, [value as never], new Date())
        .catch(() => new Map());
      expect(persons.size).toBe(0);
    }
  });
});

async function walledTables(pool: pg.Pool): Promise<readonly string[]> {
  const found = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'jurisdiction'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );
  return found.rows.map(({ name }) => name);
}

async function columnsOf(table: string): Promise<readonly { name: string; type: string }[]> {
  const found = await database.pool.query<{ name: string; type: string }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`,
    [table],
  );
  return found.rows;
}

/** Adds one jurisdiction's rows once more as another's, with fresh ids. */
function asAnothers(columns: readonly { name: string; type: string }[], table: string): string {
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const values = columns.map(({ name, type }) =>
    name === 'jurisdiction' ? `'${FOREIGN}'` : type === 'uuid' && name === 'id' ? 'gen_random_uuid()' : `"${name}"`,
  );
  return `(${names}) select ${values.join(', ')} from ${table} limit 1`;
}

async function knownOf(place: string): Promise<Known> {
  const { rows } = await database.pool.query<Known>(
    `select array(select subject_key from subject_link where jurisdiction = $1 order by 1) as subjects,
       array(select distinct person_id from subject_link where jurisdiction = $1 order by 1) as persons,
       (select id from submission where jurisdiction = $1 and list = 'hardship') as submission,
       md5('t' || $1)::uuid as task, md5('c' || $1)::uuid as correction, md5('p' || $1)::uuid as comparison`,
    [place],
  );
  return rows[0]!;
}

function isEmpty(answer: unknown): boolean {
  return (
    answer === undefined ||
    JSON.stringify(answer, (_, value: unknown) => (value instanceof Map ? [...value] : value)).length <= 2
  );
}
