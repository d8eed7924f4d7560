import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bareName } from '../../src/domain/identity/normalise-name.ts';
import { readDataKeys } from '../../src/storage/sealing/data-keys.ts';
import { bulkHub, WAYS, type BulkHub } from '../support/bulk-hub.ts';
import { dumpOf, foundIn } from '../support/dump.ts';
import { residentId } from '../support/id-numbers.ts';
import { TEST_KEYS } from '../support/sealing-keys.ts';

// Section 3.6 of the security programme, line 101: whoever has a dump and no keys tries numbers and names against it.

const CLIENT = '130628:disabled-federation';
/** Every number of one county and these birthdays: the programme's 10⁶, scaled to what a test tries in seconds. */
const BIRTHDAYS = Array.from({ length: 60 }, (_, day) =>
  new Date(Date.UTC(1971, 0, day + 1)).toISOString().slice(0, 10),
);
const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'];
const GIVEN = [...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚'];
const NAMES = SURNAMES.flatMap((surname) => GIVEN.flatMap((one) => GIVEN.map((other) => surname + one + other)));

let hub: BulkHub;
/** The dump, with nothing between the digits of ids and hashes. */
let text: string;
let dump: Buffer;
const numbers: string[] = [];
const names = ['王伟芳', '李娜敏', '张静丽', '刘强磊'];

beforeAll(async () => {
  hub = await bulkHub({ clock: { now: () => new Date('2025-12-01T09:00:00+08:00') } });
});
afterAll(() => hub?.stop());

/** The first 6 bytes of every hash that a dump could have kept whole, cut, or as a UUID, whose first digits stay as they are. */
function beginnings(): ReadonlySet<string> {
  const found = new Set<string>();
  // What is longer is sealed, and not hashed.
  for (const [run] of text.matchAll(/(?<![0-9a-f])[0-9a-f]{16,64}(?![0-9a-f])/g)) found.add(run.slice(0, 12));
  for (const [run] of dump.toString('latin1').matchAll(/(?<![\w+/-])[\w+/-]{20,48}(?![\w+/-])/g)) {
    found.add(Buffer.from(run, 'base64url').toString('hex', 0, 6));
  }
  return found;
}

/** How many of these texts have a hash without a key that is in the dump. */
function hits(texts: Iterable<string>, known = beginnings()): readonly string[] {
  const found: string[] = [];
  for (const one of texts) {
    for (const algorithm of ['sha256', 'sm3', 'sha1', 'md5']) {
      if (known.has(createHash(algorithm).update(one).digest('hex').slice(0, 12))) found.push(`${algorithm} ${one}`);
    }
  }
  return found;
}

function* candidateNumbers(): Generator<string> {
  for (const birthday of BIRTHDAYS) for (let place = 0; place < 1_000; place += 1) yield residentId(place, birthday);
}

function* spelt(number: string): Generator<string> {
  yield number;
  for (const between of ['', '|', '\0']) yield `RESIDENT_ID${between}${number}`;
}

describe('101. of a dump without keys', () => {
  it('101. everybody is in it, whichever way they came in', async () => {
    for (const [index, way] of WAYS.entries()) {
      const name = names[index]!;
      const idNumber = residentId(index, BIRTHDAYS[index]!);
      const namesake = residentId(100 + index, BIRTHDAYS[index]!);
      numbers.push(idNumber, namesake);
      const rows = [idNumber, namesake].map((number) => ({
        name,
        idNumber: number,
        type: 'LIMB',
        level: 1,
        from: '2024-05-06',
      }));
      const { counts } = await hub.judged(way, { client: CLIENT, list: 'disability', rows });
      expect(counts.rejected).toBe(0);
    }
    dump = await dumpOf(hub.database);
    text = dump.toString('latin1').replaceAll('-', '');
    const { rows } = await hub.database.query<{ people: number }>('select count(*)::integer as people from identifier');
    expect(rows[0]).toEqual({ people: numbers.length });
  }, 120_000);

  it('101. no number of a county and its birthdays is found by a hash of it', () => {
    const candidates = [...candidateNumbers()];
    expect(numbers.filter((number) => !candidates.includes(number))).toEqual([]);
    expect(hits(candidates)).toEqual([]);
    expect(hits(numbers.flatMap((number) => [...spelt(number)]))).toEqual([]);
  }, 120_000);

  it('101. no name is found by a hash of it, alone or with what a claim, a card or a task says beside it', () => {
    expect(names.filter((name) => !NAMES.includes(name))).toEqual([]);
    expect(hits(NAMES)).toEqual([]);
    const beside = names.flatMap((name, index) => [
      ...[1, 2, 3].map((count) => [...name].slice(0, count).join('')),
      `2024-05-06||{"level":1,"name":"${name}","type":"LIMB"}`,
      `SAME_NAME_OTHER_NUMBER\0${bareName(name)}|${BIRTHDAYS[index]}`,
      JSON.stringify([name, bareName(name), BIRTHDAYS[index], null, null, false]),
    ]);
    expect(hits(beside)).toEqual([]);
  });

  it('101. no name is found by a hash of it that is cut as keys of names are', () => {
    const keys = [...dump.toString('latin1').matchAll(/~([\w-]{15})([\w-]{10})/g)].map(([, alike, whole]) => ({
      alike,
      whole,
    }));
    expect(keys.length).toBeGreaterThanOrEqual(names.length);
    const cut = new Set(keys.flatMap(({ alike, whole }) => [alike!.slice(0, 6), alike!, whole!]));
    const known = (name: string, algorithm: string): boolean => {
      const hash = (part: string): string => createHash(algorithm).update(part).digest('base64url');
      const [one, two, three] = [1, 2, 3].map((count) => hash([...name].slice(0, count).join('')));
      const alike = one!.slice(0, 6) + two!.slice(0, 5) + three!.slice(0, 4);
      return [one!.slice(0, 6), alike, hash(name).slice(11, 21)].some((part) => cut.has(part));
    };
    const found = NAMES.filter((name) => ['sha256', 'sm3', 'sha1', 'md5'].some((algorithm) => known(name, algorithm)));
    expect(found).toEqual([]);
  });

  it('101. whoever looks would find: a hash that is there is hit', () => {
    const planted = createHash('sha256').update(numbers[0]!).digest('hex');
    const known = new Set([...beginnings(), planted.slice(0, 12)]);
    expect(hits([numbers[0]!], known)).toEqual([`sha256 ${numbers[0]}`]);
  });

  it('101. numbers and names stand nowhere in it, however they are spelt', () => {
    const values = [...numbers, ...names].map((value) => [value, Buffer.from(value)] as const);
    expect(foundIn(dump, new Map(values))).toEqual([]);
  });

  it('101. equal names and numbers lie as different values', async () => {
    const { rows } = await hub.database.query<{ sealed: Buffer }>(
      'select sealed from subject_name union all select sealed from identifier',
    );
    expect(rows).toHaveLength(2 * numbers.length);
    const bodies = rows.map(({ sealed }) => sealed.subarray(6).toString('hex'));
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  it('101. neither keys nor what wraps them are in it, nor in what the database knows of statements', async () => {
    const kept = await readDataKeys(hub.database, TEST_KEYS);
    const keys = [TEST_KEYS.current.key, ...kept.map(({ key }) => key!.key)];
    expect(foundIn(dump, new Map(keys.map((key, index) => [`key ${index}`, key])))).toEqual([]);
    const { rows } = await hub.database.query<{ query: string }>(
      'select query from pg_stat_activity union all select statement from pg_prepared_statements',
    );
    const statements = Buffer.from(rows.map(({ query }) => query).join('\n'));
    expect(foundIn(statements, new Map(keys.map((key, index) => [`key ${index}`, key])))).toEqual([]);
  });

  it('101. no column of few values is indexed alone', async () => {
    const { rows } = await hub.database.query<{ columns: string }>(
      `select array_to_string(array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(1, i.indnkeyatts) n), ',') as columns
       from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace`,
    );
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ columns }) => FEW_VALUES.has(columns))).toEqual([]);
  });
});

/** Columns and members of claims by which people would fall into a handful of groups. */
const FEW_VALUES: ReadonlySet<string> = new Set([
  'category',
  'male',
  'deceased',
  'list',
  'agency',
  'outcome',
  "attributes ->> 'level'::text",
  "attributes ->> 'type'::text",
]);
