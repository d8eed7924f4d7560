import type { StoredSubmission } from '../flows/ports.ts';
import type { FailedWork } from '../flows/ports-work.ts';
import { inTransaction } from './in-transaction.ts';
import { enqueue } from './jobs.ts';
import { submissionOf, type SubmissionRecord } from './submission-table.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Puts failed submissions back into the queue of their list. */
export function failedWork(walled: WalledDatabase): FailedWork {
  return {
    takeUpAgain: (jurisdiction, submission) =>
      inTransaction(walled.of(jurisdiction), async (client) => {
        const found = await client.query<SubmissionRecord>(TAKE_UP_AGAIN, [jurisdiction, submission]);
        const again = found.rows[0] && submissionOf(found.rows[0]);
        if (again) {
          await enqueue(client, { kind: 'take-in-list', jurisdiction, agency: again.agency, list: again.list });
        }
        return again;
      }),
  };
}

/** Submissions of any agency of some jurisdictions on which the work broke off, in order of receipt. */
export async function failedSubmissions(
  walled: WalledDatabase,
  jurisdictions: readonly string[],
): Promise<readonly StoredSubmission[]> {
  const failed: StoredSubmission[] = [];
  for (const jurisdiction of jurisdictions) {
    const found = await walled.of(jurisdiction).query<SubmissionRecord>(FAILED, [jurisdiction]);
    failed.push(...found.rows.map(submissionOf));
  }
  return failed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const FAILED = "select * from submission where jurisdiction = $1 and status = 'FAILED' order by id";

const TAKE_UP_AGAIN = `
update submission
set status = 'QUEUED', attempts = 0, stage = null, rows_done = 0, stage_since = null, updated_at = null,
  remarks = coalesce((
    select jsonb_agg(r.remark) from jsonb_array_elements(remarks) as r(remark) where r.remark ->> 'code' <> 'WORK_BROKE_OFF'
  ), '[]')
where jurisdiction = $1 and id = $2 and status = 'FAILED'
returning *`;
