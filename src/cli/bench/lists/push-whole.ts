import type { SizeBench } from '../size-bench.ts';
import type { ListHub } from './list-hub.ts';
import { until } from './settled.ts';
import { upload, type ListFile } from './upload.ts';

/** A push from its first byte to its last decision; times in milliseconds. */
export interface WholePush {
  readonly submission: string;
  /** Until 202. */
  readonly accepted: number;
  /** Until the claims are visible and every person touched is decided. */
  readonly whole: number;
}

/** Pushes a file and waits until everything about it is done; rejects where it does not end as it should. */
export async function pushWhole(bench: SizeBench, hub: ListHub, file: ListFile): Promise<WholePush> {
  const started = performance.now();
  const { submission, time } = await upload(hub, file);
  const state = await ended(bench, submission);
  const whole = performance.now() - started;
  const { rows, badRows } = file.list;
  if (state.status !== 'RECEIVED' || state.rows_sent !== rows || state.rows_rejected !== badRows) {
    throw new Error(`${file.list.list} as ${file.format} ended otherwise than it should: ${JSON.stringify(state)}`);
  }
  return { submission, accepted: time, whole };
}

interface State {
  readonly status: string;
  readonly decided: boolean;
  readonly rows_sent: number;
  readonly rows_rejected: number;
}

async function ended({ database, signal }: SizeBench, submission: string): Promise<State> {
  return until(
    async () => {
      const { rows } = await database.pool.query<State>(STATE, [submission]);
      const state = rows[0]!;
      return state.decided || !['QUEUED', 'WORKING', 'RECEIVED'].includes(state.status) ? state : undefined;
    },
    'a push is done with',
    signal,
  );
}

const STATE = {
  name: 'state-of-push',
  text: `select status, decided_at is not null as decided, rows_sent, rows_rejected, remarks from submission where id = $1`,
};

/** Takes pushes out of the database again, as if they had never come, so that the next run finds what this one found. */
export async function forgetPushes({ database: { pool } }: SizeBench, submissions: readonly string[]): Promise<void> {
  for (const statement of FORGET) await pool.query(statement, [submissions]);
  await pool.query('vacuum (analyze) claim, submission, submission_block');
}

const FORGET = [
  'delete from claim where submission = any($1::uuid[])',
  'update claim set ended_at = null, ended_by = null where ended_by = any($1::uuid[])',
  'delete from submission_block where submission = any($1::uuid[])',
  'delete from submission where id = any($1::uuid[])',
];
