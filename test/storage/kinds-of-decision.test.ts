import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeStore } from '../../src/storage/change-store.ts';
import { openPool } from '../../src/storage/database.ts';
import { walledDatabase } from '../../src/storage/walled-database.ts';
import { DecisionKinds, keepKinds } from '../../src/storage/decision-kinds.ts';
import { KindsOfDecision } from '../../src/storage/migrations/0013-kinds-of-decision.ts';
import { migrations } from '../../src/storage/migrations/migrations.ts';
import type { DecisionCodes } from '../../src/domain/policy/decision-codes.ts';
import { asOwner, newDatabase } from '../support/database.ts';

const PLACE = '130628';
const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const codes = (said: Partial<DecisionCodes>): DecisionCodes =>
  ({
    ...{ outcome: 'DECIDED', category: null, fundedBy: null, subsidy: 0, payable: 40000, paid: 0, refund: null },
    ...{ review: [], periods: [] },
    ...said,
  }) as unknown as DecisionCodes;

const PLAIN = codes({});
const LISTED = codes({ category: 'ORPHAN', fundedBy: 'MEDICAL_ASSISTANCE', subsidy: 40000, payable: 0 });
const ODD = codes({
  outcome: 'REVIEW',
  paid: 40000,
  refund: { decision: 'ALLOWED', amount: 40000 } as never,
  review: [{ code: 'PAID_TWICE' }, { code: 'TWO_NAMES' }] as never,
  periods: [
    { from: '2026-01-01', to: '2026-03-31' },
    { from: '2026-05-01', to: '2026-12-31' },
  ] as never,
});

/** A decision as it was kept before: in columns, and in entries as JSON of the same names. */
const keptBefore = (kind: DecisionCodes) => ({
  outcome: kind.outcome,
  category: kind.category,
  funded_by: kind.fundedBy,
  subsidy: kind.subsidy,
  payable: kind.payable,
  paid: kind.paid,
  refund: kind.refund?.decision ?? null,
  refund_amount: kind.refund?.amount ?? null,
  review: kind.review.map(({ code }) => code),
  periods: kind.periods.map(({ from, to }) => `${from}/${to}`).join(' '),
});

let pool: pg.Pool;
beforeAll(async () => {
  pool = openPool(asOwner(await newDatabase({ migrated: false })));
  const before = migrations.slice(
    0,
    migrations.findIndex((one) => one.class === KindsOfDecision),
  );
  for (const { class: Before } of before) await run(new Before(undefined as never, undefined as never));
  await decidedBefore(1, PLAIN);
  await decidedBefore(2, PLAIN);
  await decidedBefore(3, LISTED);
  await decidedBefore(4, ODD);
  await changedBefore(1, null, PLAIN, 'SETTLEMENT');
  await changedBefore(2, PLAIN, ODD, 'LISTS');
  await changedBefore(3, LISTED, null, 'LISTS');
  await run(new KindsOfDecision(undefined as never, undefined as never));
});
afterAll(() => pool.end());

async function run(migration: { up(): unknown; getQueries(): readonly unknown[] }): Promise<void> {
  await migration.up();
  for (const query of migration.getQueries()) await pool.query(query as string);
}

async function decidedBefore(number: number, kind: DecisionCodes): Promise<void> {
  await pool.query(
    `insert into decision (person_id, jurisdiction, pack, generation, outcome, category, funded_by, subsidy, payable, paid, refund,
       refund_amount, review, periods)
     values ($1, $2, 'pack', 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [uuid(number), PLACE, ...Object.values(keptBefore(kind))],
  );
}

async function changedBefore(
  number: number,
  before: DecisionCodes | null,
  after: DecisionCodes | null,
  because: string,
): Promise<void> {
  await pool.query(
    `insert into decision_change (id, jurisdiction, person_id, pack, as_of, at, because, causes, before, after)
     values ($1, $2, $3, 'pack', '2026-01-01', '2026-01-02T00:00:00Z', $4, $5, $6, $7)`,
    [
      ...[uuid(100 + number), PLACE, uuid(number), because, [uuid(200)]],
      ...[before, after].map((kind) => kind && JSON.stringify(keptBefore(kind))),
    ],
  );
}

describe('decisions kept before there were kinds', () => {
  test('have the kind that the hub gives them now', async () => {
    const kinds = new DecisionKinds();
    const wanted = [PLAIN, PLAIN, LISTED, ODD].map((kind) => kinds.kindOf(kind));
    const found = await pool.query<{ kind: string; category: string | null }>(
      'select kind, category from decision order by person_id',
    );
    expect(found.rows).toEqual(wanted.map(({ id, category }) => ({ kind: id, category })));

    await keepKinds(pool, kinds.takeFresh());
    const kept = await pool.query<{ id: string }>('select * from decision_kind order by id');
    expect(kept.rows).toEqual([...new Set(wanted)].sort((a, b) => (a.id < b.id ? -1 : 1)));
  });

  test('are told in the changes as they were, under the same ids', async () => {
    const filter = { packs: ['pack'], ownOf: null };
    const { items, total } = await changeStore(walledDatabase(pool)).since(PLACE, { since: new Date(0) }, filter, 10);
    expect(total).toBe(3);
    const common = { pack: 'pack', asOf: '2026-01-01', at: new Date('2026-01-02T00:00:00Z'), causes: [uuid(200)] };
    expect(items).toEqual([
      { ...common, id: uuid(101), person: uuid(1), because: 'SETTLEMENT', before: null, after: termsOf(PLAIN) },
      { ...common, id: uuid(102), person: uuid(2), because: 'LISTS', before: termsOf(PLAIN), after: termsOf(ODD) },
      { ...common, id: uuid(103), person: uuid(3), because: 'LISTS', before: termsOf(LISTED), after: null },
    ]);
  });
});

const termsOf = ({ outcome, category, fundedBy, subsidy, payable, paid, refund, review, periods }: DecisionCodes) => ({
  ...{ outcome, category, fundedBy, subsidy, payable, paid, refund, periods },
  review: review.map(({ code }) => code),
});

test('kinds that say different things have different ids', () => {
  const kinds = new DecisionKinds();
  const said: Partial<DecisionCodes>[] = [
    {},
    { outcome: 'REVIEW' },
    { category: 'ORPHAN' },
    { fundedBy: 'ORPHAN' as never },
    { subsidy: 1 },
    { payable: 1 },
    { paid: 1 },
    { refund: { decision: 'REFUSED', amount: 0 } as never },
    { refund: { decision: 'REFUSED', amount: 1 } as never },
    { review: [{ code: 'A' }] as never },
    { review: [{ code: 'A' }, { code: 'B' }] as never },
    { periods: [{ from: '2026-01-01', to: '2026-01-31' }] as never },
  ];
  expect(new Set(said.map((one) => kinds.kindOf(codes(one)).id)).size).toBe(said.length);
  expect(kinds.kindOf(codes({}))).toBe(kinds.kindOf(codes({})));
});
