import { medianOf } from '../report.ts';
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
  /** Time spent in each stage of the work, in the order of the stages; before the first one it waited. */
  readonly stages: ReadonlyMap<string, number>;
}

/** Pushes a file and waits until everything about it is done; rejects where it does not end as it should. */
export async function pushWhole(bench: SizeBench, hub: ListHub, file: ListFile): Promise<WholePush> {
  const started = performance.now();
  const { submission, time } = await upload(hub, file);
  const { state, stages } = await ended(bench, submission);
  const whole = performance.now() - started;
  const { rows, badRows } = file.list;
  if (state.status !== 'RECEIVED' || state.rows_sent !== rows || state.rows_rejected !== badRows) {
    throw new Error(`${file.list.list} as ${file.format} ended otherwise than it should: ${JSON.stringify(state)}`);
  }
  return { submission, accepted: time, whole, stages };
}

/** How long pushes took in each stage: a line to read. */
export function stagesOf(pushes: readonly WholePush[]): string {
  const names = new Set(pushes.flatMap(({ stages }) => [...stages.keys()]));
  const inStage = (name: string): number => medianOf(pushes.map(({ stages }) => stages.get(name) ?? 0));
  return [
    ['accepted', medianOf(pushes.map(({ accepted }) => accepted))] as const,
    ...[...names].map((name) => [name.toLowerCase().replace('_', ' '), inStage(name)] as const),
  ]
    .map(([name, time]) => `${name} ${(time / 1000).toFixed(2)} s`)
    .join(' · ');
}

interface State {
  readonly status: string;
  readonly stage: string | null;
  readonly decided: boolean;
  readonly rows_sent: number;
  readonly rows_rejected: number;
}

/** Follows a submission until nothing more comes of it. */
async function ended({ database, signal }: SizeBench, submission: string) {
  const stages = new Map<string, number>();
  let since = performance.now();
  const state = await until(
    async () => {
      const { rows } = await database.pool.query<State>(STATE, [submission]);
      const now = performance.now();
      const stage = rows[0]!.stage ?? 'WAITING';
      stages.set(stage, (stages.get(stage) ?? 0) + now - since);
      since = now;
      return rows[0]!.decided || !UNFINISHED.has(rows[0]!.status) ? rows[0]! : undefined;
    },
    'a push is done with',
    signal,
  );
  return { state, stages };
}

/** Statuses from which a push goes on. */
const UNFINISHED: ReadonlySet<string> = new Set(['QUEUED', 'WORKING', 'RECEIVED']);

const STATE = {
  name: 'state-of-push',
  text: `select status, stage, decided_at is not null as decided, rows_sent, rows_rejected, remarks from submission where id = $1`,
};
