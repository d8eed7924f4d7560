import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditEntry } from '../../src/domain/audit/audit-entry.ts';
import { readCheckpoints, signCheckpoints } from '../../src/storage/audit-checkpoints.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const ENTRY = auditEntry({
  at: new Date('2026-03-02T02:00:00Z'),
  actor: { client: '130628:tax', key: null, operator: null },
  request: 'request',
  operation: 'Test',
  act: 'test',
});

it('reads the checkpoints of one log, the smallest first, as they were signed', async () => {
  const log = auditLog(database.url);
  for (const count of [9, 1, 90]) {
    await log.append(
      'a',
      Array.from({ length: count }, () => ENTRY),
    );
    await log.append('b', [ENTRY]);
    const signing = signCheckpoints(
      database.pool,
      async (head) => `${head.log} ${head.size}`,
      (error) => expect.unreachable(String(error)),
    );
    await signing.stop();
  }
  await log.close();
  expect(await readCheckpoints(database.pool, 'a')).toEqual([
    { size: '9', signed: 'a 9' },
    { size: '10', signed: 'a 10' },
    { size: '100', signed: 'a 100' },
  ]);
  expect(await readCheckpoints(database.pool, 'nobody’s')).toEqual([]);
});
