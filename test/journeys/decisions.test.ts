import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { residentId } from '../support/id-numbers.ts';
import { pushingHub, type PushingHub } from '../support/pushing-hub.ts';

const CIVIL_AFFAIRS = '130628:civil-affairs';

let hub: PushingHub;
let database: pg.Client;
beforeAll(async () => {
  hub = await pushingHub();
  database = new pg.Client({ connectionString: hub.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await hub?.stop();
});

const decided = async (): Promise<unknown[]> => {
  const found = await database.query(`
    select d.pack, k.category, k.outcome, k.subsidy, k.payable, k.paid
    from decision d join decision_set using (jurisdiction, pack, generation) join decision_kind k on k.id = d.kind
    where jurisdiction = '130628' order by d.pack, k.category`);
  return found.rows.map((row) => Object.values(row).join(' '));
};

describe('decisions about everybody', () => {
  test('follow a push by themselves', async () => {
    hub.setDay('2025-10-30');
    await hub.received(CIVIL_AFFAIRS, 'Hardship', [
      { name: '常有福', idNumber: residentId(402), category: '特困人员', from: '2025-10-20' },
    ]);
    await expect
      .poll(decided, { timeout: 60_000, interval: 50 })
      .toEqual(['gaoyang-2024 EXTREME_POVERTY REVIEW 38000 0 0', 'gaoyang-2026 EXTREME_POVERTY DECIDED 40000 0 0']);
  }, 120_000);
});
