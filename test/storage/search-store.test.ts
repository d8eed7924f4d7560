import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonSearch, SearchStore } from '../../src/flows/ports-search.ts';
import { keyBeginning, nameKeyOf } from '../../src/storage/name-keys.ts';
import { SearchStatement } from '../../src/storage/search-statement.ts';
import { searchStore } from '../../src/storage/search-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const HERE = '130628';
const PACK = 'gaoyang-2026';
/** The names of a county, of four hundred first characters. */
const nameOf = (n: number): string => String.fromCodePoint(19_968 + (n % 400), 20_968 + (n % 97), 21_968 + (n % 89));
let database: TestDatabase;
let store: SearchStore;

// A county's worth of cards: a few hundred names and villages, households of four; one in ten has an identity.
beforeAll(async () => {
  database = await testDatabase();
  store = searchStore(database.walled);
  await database.pool.query(
    `insert into person_card (person_id, jurisdiction, bare_name, birth_date, region_code, household_number, deceased)
    select md5(n::text)::uuid, '${HERE}', name, '1940-01-01'::date + n::int % 30000,
      '${HERE}' || (101 + n / 15 % 20) || (201 + n % 15), 'H' || n / 4, false
    from unnest($1::text[]) with ordinality as named (name, n)`,
    [Array.from({ length: 100_000 }, (_, n) => nameKeyOf(database.walled.of(HERE).seal, nameOf(n + 1)))],
  );
  await database.pool.query(`
    insert into decision_set (jurisdiction, pack, generation, pack_digest, as_of, wanted_digest, wanted_as_of)
    values ('${HERE}', '${PACK}', 2, '', '2026-01-01', '', '2026-01-01')`);
  const decided = `select n, case when n % 10 = 0 then (array['ORPHAN', 'EXTREME_POVERTY', 'SUBSISTENCE_ALLOWANCE'])[1 + n % 3] end as category,
    case when n % 20 = 0 then 0 else 40000 end as paid
    from generate_series(1, 100000) as n`;
  const kind = `md5(concat_ws('|', coalesce(d.category, ''), d.paid))::uuid`;
  await database.pool.query(`
    insert into decision_kind (id, outcome, category, subsidy, payable, paid, review, periods)
    select distinct ${kind}, 'DECIDED', d.category, 0, 0, d.paid, '{}'::text[], '' from (${decided}) d`);
  for (const generation of [1, 2]) {
    await database.pool.query(`
      insert into decision (person_id, jurisdiction, pack, generation, kind, category)
      select md5(d.n::text)::uuid, '${HERE}', '${PACK}', ${generation}, ${kind}, d.category from (${decided}) d`);
  }
  await database.pool.query('analyze person_card, decision, decision_kind, decision_set');
});
afterAll(() => database.close());

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/** The indexes and the scans of whole tables in the plan of a statement. */
async function plannedFor(
  text: string,
  values: readonly unknown[],
  by: Pick<pg.Pool, 'query'> = database.pool,
): Promise<{ indexes: string[]; scanned: string[] }> {
  const explained = await by.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(`explain (format json) ${text}`, [
    ...values,
  ]);
  const nodes: Plan[] = [];
  const visit = (plan: Plan): void => {
    nodes.push(plan);
    plan.Plans?.forEach(visit);
  };
  visit(explained.rows[0]!['QUERY PLAN'][0].Plan);
  const scans = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'decision_set');
  return {
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
    scanned: scans.map((node) => node['Relation Name']!),
  };
}

test.each<[why: string, search: PersonSearch, index: RegExp]>([
  ['the beginning of a name', { name: '丁\u5225' }, /^person_card_by_name$/m],
  ['one character', { name: '丁' }, /^person_card_by_name$/m],
  ['a birthday', { birthDate: '1980-05-15' }, /^person_card_by_birth$/m],
  ['a household', { householdNumber: 'H77' }, /^person_card_by_household$/m],
  ['a village and a name', { regionCode: '130628101201', name: '丁' }, /^person_card_by_(?:name|region)$/m],
])('%s goes by an index, for the page and for the count', async (_why, search, index) => {
  const names = search.name && { beginning: keyBeginning(database.walled.of(HERE).seal, search.name) };
  const page = new SearchStatement(HERE, search, names || undefined);
  const pageText = page.page(null, 21);
  const count = new SearchStatement(HERE, search, names || undefined);
  for (const [text, values] of [
    [pageText, page.values],
    [count.count, count.values],
  ] as const) {
    const { indexes, scanned } = await plannedFor(text, values);
    expect(scanned).not.toContain('person_card');
    expect(indexes.join('\n')).toMatch(index);
  }
});

test('the page of a village goes by its index, not through the names of the county', async () => {
  const page = new SearchStatement(
    HERE,
    {
      regionCode: '130628101201',
      decided: { pack: PACK, enrolment: 'NOT_ENROLLED' },
    },
    undefined,
  );
  const text = page.page(null, 21);
  // Some hundred cards lie apart, so that reading them one by one is dearer than a small table at once; a county's is not small.
  const client = await database.pool.connect();
  await client.query('set enable_seqscan = off');
  const { indexes } = await plannedFor(text, page.values, client);
  client.release(true);
  expect(indexes).toContain('person_card_by_region');
});

test('an identity goes by an index, for the page and for the count', async () => {
  const search = { decided: { pack: PACK, category: 'ORPHAN' } } as const;
  const page = new SearchStatement(HERE, search, undefined);
  const pageText = page.page(null, 21);
  const count = new SearchStatement(HERE, search, undefined);
  for (const [text, values] of [
    [pageText, page.values],
    [count.count, count.values],
  ] as const) {
    expect(await plannedFor(text, values)).toMatchObject({
      indexes: expect.arrayContaining(['decision_of_category']),
      scanned: expect.not.arrayContaining(['decision']),
    });
  }
});

describe('a search', () => {
  test('counts what it pages through, everybody once and in order', async () => {
    const search = { name: '丁' };
    const found: string[] = [];
    let after: string | null = null;
    let total = 0;
    do {
      const page = await store.search(HERE, search, 100, after);
      found.push(...page.items.map(({ person }) => person));
      after = page.next;
      total = page.total;
    } while (after !== null);
    expect(found.length).toBe(total);
    expect(new Set(found).size).toBe(total);
    expect(total).toBeGreaterThan(200);
    const names = await database.pool.query<{ name: string }>(
      'select k.bare_name as name from unnest($1::uuid[]) with ordinality as u(id, place) join person_card k on k.person_id = u.id order by place',
      [found],
    );
    const given = names.rows.map(({ name }) => name);
    expect(given).toEqual(given.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  test('reads decisions of the generation that counts only', async () => {
    const { total } = await store.search(HERE, { decided: { pack: PACK, enrolment: 'NOT_ENROLLED' } }, 1, null);
    expect(total).toBe(5_000);
    expect((await store.search(HERE, { decided: { pack: 'none', enrolment: 'PAID' } }, 1, null)).total).toBe(0);
  });

  test('takes every sign of a name for itself', async () => {
    for (const name of ['%', '_', '\\', "'", '\u{10ffff}', '\ud7ff', '丁%']) {
      expect(await store.search(HERE, { name }, 1, null)).toMatchObject({ items: [], total: 0 });
    }
  });

  test('shows nobody of another jurisdiction', async () => {
    expect((await store.search('140405', { name: '丁' }, 10, null)).total).toBe(0);
  });
});
