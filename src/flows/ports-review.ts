import type { MatterKind } from '../domain/identity/identity-matter.ts';
import type { SubjectSettlement } from '../domain/identity/settled.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type {
  Actor,
  CorrectionState,
  SettledDifference,
  Settlement,
  TaskState,
  TaskStep,
} from '../domain/review/settlement.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Page } from './ports.ts';

/** Tells working days: weekends, public holidays and the days worked instead of them. */
export interface WorkingDays {
  /** The day that is so many working days after a day, that day not counted (民法典 art. 201). */
  after(day: PlainDate, workingDays: number): PlainDate;
  /** Are the holidays of the year known? Of a year whose notice is not out yet, `after` leaves out weekends only. */
  isKnown(year: number): boolean;
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
  /** Settled or undone by one person, and waiting for a second. */
  readonly proposal: Proposal | null;
  /** What holds. Stays while the task is open again because more came up. */
  readonly settled: Settled | null;
  /** What the last settlement or undoing changed, for whom. */
  readonly difference: readonly SettledDifference[];
}

/** What one person would settle. */
export interface Proposal {
  /** `null`: to undo what was settled. */
  readonly settlement: Settlement | null;
  readonly because: string;
  readonly by: Actor;
  readonly at: Date;
  /** Where the task stood before, and stands again if the proposal is taken back. */
  readonly from: Exclude<TaskState, 'PROPOSED'>;
  /** What it would change, for whom. */
  readonly difference: readonly SettledDifference[];
}

/** What was settled, by whom and why. */
export interface Settled {
  readonly settlement: Settlement;
  readonly because: string;
  readonly by: Actor;
  /** The second person, where money moved. */
  readonly confirmedBy: Actor | null;
  readonly at: Date;
  /** What was looked at: the matter comes up again once other subjects or names (as names are compared) join it. */
  readonly seen: { readonly subjects: readonly string[]; readonly names: readonly string[] };
}

/** One thing that was done about a task, and never changed afterwards. */
export interface ReviewStep {
  readonly task: string;
  /** The version that the task has since. */
  readonly version: number;
  readonly did: TaskStep;
  readonly at: Date;
  /** `null` where nobody did it: it followed from what stands. */
  readonly by: Actor | null;
  readonly because: string | null;
  readonly settlement: Settlement | null;
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

/** What a settlement does; everything in it happens or nothing does. */
export interface SettleTransaction {
  /**
   * The task, held against whoever would settle it at the same time. Comes first, once: `rollBack` goes back to here.
   *
   * @param ownOf only if this agency has said something that stands of somebody whom the task is about
   */
  hold(jurisdiction: string, task: string, ownOf?: Agency): Promise<ReviewTask | undefined>;
  /** These persons as known at the instant, what the transaction wrote as of then included; whoever is none is left out. */
  factsOf(jurisdiction: string, persons: readonly string[], knownAt: Date): Promise<readonly PersonFacts[]>;
  /**
   * Writes what was settled (settlements, splits or the value that counts), which ends what an earlier settlement said of the same,
   * and lets links follow from it.
   *
   * @returns the persons whom it concerns, as they were and as they are
   */
  settle(
    jurisdiction: string,
    task: string,
    settlement: Exclude<Settlement, { readonly kind: 'ASK_OWNER' }>,
    at: Date,
  ): Promise<readonly string[]>;
  /** Ends everything that the task settled and that still holds, brings back what that had ended, and lets links follow from it. */
  undo(jurisdiction: string, task: string, at: Date): Promise<readonly string[]>;
  /** Undoes all that was written since the task was held: to see what a settlement would come to. The task stays held. */
  rollBack(): Promise<void>;
  /** Keeps the task as it now is, its version one higher, and what was done. */
  save(task: ReviewTask, step: Omit<ReviewStep, 'task' | 'version'>): Promise<ReviewTask>;
  addCorrection(request: CorrectionRequest): Promise<void>;
  /** See {@link CorrectionStore.save}. */
  saveCorrection(request: CorrectionRequest): Promise<CorrectionRequest | undefined>;
  /** How many requests of the task are not answered yet. */
  openCorrections(task: string): Promise<number>;
  /** These persons are to be decided anew because of the task, by a job that is there when the transaction has happened. Comes last. */
  decideAnew(jurisdiction: string, task: string, persons: readonly string[], at: Date): Promise<void>;
}

/** Where tasks are kept. One task a matter, whatever becomes of it. */
export interface ReviewStore {
  /** @param ownOf only if this agency has said something that stands of somebody whom the task is about */
  find(jurisdiction: string, id: string, ownOf?: Agency): Promise<ReviewTask | undefined>;
  page(jurisdiction: string, filter: TaskFilter, first: number, after: string | null): Promise<Page<ReviewTask>>;
  /** What was done about tasks, in order. */
  stepsOf(jurisdiction: string, tasks: readonly string[]): Promise<readonly ReviewStep[]>;
  /** What the work reads and writes is of this one jurisdiction. */
  inTransaction<T>(jurisdiction: string, work: (tx: SettleTransaction) => Promise<T>): Promise<T>;
}

/** Where matters that no person's own claims show are looked up. */
export interface MatterFinder {
  /**
   * Groups of subjects that rows name together although they cannot be one person's: around these seeds, and wherever an open task
   * says so of one of these subjects.
   */
  conflictsAround(
    jurisdiction: string,
    seeds: readonly string[],
    subjects: readonly string[],
  ): Promise<readonly (readonly string[])[]>;
  /** What was settled of any subject of these persons, and whose each of its subjects is. */
  settlementsOf(
    jurisdiction: string,
    persons: readonly string[],
  ): Promise<{
    readonly settlements: readonly SubjectSettlement[];
    readonly personOf: ReadonlyMap<string, string>;
  }>;
  /** Opens the names told of these subjects: bare names by the keys that stand for them where people are decided. One statement. */
  bareNamesOf(jurisdiction: string, subjects: readonly string[]): Promise<(bareKey: string) => string>;
}

/** Where requests to correct are kept. */
export interface CorrectionStore {
  find(jurisdiction: string, id: string): Promise<CorrectionRequest | undefined>;
  page(
    jurisdiction: string,
    /** Those asked of an agency, or by it; all of the jurisdiction where neither is named. */
    filter: { readonly of?: Agency; readonly by?: Agency; readonly state?: readonly CorrectionState[] },
    first: number,
    after: string | null,
  ): Promise<Page<CorrectionRequest>>;
  /** Requests that came from tasks, in the order in which they were asked. */
  ofTasks(jurisdiction: string, tasks: readonly string[]): Promise<readonly CorrectionRequest[]>;
  add(request: CorrectionRequest): Promise<void>;
  /** Keeps the request as it now is if it still has the version, its version one higher; `undefined` where another was faster. */
  save(request: CorrectionRequest): Promise<CorrectionRequest | undefined>;
}
