import type { Claim } from '../domain/claims/claim.ts';
import type { RowStatement } from '../domain/claims/claims-from-row.ts';
import type { ClaimPlan, SubjectRow } from '../domain/claims/plan-claims.ts';
import type { CheckedRow } from '../domain/intake/check-row.ts';
import type { RawRow, RowCounts, RowFinding } from '../domain/intake/list-definition.ts';
import type {
  FindingCount,
  ListChanges,
  SubmissionRemark,
  SubmissionStatus,
  WorkStage,
} from '../domain/intake/submission.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { Subject } from '../domain/identity/subject.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';
import type { Clock, Ids, Jurisdictions, StoredSubmission, SubjectKeys } from './ports.ts';

/** The list of one agency. */
export interface AgencyList {
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly list: ListName;
}

/** What it takes to take lists in. */
export interface TakeInPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly subjectKeys: SubjectKeys;
  readonly jurisdictions: Jurisdictions;
  readonly takeIn: TakeInStore;
  /** Told why the work on a submission broke off for the last time. */
  readonly onBrokenOff?: (error: unknown, submission: string) => void;
}

/** Where lists that were kept whole are taken in. */
export interface TakeInStore {
  /** Does the work as the only one on this list. Waits a while for whoever else is at it, then gives up with an error. */
  alone(list: AgencyList, work: (shift: TakeInShift) => Promise<void>): Promise<void>;
}

/** What may be done while one is alone with a list. */
export interface TakeInShift {
  /** The unfinished submission of the list that was received first. */
  firstUnfinished(): Promise<StoredSubmission | undefined>;
  /**
   * Begins the work on a submission from its start, whatever an earlier attempt left, and counts the attempt;
   * `undefined` where it is no longer to be taken in.
   */
  begin(submission: StoredSubmission): Promise<TakeInWork | undefined>;
  /** Sets aside a submission whose work broke off too often. */
  giveUp(submission: StoredSubmission, remark: SubmissionRemark): Promise<void>;
}

/** Rows of a submission that lie together, as they were sent. */
export interface SentRows {
  /** Number of the first of them, counted from 1. */
  readonly firstRow: number;
  readonly rows: readonly RawRow[];
}

/** A row once judged by itself, to be compared with other rows and with what stands. */
export interface JudgedRow {
  readonly row: number;
  readonly rejected: boolean;
  readonly findings: readonly RowFinding[];
  /** `null` where the subject cannot be told. */
  readonly subject: Subject | null;
  /** Further documents that the row says are the same person's. */
  readonly others: readonly Subject[];
  /** Name, as names are compared, and birthday that a row to be taken in tells; `null` where it does not tell both. */
  readonly nameAndBirth: { readonly bareName: string; readonly birthDate: PlainDate } | null;
  /** What a row says that only adds; `null` for rejected rows and those that remove or correct. */
  readonly statement: RowStatement | null;
  readonly change: CheckedRow['change'];
  readonly cells: CheckedRow['cells'];
}

/** What decides how a submission is compared with what stands. */
export interface ComparisonTerms {
  /** Standing claims that leaving out says something of; `null` for a push that adds to what is known. */
  readonly covers: {
    /** Only claims of submissions of this period; `null` for all. */
    readonly period: string | null;
    /** Claims whose last day is not after this one are over and need no confirmation; `null` where claims are never over. */
    readonly overSince: PlainDate | null;
  } | null;
}

/** What comparing in sets found out. */
export interface SetComparison {
  /** Rows about matters of which nothing stands, which are taken in as they are. */
  readonly added: number;
  /** Rows that say what stands. */
  readonly unchanged: number;
  /** Covered claims that are not over. */
  readonly stood: number;
}

/** A subject that has to be thought about: all its rows in the push, and what stands. */
export interface SubjectMatters {
  readonly rows: readonly SubjectRow[];
  readonly standing: readonly Claim[];
  /** Ids of the standing claims that the push covers. */
  readonly covered: readonly string[];
  /** Names that standing claims of any list give the subject. */
  readonly names: readonly string[];
  /** Nobody has heard of the subject, and somebody known under another number has the name and birthday that a row tells. */
  readonly hasNamesake: boolean;
}

/** What became of a submission. */
export interface TakeInOutcome {
  readonly status: Extract<SubmissionStatus, 'RECEIVED' | 'NEEDS_RELEASE' | 'REFUSED' | 'DRY_RUN'>;
  readonly changes: ListChanges;
  readonly report: readonly FindingCount[];
  readonly remarks: readonly SubmissionRemark[];
  /** Claims that begin to stand and claims that cease to, or would. */
  readonly claimsAdded: number;
  readonly claimsEnded: number;
}

/** The work on one submission. Its steps come in the order in which they stand here. */
export interface TakeInWork {
  /** The rows as they were sent, in order. */
  sentRows(): AsyncIterable<SentRows>;
  /** Keeps judged rows until they are compared; they come in order. */
  keepJudged(rows: readonly JudgedRow[]): Promise<void>;
  /** Tells how far the work has come; written about once a second. */
  progress(stage: WorkStage, rowsDone: number): Promise<void>;
  /** Rows by what has become of them so far. */
  counts(): RowCounts;
  /** Compares in sets what can be. May be called again, and then begins anew. */
  compare(terms: ComparisonTerms): Promise<SetComparison>;
  /** The subjects that sets cannot settle, some at a time. */
  unsettled(terms: ComparisonTerms): AsyncIterable<readonly SubjectMatters[]>;
  /** Keeps what was planned for some subjects. Instants of `toldAt` are those of the claims not told yet. */
  keepPlan(plan: ClaimPlan, toldAt: Date): Promise<void>;
  /**
   * Makes what was planned true at one instant, as a whole; the documents of the rows taken in are kept and joined to persons
   * before, and readers may see these before the claims. Answers `CHANGED`, and has done nothing, where what stands is no
   * longer what was compared, `OUTDATED` where there is a newer index key than the rows were judged by, and `GONE` where the submission
   * is no longer to be taken in.
   *
   * @param newest number of the newest index key that all of its rows were judged by
   */
  takeIn(outcome: TakeInOutcome, newest: number): Promise<'DONE' | 'CHANGED' | 'OUTDATED' | 'GONE'>;
  /** Ends the work without any claim: verdicts and report are kept. */
  close(outcome: TakeInOutcome): Promise<void>;
  /** Clears away what only the work needed. */
  clear(): Promise<void>;
}
