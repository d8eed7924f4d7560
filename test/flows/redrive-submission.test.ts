import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredSubmission } from '../../src/flows/ports.ts';
import { redriveSubmission } from '../../src/flows/redrive-submission.ts';
import { failedSubmissions, failedWork } from '../../src/storage/failed-work.ts';
import { listJobs } from '../../src/storage/job-list.ts';
import { INSERT_SUBMISSION, submissionParameters } from '../../src/storage/submission-table.ts';
import { submissionStore } from '../../src/storage/submission-store.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { callerOf, jurisdictionWith } from '../support/jurisdictions.ts';
import { submission } from '../support/pushes.ts';

const place = jurisdictionWith({
  'civil-affairs': { name: '民政局', pushes: { hardship: {}, deaths: {} } },
  'disabled-federation': { name: '残联', pushes: { disability: {} } },
});
const owner = callerOf(place, 'civil-affairs');

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const stored = async (said: Partial<StoredSubmission>): Promise<StoredSubmission> => {
  const one = submission(said);
  await database.pool.query(INSERT_SUBMISSION, submissionParameters(one));
  await database.pool.query('update submission set attempts = 3, rows_done = 5 where id = $1', [one.id]);
  return one;
};
const redrive = (id: string, caller: Parameters<typeof redriveSubmission>[1] = owner) =>
  redriveSubmission(id, caller, {
    submissions: submissionStore(database.walled),
    jurisdictions: { find: (one) => (one === place.id ? place : undefined), all: () => [place] },
    failedWork: failedWork(database.walled),
  });

describe('driving a submission again', () => {
  it('lets the agency put one back into the queue on which the work broke off, with the job that takes it in', async () => {
    const broken = { code: 'WORK_BROKE_OFF', zh: '处理中断', en: 'the work broke off' } as const;
    const { id } = await stored({ status: 'FAILED', remarks: [broken] });
    expect((await failedSubmissions(database.walled, ['130628'])).map((one) => one.id)).toEqual([id]);

    const again = { id, status: 'QUEUED', attempts: 0, remarks: [], progress: null };
    expect(await redrive(id)).toMatchObject({ ok: true, value: again });
    expect(await listJobs(database.pool)).toMatchObject([
      {
        job: { kind: 'take-in-list', jurisdiction: place.id, agency: 'civil-affairs', list: 'hardship' },
        state: 'WAITING',
      },
    ]);
    expect(await redrive(id)).toMatchObject({ ok: false, refusal: { code: 'SUBMISSION_NOT_FAILED' } });
  });

  it('refuses everybody else, and what did not fail', async () => {
    const failed = (await stored({ status: 'FAILED' })).id;
    const received = (await stored({ status: 'RECEIVED' })).id;
    const cases: readonly [string, Parameters<typeof redrive>, string][] = [
      ['nobody', [failed, null], 'UNAUTHENTICATED'],
      ['another agency', [failed, callerOf(place, 'disabled-federation')], 'NOT_FOUND'],
      [
        'a token without the right to push the list',
        [failed, callerOf(place, 'civil-affairs', ['list:deaths:push'])],
        'FORBIDDEN',
      ],
      ['no such submission', ['00000000-0000-7000-8000-000000000000'], 'NOT_FOUND'],
      ['no id at all', ['x'], 'NOT_FOUND'],
      ['one that was received', [received], 'SUBMISSION_NOT_FAILED'],
    ];
    for (const [why, asked, code] of cases) {
      expect([why, await redrive(...asked)]).toMatchObject([why, { ok: false, refusal: { code } }]);
    }
  });
});
