import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putDownAct, putDownThenDo } from '../../src/cli/put-down-act.ts';
import { AgencyKeyRefused } from '../../src/storage/agency-keys.ts';
import { ErasureRefused } from '../../src/storage/erasing/erasure-refused.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

const act = { act: 'erasePerson', operation: 'erase 12', key: null } as const;

/** What the log of a place has of the act. */
async function kept(jurisdiction: string): Promise<readonly unknown[]> {
  const { rows } = await database.pool.query<{ body: string }>(
    'select body from audit_entry where log = $1 order by sequence',
    [jurisdiction],
  );
  return rows.map(({ body }) => {
    const { decision, reason } = JSON.parse(body) as Record<string, unknown>;
    return [decision, reason ?? null];
  });
}

const ended = (jurisdiction: string, work: () => Promise<boolean>) =>
  putDownThenDo(database.url, { ...act, jurisdiction }, work).then(
    (done) => done,
    (error: Error) => error.message.split(':')[0],
  );

describe('an act that cannot be taken back', () => {
  it('is put down before it is done, and once', async () => {
    let before: readonly unknown[] = [];
    const done = await ended('done', async () => {
      before = await kept('done');
      return true;
    });
    expect([done, before]).toEqual([true, [['GRANTED', null]]]);
    expect(await kept('done')).toEqual(before);
  });

  it('has a second entry where it was refused, failed, or came to nothing', async () => {
    expect(await ended('refused', () => Promise.reject(new ErasureRefused('DECIDING')))).toBe('DECIDING');
    expect(await ended('failed', () => Promise.reject(new Error('gone')))).toBe('gone');
    expect(await ended('nobody', () => Promise.resolve(false))).toBe(false);
    for (const [log, reason] of [
      ['refused', 'DECIDING'],
      ['failed', 'INTERNAL'],
      ['nobody', 'NOT_FOUND'],
    ] as const) {
      expect(await kept(log)).toEqual([
        ['GRANTED', null],
        ['DENIED', reason],
      ]);
    }
  });

  it('is not done while it cannot be put down', async () => {
    await database.pool.query('revoke insert on audit_entry from hub_app');
    let done = false;
    const told = await ended('shut', () => Promise.resolve((done = true)));
    await database.pool.query('grant insert on audit_entry to hub_app');
    expect([done, typeof told]).toEqual([false, 'string']);
  });
});

describe('a refusal that cannot be put down', () => {
  /** Refuses, and leaves the log as a broken database does. */
  const refusedBy = (error: Error) => async (): Promise<boolean> => {
    await database.pool.query('revoke insert on audit_entry from hub_app');
    throw error;
  };

  it.each([
    ['of an act', putDownAct, new AgencyKeyRefused('AGENCY_KEY_IS_TAKEN')],
    ['of what cannot be taken back', putDownThenDo, new ErasureRefused('DECIDING')],
    ['of what failed', putDownThenDo, new Error('gone')],
  ])('is told beside the log that cannot be written: %s', async (_why, does, error) => {
    const told = await does(database.url, { ...act, jurisdiction: 'both' }, refusedBy(error)).catch(
      (both: Error) => both.message,
    );
    await database.pool.query('grant insert on audit_entry to hub_app');
    expect(told).toBe(`${error.message}\nthe audit log cannot be written`);
  });
});
