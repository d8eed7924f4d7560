import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { bulkHub, type BulkHub } from '../support/bulk-hub.ts';
import { commandProcess, type CommandProcess } from '../support/commands.ts';
import { residentKeys } from '../support/documents.ts';
import { residentId, withCheckDigit } from '../support/id-numbers.ts';
import { runSealing, runSealingIn, type Ended } from '../support/sealing-command.ts';

// Section 4.2 of the security programme, line 24: the key that numbers are looked up by is rotated beside a running hub, killed on the way,
// and nobody is missed or made twice.

const PLACE = '130628';
const CLIENT = '130628:civil-affairs';
const INSURANCE = '130628:medical-insurance';
/** People of before, some transactions' worth, so that the command can be killed between two. */
const OTHERS = 1_500;
/** Everybody has this number, and nobody. */
const NOBODYS = withCheckDigit('13062819000101001');
/** Milliseconds between two questions of those who go on meanwhile: they are to be there, not to take the machine. */
const PAUSE = 50;

let hub: BulkHub;
let commands: CommandProcess;
beforeAll(async () => {
  commands = commandProcess();
  hub = await bulkHub();
});
afterAll(async () => {
  await hub?.stop();
  await commands?.close();
});

const row = (sequence: number, more: object = {}) => ({
  name: '张三',
  idNumber: residentId(sequence),
  category: '低保对象',
  from: '2025-06-01',
  ...more,
});
const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => row(from + index));
const HELD_APART = row(0, { idNumber: NOBODYS, name: '李四' });
const push = (way: 'graph' | 'ndjson', said: readonly object[], labels = {}) =>
  hub.judged(way, { client: CLIENT, list: 'hardship', rows: said as never, labels });

async function personOf(idNumber: string): Promise<string | undefined> {
  const query = `{ person(idNumber: "${idNumber}", purpose: BENEFIT_ADMINISTRATION) { id } }`;
  const { body, text } = await hub.ask(INSURANCE, { query });
  expect([text, body.errors]).toEqual([text, undefined]);
  return body.data.person?.id;
}
const found = async (from: number, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => personOf(residentId(from + index))));

/** Subjects there are by the numbers of people, as the owner counts them. */
async function documents(): Promise<{ readonly subjects: number; readonly persons: number }> {
  const { rows: counted } = await hub.database.query(
    `select count(*)::integer as subjects, count(distinct l.person_id)::integer as persons
     from identifier i join subject_link l on l.subject_key = i.subject_key and l.until is null where i.id_number is null`,
  );
  return counted[0];
}

/** People of before there was sealing, as hubs kept them then. */
async function keepOthers(): Promise<void> {
  const { keyOf } = hmacSubjectKeys(readFileSync(join(hub.dataDir, 'pepper'), 'utf8').trim());
  const numbers = Array.from({ length: OTHERS }, (_, index) =>
    residentId(index % 1_000, `19${60 + Math.floor(index / 1_000)}-03-03`),
  );
  const keys = numbers.map((idNumber) => keyOf({ idType: 'RESIDENT_ID', idNumber }));
  await hub.database.query(
    `insert into identifier (subject_key, jurisdiction, id_type, id_number)
     select s.key, $1, 'RESIDENT_ID', s.number from unnest($2::uuid[], $3::text[]) as s(key, number)`,
    [PLACE, keys, numbers],
  );
}

/** Kills the command at the first line that says so. */
const killed = (words: readonly string[], at: RegExp): Promise<Ended> =>
  runSealing(words, { hub, killAt: (line) => at.test(line) });
const sealing = (words: readonly string[]): Promise<Ended> => runSealingIn(commands, words, { hub });

/** Lets the owner enter no more people of before than those of one transaction, until told: a command is killed in time, however late. */
async function holdAfterSome(): Promise<() => Promise<void>> {
  const client = await hub.database.connect();
  await client.query(`
    select pg_advisory_lock(24);
    create function hold() returns trigger language plpgsql as $$ begin
      if current_user <> 'hub_app' and exists (
        select from subject_index x join identifier i using (subject_key)
        where x.index_key = 1 and i.id_number is not null and x.xmin <> pg_current_xact_id()::xid)
      then perform pg_advisory_xact_lock_shared(24); end if;
      return null;
    end $$;
    create trigger hold before insert on subject_index for each statement execute function hold()`);
  return async () => {
    await client.query('select pg_advisory_unlock(24); drop trigger hold on subject_index; drop function hold');
    client.release();
  };
}

/** Waits until the hub enters people under the new key, which is when it knows of it. */
async function hubKnows(): Promise<void> {
  const entered = async (): Promise<number> =>
    (await hub.database.query('select from subject_index where index_key = 1 limit 1')).rowCount!;
  await expect.poll(entered, { timeout: 60_000 }).toBe(1);
}

it('24. the key that numbers are looked up by is rotated beside a hub that reads and takes in, killed on the way: it resumes, no look-up misses, and nobody is made twice', async () => {
  await push('graph', [...rows(0, 40), HELD_APART]);
  const before = await found(0, 40);
  expect(before).toEqual(
    residentKeys(
      hub,
      rows(0, 40).map(({ idNumber }) => idNumber),
    ),
  );
  await keepOthers();

  const test = { over: false };
  let looks = 0;
  const reader = (async () => {
    for (; !test.over; looks += 1, await sleep(PAUSE))
      expect(await personOf(residentId(looks % 40))).toBe(before[looks % 40]);
  })();
  // Of people known and not known, by both doors; each number is told twice, one way and the other.
  let told = 40;
  const writer = (async () => {
    for (let way = 0; !test.over && told < 900; way += 1) {
      const [one, other] = way % 2 === 0 ? (['graph', 'ndjson'] as const) : (['ndjson', 'graph'] as const);
      await push(one, [...rows(told, 3), row(way % 40)]);
      expect((await push(other, rows(told, 3))).counts).toMatchObject({ sent: 3, unchanged: 3 });
      expect((await push(one, [HELD_APART])).counts).toMatchObject({ sent: 1 });
      told += 3;
      await sleep(PAUSE);
    }
  })();
  try {
    // Killed while it waits until every process knows of the key: here they need not be given longer.
    expect((await killed(['rotate-index'], /another index key is there/)).code).toBeNull();
    await hubKnows();
    await hub.database.query("update index_key set made_at = made_at - interval '1 min'");
    const release = await holdAfterSome();
    try {
      expect((await killed(['rotate-index'], /^subject_index\t130628\t\d+ \/ \d+$/)).code).toBeNull();
    } finally {
      await release();
    }
    const { code, out } = await sealing([]);
    expect(code).toBe(1);
    expect(out.filter((line) => /^subject_index\t130628\t.*: [1-9]/.test(line))).toHaveLength(1);
    expect((await runSealing(['finish'], { hub })).code).toBe(0);
  } finally {
    test.over = true;
  }
  await Promise.all([reader, writer]);
  expect([looks > 10, told > 40]).toEqual([true, true]);
  expect((await sealing([])).code).toBe(0);

  // Whoever was there is who they were; of everybody there is one, and one who is nobody's number.
  expect(await found(0, 40)).toEqual(before);
  expect(new Set(await found(0, told)).size).toBe(told);
  expect(await documents()).toEqual({ subjects: told + 1, persons: told + 1 });
}, 240_000);

it('24. after the rotation: whoever is new has an id that nobody makes of a number, and whatever goes by number or id finds everybody', async () => {
  let [news, numbers, ids]: [readonly object[], readonly string[], readonly (string | undefined)[]] = [[], [], []];
  // The hub learns at its next look that the key counts.
  for (let look = 0; ids.length === 0 || residentKeys(hub, numbers).includes(ids[0]!); look += 1) {
    expect(look).toBeLessThan(500);
    numbers = [0, 1].map((index) => residentId(2 * look + index, '1999-09-09'));
    news = numbers.map((idNumber) => row(0, { idNumber }));
    await push('ndjson', news);
    expect((await push('graph', news)).counts).toMatchObject({ sent: 2, unchanged: 2 });
    ids = await Promise.all(numbers.map(personOf));
  }
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);

  const { subjects } = await documents();
  expect(await personOf(residentId(1, '1999-10-10'))).toBeUndefined();
  expect(await documents()).toMatchObject({ subjects });

  // Each was looked up by number, and is told so; by the id of before and by the new one.
  for (const idNumber of [numbers[0]!, residentId(0)]) {
    const { body } = await hub.ask(INSURANCE, {
      query: `{ whoLooked(idNumber: "${idNumber}", purpose: AUDIT, first: 100) { totalCount } }`,
    });
    expect(body.data?.whoLooked?.totalCount).toBeGreaterThan(0);
  }
});
