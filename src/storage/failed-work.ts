import type pg from 'pg';
import type { StoredSubmission } from '../flows/ports.ts';
import type { FailedWork } from '../flows/ports-work.ts';
import { inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { submissionOf, type SubmissionRecord } from './submission-table.ts';

/** Puts failed submissions back into the queue of their list. */
export function failedWork(pool: pg.Pool): FailedWork {
  return {
    takeUpAgain: (jurisdiction, submission) =>
      inTransaction(pool, async (client) => {
        const found = await client.query<SubmissionRecord>(TAKE_UP_AGAIN, [jurisdiction, submission]);
        const again = found.rows[0] && submissionOf(found.rows[0]);
        if (again) {
          await enqueue(client, { kind: 'take-in-list', jurisdiction, agency: again.agency, list: again.list });
        }
        return again;
      }),
  };
}

/** Submissions of any agency on which the work broke off, in order of receipt. */
export async function failedSubmissions(pool: pg.Pool): Promise<readonly StoredSubmission[]> {
  const found = await pool.query<SubmissionRecord>("select * from submission where status = 'FAILED' order by id");
  return found.rows.map(submissionOf);
}

const TAKE_UP_AGAIN = `
update submission
set status = 'QUEUED', attempts = 0, stage = null, rows_done = 0, stage_since = null, updated_at = null,
  remarks = coalesce((
    select jsonb_agg(r.remark) from jsonb_array_elements(remarks) as r(remark) where r.remark ->> 'code' <> 'WORK_BROKE_OFF'
  ), '[]')
where jurisdiction = $1 and id = $2 and status = 'FAILED'
returning *`;
