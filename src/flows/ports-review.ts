import type { IdentityMatter, MatterKind } from '../domain/identity/identity-matter.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { Actor, CorrectionState, SettledDifference, Settlement, TaskState } from '../domain/review/settlement.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Page } from './ports.ts';

/** Tells working days: weekends, public holidays and the days worked instead of them. */
export interface WorkingDays {
  /** The day that is so many working days after a day, that day not counted (民法典 art. 201). */
  after(day: PlainDate, workingDays: number): PlainDate;
}

/** A matter of identity that only a person can settle, as kept. */
export interface ReviewTask {
  readonly id: string;
  readonly jurisdiction: string;
  readonly kind: MatterKind;
  readonly state: TaskState;
  /** Grows with every change: whoever settles names the one they saw. */
  readonly version: number;
  /** Keys of the subjects concerned. */
  readonly subjects: readonly string[];
  readonly openedAt: Date;
  readonly dueOn: PlainDate;
  /** Settled by one person, and waiting for a second. */
  readonly proposal: {
    readonly settlement: Settlement;
    readonly because: string;
    readonly by: Actor;
    readonly at: Date;
  } | null;
  readonly settled: {
    readonly settlement: Settlement;
    readonly because: string;
    readonly by: Actor;
    /** The second person, where money moved. */
    readonly confirmedBy: Actor | null;
    readonly at: Date;
  } | null;
  /** What the settlement changed, or for a proposal would change, for whom. */
  readonly difference: readonly SettledDifference[];
}

/** Which tasks. */
export interface TaskFilter {
  readonly state?: readonly TaskState[];
  readonly kind?: readonly MatterKind[];
  /** Only tasks about persons of whom this agency has said something that stands. */
  readonly agency?: Agency;
}

/** A request to the owner of a list to check and correct a row. */
export interface CorrectionRequest {
  readonly id: string;
  readonly jurisdiction: string;
  /** The task that it came from; `null` where somebody asked on their own. */
  readonly task: string | null;
  readonly askedBy: { readonly agency: Agency; readonly operator: string | null };
  readonly askedAt: Date;
  readonly dueOn: PlainDate;
  /** The owner of the row. */
  readonly agency: Agency;
  readonly list: ListName;
  readonly submission: string;
  readonly row: number;
  readonly subjectKey: string;
  /** The column that is doubted, by its name in the graph. */
  readonly about: string;
  readonly reason: string;
  readonly state: CorrectionState;
  readonly version: number;
  readonly answer: string | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Date | null;
}

/** Links that hold or would hold among some subjects: subject key → person id. */
export type Partition = ReadonlyMap<string, string>;

/** What a settlement does; everything in it happens or nothing does. */
export interface SettleTransaction {
  /** The task, held against whoever would settle it at the same time. */
  hold(jurisdiction: string, task: string): Promise<ReviewTask | undefined>;
  /** Everything that stands of the persons who any of the subjects are now. */
  factsOf(jurisdiction: string, subjects: readonly string[]): Promise<readonly PersonFacts[]>;
  /**
   * Writes what was settled (settlements, splits or the value that counts), which ends what an earlier settlement said of the same,
   * and lets links follow from it.
   */
  settle(jurisdiction: string, task: string, settlement: Settlement, at: Date): Promise<void>;
  /** These persons are to be decided anew because of the task, by a job that is there when the transaction has happened. */
  decideAnew(jurisdiction: string, task: string, persons: readonly string[], at: Date): Promise<void>;
  /** Keeps the task as it now is, its version one higher. */
  save(task: ReviewTask): Promise<ReviewTask>;
  addCorrection(request: CorrectionRequest): Promise<void>;
  /** Undoes all that was written: to see what a settlement would come to. */
  rollBack(): Promise<void>;
}

/** Where tasks are kept. */
export interface ReviewStore {
  find(jurisdiction: string, id: string): Promise<ReviewTask | undefined>;
  page(jurisdiction: string, filter: TaskFilter, first: number, after: string | null): Promise<Page<ReviewTask>>;
  inTransaction<T>(work: (tx: SettleTransaction) => Promise<T>): Promise<T>;
  /**
   * Of the subjects, exactly these matters are open: opens a task for each that has none and was not settled as it now is, adds
   * subjects to those that grew, and sets aside (`OBSOLETE`) open tasks of these subjects whose matter no longer stands.
   */
  keepMatters(
    jurisdiction: string,
    subjects: readonly string[],
    matters: readonly IdentityMatter[],
    opened: { readonly at: Date; readonly dueOn: PlainDate },
  ): Promise<void>;
}

/** Where requests to correct are kept. */
export interface CorrectionStore {
  find(jurisdiction: string, id: string): Promise<CorrectionRequest | undefined>;
  page(
    jurisdiction: string,
    /** Those asked of an agency, or by it; both where neither is named. */
    filter: { readonly of?: Agency; readonly by?: Agency; readonly state?: readonly CorrectionState[] },
    first: number,
    after: string | null,
  ): Promise<Page<CorrectionRequest>>;
  add(request: CorrectionRequest): Promise<void>;
  /** Keeps the request as it now is if it still has the version, its version one higher; `undefined` where another was faster. */
  save(request: CorrectionRequest): Promise<CorrectionRequest | undefined>;
}
