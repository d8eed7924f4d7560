import type { Database } from '../../storage/database.ts';
import type { ListHub } from './lists/list-hub.ts';
import type { Helper } from './processes.ts';
import type { Figure } from './report.ts';
import type { SavedState } from './saved-state.ts';

/** The ground on which the figures of one population are measured. */
export interface SizeBench {
  /** Persons in the hub. */
  readonly size: number;
  /** Rows of an ordinary push: the same for every population of a run, so that pushes can be compared between them. */
  readonly rows: number;
  /** A minute's look: less of everything, and nothing is warmed up that takes long. */
  readonly quick: boolean;
  /** Runs of which a median is taken. */
  readonly runs: number;
  /** Seconds that a load is put on the hub at a time. */
  readonly seconds: number;
  /** Persons that are asked for, over and over. */
  readonly sample: number;
  /** A folder for files, gone after the run. */
  readonly dir: string;
  readonly database: Database;
  /** The processes of PostgreSQL that run now: its server, then one for each connection and others of its own (Linux). */
  databaseProcesses(): readonly number[];
  /** Settings of every process of the bench, as environment variables. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** Starts a process of the bench; it is stopped when the part of the bench that wanted it is done. */
  start(role: string): Promise<Helper>;
  /** The hub as `npm start` runs it, at rest; started when a part first wants it, and kept for the parts after. */
  listHub(): Promise<ListHub>;
  /**
   * The hub's tables as they are when a part first asks, copied then. Whoever asks later finds them so again, whatever the parts
   * before have left behind; so may parts that push alone.
   */
  savedState(): Promise<SavedState>;
}

/** A part of the bench, by the name under which it can be run alone. */
export type Part = (bench: SizeBench) => Promise<Figure[]>;

/** Does the work as often as a median wants it, and gives what each run gave. */
export async function runsOf<T>(bench: SizeBench, work: (run: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let run = 0; run < bench.runs; run += 1) {
    bench.signal.throwIfAborted();
    results.push(await work(run));
  }
  return results;
}
