import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NamesByKey, type KeptName } from '../../src/storage/sealed-names.ts';
import { readKeyFile, withNewKey } from '../../src/storage/sealing/key-ring.ts';
import { commandProcess, type CommandProcess } from '../support/commands.ts';
import { attachedDatabase, type TestDatabase } from '../support/database.ts';
import { documentsOf } from '../support/documents.ts';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';
import { runSealing, runSealingIn, type Ended } from '../support/sealing-command.ts';
import { openedBlocks, TEST_KEYS, TEST_KEY_FILE } from '../support/sealing-keys.ts';

// Section 4.2 of the security programme, line 24: keys are rotated beside a running hub, killed half-way, and nothing is missed.

const PLACE = '130628';
const CLIENT = '130628:civil-affairs';
// Some transactions' worth of each, so that there is something between two of them.
const OLD_BLOCKS = 500;
const OLD_NUMBERS = 4_000;
const OLD_NAMES = 1_000;
/** Milliseconds between two questions of those who go on meanwhile: they are to be there, not to take the machine. */
const PAUSE = 100;
const ROWS = [{ name: '王秀英', idNumber: '130628199003070013' }];

let hub: PushingHub;
let owner: pg.Pool;
let database: TestDatabase;
let commands: CommandProcess;
beforeAll(async () => {
  commands = commandProcess();
  hub = await pushingHub();
  hub.setDay('2025-12-01');
  owner = new pg.Pool({ connectionString: hub.databaseUrl, max: 4 });
  database = await attachedDatabase(hub.databaseUrl);
});
afterAll(async () => {
  await database?.close();
  await owner?.end();
  await hub?.stop();
  await commands?.close();
});

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: '张三',
    idNumber: residentId(index),
    category: '低保对象',
    from: '2025-06-01',
  }));

/** What hubs kept before there was sealing. */
async function keepInClear(): Promise<void> {
  await owner.query(
    `insert into submission_block (submission, first_row, row_count, jurisdiction, codec, sent)
     select gen_random_uuid(), 1, 1, $1, 'zstd', $2 from generate_series(1, $3)`,
    [PLACE, zstdCompressSync(Buffer.from(JSON.stringify(ROWS))), OLD_BLOCKS],
  );
  await owner.query(
    `insert into identifier (subject_key, jurisdiction, id_type, id_number)
     select gen_random_uuid(), $1, 'RESIDENT_ID', (130628190000000000 + n)::text from generate_series(1, $2) as n`,
    [PLACE, OLD_NUMBERS],
  );
  await owner.query(
    `insert into claim (id, jurisdiction, subject_key, agency, list, key, attributes, told_at, first_told_at, submission, row_number)
     select gen_random_uuid(), $1, subject_key, 'civil-affairs', 'residents', '',
       jsonb_build_object('name', '赵霨' || (id_number::bigint % 1000)), now(), now(), gen_random_uuid(), 1
     from identifier where id_number is not null order by id_number limit $2`,
    [PLACE, OLD_NAMES],
  );
}

/** Kills the command once it has told so much progress. */
function killed(words: readonly string[], killAfter: number): Promise<Ended> {
  let told = 0;
  return runSealing(words, { hub, killAt: (line) => /\d+ \/ \d+$/.test(line) && (told += 1) >= killAfter });
}

const seal = (words: readonly string[], keyFile = TEST_KEY_FILE): Promise<Ended> =>
  runSealingIn(commands, words, { hub, keyFile });

/** Lets nobody write one of the numbers of before until told, so that sealing anew cannot end before it is killed, however late. */
async function holdOne(): Promise<() => Promise<void>> {
  const client = await owner.connect();
  await client.query('begin');
  await client.query('select from identifier where id_number is not null limit 1 for update');
  return async () => {
    await client.query('rollback');
    client.release();
  };
}

/** Waits until the hub has looked for data keys since there were so many; it tells how many values it sealed, and then looks. */
async function hubLooks(keys: number): Promise<void> {
  const read = async (statement: string): Promise<number> =>
    (await owner.query<{ number: number }>(statement)).rows[0]!.number;
  const made = () => read('select count(*)::integer as number from sealing_key');
  await expect.poll(made, { timeout: 60_000 }).toBe(keys);
  const sealed = () => read('select sum(sealed)::float8 as number from sealing_use');
  const before = await sealed();
  await expect.poll(sealed, { timeout: 60_000 }).not.toBe(before);
}

/** How many values lie in clear, and how many under each key. */
async function state(): Promise<Readonly<Record<string, number>>> {
  const { rows } = await owner.query<{ head: string; count: number }>(`
    select coalesce(case codec when 'sealed-zstd' then encode(substr(sent, 3, 4), 'hex') end, 'clear') as head, count(*)::integer as count
    from submission_block group by 1
    union all
    select coalesce(encode(substr(sealed, 3, 4), 'hex'), 'clear'), count(*)::integer from identifier group by 1
    union all
    select encode(substr(sealed, 3, 4), 'hex'), count(*)::integer from subject_name group by 1
    union all
    select 'clear', count(*)::integer from claim where left(attributes ->> 'name', 1) <> '~' having count(*) > 0`);
  const counts: Record<string, number> = {};
  for (const { head, count } of rows) counts[head] = (counts[head] ?? 0) + count;
  return counts;
}

it('24. data keys are rotated beside a hub that reads and takes in, killed four times on the way: it resumes, both kinds open, no look-up misses', async () => {
  const first = await hub.received(CLIENT, 'Hardship', people(40));
  await keepInClear();
  const before = await state();
  expect([before['clear'], Object.keys(before).length]).toEqual([OLD_BLOCKS + OLD_NUMBERS + OLD_NAMES, 2]);

  const test = { over: false };
  let looks = 0;
  const readers = [0, 1].map(async () => {
    for (; !test.over; looks++) {
      await sleep(PAUSE);
      const idNumber = residentId(looks % 40);
      const [person, verdicts] = await Promise.all([
        hub.ask('130628:medical-insurance', {
          query: `{ person(idNumber: "${idNumber}", purpose: BENEFIT_ADMINISTRATION) { id } }`,
        }),
        hub.ask(CLIENT, {
          query: 'query ($id: ID!) { submission(id: $id) { verdicts(first: 100) { edges { node { row outcome } } } } }',
          variables: { id: first.id },
        }),
      ]);
      expect([person.text, person.body.data?.person?.id]).toEqual([person.text, expect.any(String)]);
      expect([verdicts.text, verdicts.body.data?.submission?.verdicts.edges.length]).toEqual([verdicts.text, 40]);
    }
  });
  const pushes: string[] = [];
  const writer = (async () => {
    for (; !test.over; await sleep(PAUSE)) pushes.push((await hub.received(CLIENT, 'Hardship', people(5))).id);
  })();

  try {
    const release = await holdOne();
    try {
      const rotating = killed(['rotate'], 1);
      await hubLooks(2);
      // The key waits until every process has looked: here it need not wait longer.
      await owner.query('update sealing_key set seals_from = now() where id = 2');
      for (const kill of [
        () => rotating,
        () => killed(['finish'], 3),
        () => killed(['finish'], 12),
        () => killed(['finish'], 2),
      ]) {
        expect((await kill()).code).toBeNull();
        const now = await state();
        // Some is done, some is not, and what is new lies under the new key.
        expect(now['clear']).toBeGreaterThan(0);
        expect(now['00000002']).toBeGreaterThan(0);
      }
    } finally {
      await release();
    }
    expect(await runSealing(['finish'], { hub })).toMatchObject({ code: 0 });
  } finally {
    test.over = true;
  }
  await writer;
  await Promise.all(readers);
  // Everybody was looked up, most of them often.
  expect(looks).toBeGreaterThan(40);

  expect(Object.keys(await state())).toEqual(['00000002']);
  const { code, out } = await seal([]);
  expect([code, out.filter((line) => line.includes('to be sealed anew') && !line.endsWith(': 0'))]).toEqual([0, []]);
  // Everything is what it was.
  await database.sealing.look();
  const kept = await owner.query<KeptName>(
    `select n.subject_key as subject, n.name_key as key, encode(n.sealed, 'hex') as sealed
     from subject_name n join claim c on c.subject_key = n.subject_key and c.attributes ->> 'name' = n.name_key
     where c.list = 'residents'`,
  );
  const names = new NamesByKey(database.walled.of(PLACE).seal, kept.rows);
  const told = kept.rows.map(({ subject, key }) => names.nameOf(subject, key));
  expect(told.filter((name) => /^赵霨\d{1,3}$/.test(name))).toHaveLength(OLD_NAMES);
  const documents = await documentsOf(database.walled, PLACE);
  const numbers = new Set(documents.map(({ idNumber }) => idNumber));
  expect(documents).toHaveLength(OLD_NUMBERS + 40);
  for (let index = 0; index < 40; index++) expect(numbers.has(residentId(index))).toBe(true);
  for (let index = 1; index <= OLD_NUMBERS; index++)
    expect(numbers.has(String(130628190000000000n + BigInt(index)))).toBe(true);
  const { rows: ids } = await owner.query<{ id: string }>(
    'select distinct submission as id from submission_block order by 1',
  );
  expect(ids).toHaveLength(OLD_BLOCKS + 1 + pushes.length);
  const opened = await openedBlocks(owner, first.id);
  expect(opened.flatMap(({ rows }) => rows)).toMatchObject(people(40));
  const old = ids.find(({ id }) => id !== first.id && !pushes.includes(id))!;
  expect((await openedBlocks(owner, old.id))[0]!.rows).toEqual(ROWS);
}, 240_000);

it('24. the key that wraps is replaced beside a running hub: values stay as they are, and the hub reads and takes in', async () => {
  const pushed = await hub.received(CLIENT, 'Hardship', people(3));
  const values = async (): Promise<unknown> =>
    (await owner.query('select submission, sent from submission_block where submission = $1', [pushed.id])).rows;
  const wrappedBy = async (): Promise<readonly string[]> =>
    (await owner.query<{ by: string }>('select distinct wrapped_by as by from sealing_key')).rows.map(({ by }) => by);
  const before = await values();
  const [keys] = (await owner.query<{ count: number }>('select count(*)::integer as count from sealing_key')).rows;
  const next = withNewKey('AES-256-GCM', readKeyFile(TEST_KEY_FILE).keys);
  const file = join(hub.dataDir, 'next-sealing-keys.json');
  writeFileSync(file, JSON.stringify(next), { mode: 0o600 });

  expect(await seal(['rewrap'], file)).toMatchObject({
    code: 0,
    out: [expect.stringMatching(new RegExp(`wrapped anew: ${keys!.count}$`))],
  });
  expect(await wrappedBy()).toEqual([next.current]);
  expect(await values()).toEqual(before);
  await database.sealing.look();
  expect(await documentsOf(database.walled, PLACE)).not.toEqual([]);
  const after = await hub.received(CLIENT, 'Hardship', people(2));
  expect(after.verdicts).toHaveLength(2);
  // Whoever starts now needs the new file.
  expect((await seal([])).code).toBe(2);

  writeFileSync(file, JSON.stringify({ ...next, current: TEST_KEYS.current.id }));
  expect((await seal(['rewrap'], file)).code).toBe(0);
  expect(await wrappedBy()).toEqual([TEST_KEYS.current.id]);
  expect((await seal([])).code).toBe(0);
}, 120_000);

it.each([['turn'], ['rotate', 'twice'], ['finish', '']])(
  '24. the command does nothing that it was not asked for: %s',
  async (...words) => {
    const before = await state();
    expect((await seal(words)).code).toBe(2);
    expect(await state()).toEqual(before);
  },
);
