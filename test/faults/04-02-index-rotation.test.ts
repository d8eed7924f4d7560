import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hmacSubjectKeys } from '../../src/storage/subject-keys.ts';
import { bulkHub, type BulkHub } from '../support/bulk-hub.ts';
import { residentKeys } from '../support/documents.ts';
import { residentId, withCheckDigit } from '../support/id-numbers.ts';
import { runSealing, type Ended } from '../support/sealing-command.ts';

// Section 4.2 of the security programme, line 24: the key that numbers are looked up by is rotated beside a running hub, killed on the way,
// and nobody is missed or made twice.

const PLACE = '130628';
const CLIENT = '130628:civil-affairs';
const INSURANCE = '130628:medical-insurance';
/** People of before, so many that the command can be killed among them. */
const OTHERS = 12_000;
/** Everybody has this number, and nobody. */
const NOBODYS = withCheckDigit('13062819000101001');

let hub: BulkHub;
beforeAll(async () => {
  hub = await bulkHub();
}, 60_000);
afterAll(async () => {
  await hub?.stop();
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

/** With `killAt` the command is killed once it has told that so many documents are entered. */
const sealing = (words: readonly string[], killAt = Infinity): Promise<Ended> =>
  runSealing(words, {
    hub,
    killAt: (line) => Number(/^subject_index\t\S+\t(\d+) \/ \d+$/.exec(line)?.[1]) >= killAt,
  });

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
    for (; !test.over; looks += 1) expect(await personOf(residentId(looks % 40))).toBe(before[looks % 40]);
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
    }
  })();
  try {
    expect((await sealing(['rotate-index'], 1)).code).toBeNull();
    const { code, out } = await sealing([]);
    expect(code).toBe(1);
    expect(out.filter((line) => /^subject_index\t130628\t.*: [1-9]/.test(line))).toHaveLength(1);
    expect((await sealing(['finish'])).code).toBe(0);
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
}, 60_000);
