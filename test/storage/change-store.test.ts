import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeFilter, ChangeStore } from '../../src/flows/ports-changes.ts';
import { changeStore } from '../../src/storage/change-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const PLACE = 'place';
const PACK = 'gaoyang-2026';
const EVERYBODY: ChangeFilter = { packs: [PACK], ownOf: null };
const uuid = (kind: number, number: number): string =>
  `0000000${kind}-0000-7000-8000-${String(number).padStart(12, '0')}`;
/** Ids sort by their instant, a minute each. */
const AT = (number: number): Date => new Date(Date.UTC(2026, 0, 1, 0, number));
const idAt = (number: number): string => {
  const hex = AT(number).getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

let database: TestDatabase;
let changes: ChangeStore;
beforeAll(async () => {
  database = await testDatabase();
  changes = changeStore(database.walled);
  await database.pool.query(
    `insert into decision_kind select r.* from json_populate_record(null::decision_kind, $1) r`,
    [JSON.stringify({ id: KIND, ...KEPT })],
  );
  for (const number of [1, 2, 3]) await layChange(number);
  // Of the second the tax office has said something that stands, of the third something that does not any more.
  await layClaim(2, 'tax', null);
  await layClaim(3, 'tax', AT(5));
});
afterAll(() => database.close());

async function layChange(number: number): Promise<void> {
  await database.pool.query(
    `insert into change_cause (id, jurisdiction, pack, as_of, at, because, causes)
     values ($1, $2, $3, '2026-01-01', $4, 'LISTS', '{}')`,
    [uuid(5, number), PLACE, PACK, AT(number)],
  );
  await database.pool.query(
    `insert into decision_change (id, jurisdiction, person_id, cause, before, after) values ($1, $2, $3, $4, null, $5)`,
    [idAt(number), PLACE, uuid(1, number), uuid(5, number), KIND],
  );
  await database.pool.query(
    `insert into subject_link (id, subject_key, jurisdiction, person_id, since, because, submission)
     values ($1, $2, $3, $2, $4, 'SUBJECT_OF_ROW', $5)`,
    [uuid(2, number), uuid(1, number), PLACE, AT(0), uuid(3, 0)],
  );
}

async function layClaim(number: number, agency: string, endedAt: Date | null): Promise<void> {
  await database.pool.query(
    `insert into claim (id, jurisdiction, subject_key, agency, list, key, attributes, told_at, first_told_at, ended_at, submission, row_number)
     values ($1, $2, $3, $4, 'payments', '', '{"name": "甲"}', $5, $5, $6, $7, 1)`,
    [uuid(4, number), PLACE, uuid(1, number), agency, AT(0), endedAt, uuid(3, 0)],
  );
}

const KIND = uuid(6, 0);
const KEPT = {
  ...{ outcome: 'DECIDED', category: null, funded_by: null, subsidy: 0, payable: 40000, paid: 40000 },
  ...{ refund: 'ALLOWED', refund_amount: 40000, review: [], periods: '2026-01-01/2026-03-31 2026-05-01/2026-12-31' },
};

const personsOf = async (
  from: Parameters<ChangeStore['since']>[1],
  filter: ChangeFilter = EVERYBODY,
  place = PLACE,
): Promise<readonly string[]> => (await changes.since(place, from, filter, 10)).items.map(({ person }) => person);

describe('changes of decisions as kept', () => {
  it('begin with the instant asked for, and go on behind a cursor', async () => {
    expect(await personsOf({ since: AT(0) })).toEqual([uuid(1, 1), uuid(1, 2), uuid(1, 3)]);
    expect(await personsOf({ since: AT(2) })).toEqual([uuid(1, 2), uuid(1, 3)]);
    expect(await personsOf({ after: idAt(2) })).toEqual([uuid(1, 3)]);
    expect(await personsOf({ after: 'no cursor of ours' })).toEqual([]);
  });

  it('are only those of people of whom the agency has said something that stands, where only these are asked for', async () => {
    const own = { ...EVERYBODY, ownOf: 'tax' } as const;
    expect(await personsOf({ since: AT(0) }, own)).toEqual([uuid(1, 2)]);
    expect(await changes.since(PLACE, { since: AT(0) }, own, 10)).toMatchObject({ total: 1, next: null });
    expect(await personsOf({ since: AT(0) }, { ...EVERYBODY, ownOf: 'health' })).toEqual([]);
  });

  it('are of the packs and the jurisdiction asked for', async () => {
    expect(await personsOf({ since: AT(0) }, { packs: ['gaoyang-2024'], ownOf: null })).toEqual([]);
    expect(await personsOf({ since: AT(0) }, EVERYBODY, 'elsewhere')).toEqual([]);
  });

  it('tell what was kept as what it comes to', async () => {
    const { items } = await changes.since(PLACE, { since: AT(0) }, EVERYBODY, 1);
    expect(items[0]).toMatchObject({
      before: null,
      after: {
        refund: { decision: 'ALLOWED', amount: 40000 },
        periods: [
          { from: '2026-01-01', to: '2026-03-31' },
          { from: '2026-05-01', to: '2026-12-31' },
        ],
      },
    });
  });
});
