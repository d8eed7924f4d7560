import type { Claim } from '../domain/claims/claim.ts';
import type { Jurisdiction } from '../domain/access/caller.ts';
import type { ListMode, RawRow, RowCounts, RowOutcome, RowVerdict } from '../domain/intake/list-definition.ts';
import type {
  FileColumn,
  FindingCount,
  ListChanges,
  SubmissionFormat,
  SubmissionRemark,
  SubmissionStatus,
  WorkProgress,
} from '../domain/intake/submission.ts';
import type { AgencySignature } from '../domain/intake/submission-signature.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { IdentityDocument, Subject } from '../domain/identity/subject.ts';
import type { NumberedFacts } from '../domain/person/person-facts.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { PlainDate } from '../domain/time/plain-date.ts';

/** Tells the instant. Injected, so that tests and stories set it. */
export interface Clock {
  now(): Date;
}

/** Makes ids that sort by time (UUIDv7). */
export interface Ids {
  next(): string;
}

/** Keys of the documents that were asked for together. */
export interface AskedKeys {
  /** The subject key of a document that was asked for. */
  keyOf(document: IdentityDocument): string;
  /** Number of the newest index key by which they were looked up; 0 for the pepper. Where there is a newer one, they are asked for anew before anybody is made of them. */
  readonly newest: number;
}

/**
 * Tells which subjects documents name, with secrets that only the adapter holds. Asked for together, by one statement however many;
 * by none as long as keys were never rotated, and then the documents are not looked at.
 */
export interface SubjectKeys {
  /** Keeps nothing: a document that nobody has heard of has a key under which nobody is. */
  find(documents: () => Iterable<IdentityDocument>): Promise<AskedKeys>;
  /** Gives a document that nobody has heard of a subject key that stays. */
  enter(documents: () => Iterable<IdentityDocument>): Promise<AskedKeys>;
  /** Looks for newer index keys at once. */
  look(): Promise<void>;
}

/** Digest of a push's content, as lower-case hex SHA-256: what "same content" means for an idempotency key. */
export type ContentDigest = (content: unknown) => string;

/** The jurisdictions this hub serves. */
export interface Jurisdictions {
  find(id: string): Jurisdiction | undefined;
  all(): readonly Jurisdiction[];
}

/** The policy packs this hub holds, all checked when it started. */
export interface PolicyPacks {
  find(id: string): PolicyPack | undefined;
  all(): readonly PolicyPack[];
}

/** One push of one list by one agency, as kept. What was sent never changes; where it stands does. */
export interface StoredSubmission {
  readonly id: string;
  readonly jurisdiction: string;
  readonly agency: Agency;
  readonly list: ListName;
  readonly mode: ListMode;
  /** The list period the owner gave (`2025-11`), as written. */
  readonly period: string | null;
  /** The owner's document number, as written. */
  readonly documentNumber: string | null;
  readonly idempotencyKey: string;
  /** SHA-256 of the content, lower-case hex. */
  readonly digest: string;
  readonly receivedAt: Date;
  readonly counts: RowCounts;
  /** Claims that began to stand and claims that ceased to, by this push. */
  readonly claimsAdded: number;
  readonly claimsEnded: number;
  readonly status: SubmissionStatus;
  /** Only to be judged: it never makes a claim. Its key is its own id, so that it spends none. */
  readonly dryRun: boolean;
  readonly format: SubmissionFormat;
  /** The columns of a file in its order; `null` for rows that name their columns themselves. */
  readonly fileColumns: readonly FileColumn[] | null;
  /** The staff member of the agency in whose name its system pushed, as the token says; `null` where it names nobody. */
  readonly operator: string | null;
  readonly changes: ListChanges;
  /** What was found among the rows, by code and column. */
  readonly report: readonly FindingCount[];
  /** Why it is held, refused or failed. */
  readonly remarks: readonly SubmissionRemark[];
  /** What is being done with it; `null` before the work began and for pushes that were taken in at once. */
  readonly progress: WorkProgress | null;
  /** How often the work on it was begun. */
  readonly attempts: number;
  /** The instant at which its claims began to stand; `null` as long as they do not. */
  readonly takenInAt: Date | null;
  /** When the persons it touches were decided anew. */
  readonly decidedAt: Date | null;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
  readonly withdrawnAt: Date | null;
  readonly withdrawnBecause: string | null;
  /** The agency's own signature over the digest and what names the push; `null` where it came without one. */
  readonly signature: AgencySignature | null;
}

/** Work to be done outside a request; kept in the database, so that it outlives the process. */
export type Job =
  /** Takes in the unfinished submissions of an agency's list, in the order in which they were received. */
  | {
      readonly kind: 'take-in-list';
      readonly jurisdiction: string;
      readonly agency: Agency;
      readonly list: ListName;
    }
  /** Decides anew the persons touched by submissions that were taken in or withdrawn. */
  | { readonly kind: 'decide-touched'; readonly jurisdiction: string }
  /** Keeps the cards of everybody of the jurisdiction, and the tasks about who they are. */
  | { readonly kind: 'keep-people'; readonly jurisdiction: string }
  /** Decides everybody of the jurisdiction anew by one pack, as of a day. */
  | { readonly kind: 'rebuild-decisions'; readonly jurisdiction: string; readonly pack: string; readonly asOf: string }
  /** Decides everybody by two packs and tells the difference. */
  | { readonly kind: 'compare-packs'; readonly jurisdiction: string; readonly comparison: string };

/** A row of a submission as kept: what was sent, what became of it. */
export interface StoredRow extends RowVerdict {
  readonly subjectKey: string | null;
  /** The cells as they were sent. */
  readonly sent: Readonly<Record<string, unknown>>;
}

/** A subject as a row names it, to be looked for among those who are known. */
export interface NamedSubject {
  readonly subjectKey: string;
  /** As names are compared. */
  readonly bareName: string;
  readonly birthDate: PlainDate;
  /** Keys of the other documents that the row names as theirs. */
  readonly others: readonly string[];
}

/** What one push may do to the store; everything in it happens or nothing does. */
export interface ReceiveTransaction {
  /** Waits until no other push of this agency's list is under way, so that two pushes cannot both add the same claim. */
  lockList(jurisdiction: string, agency: Agency, list: ListName): Promise<void>;
  findByIdempotencyKey(jurisdiction: string, agency: Agency, key: string): Promise<StoredSubmission | undefined>;
  /** Claims of the agency's list that stand now: of the subjects named, or of the whole list (of one period, if given). */
  standingClaims(scope: {
    readonly jurisdiction: string;
    readonly agency: Agency;
    readonly list: ListName;
    readonly subjectKeys?: readonly string[];
    readonly period?: string | null;
  }): Promise<Claim[]>;
  /**
   * Of subjects never heard of, those whose name and birthday somebody has who is known under another number, as people are found
   * now; whoever another document of the row names does not count.
   */
  namesakesOf(jurisdiction: string, subjects: readonly NamedSubject[]): Promise<ReadonlySet<string>>;
  /** Names that standing claims of any list give the subjects, by subject key. */
  namesOf(jurisdiction: string, subjectKeys: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** What has been received of the list so far, and matters to the next push of it. */
  stateOf(list: { readonly jurisdiction: string; readonly agency: Agency; readonly list: ListName }): Promise<{
    /** A push of the list still waits for its turn or is being worked on. */
    readonly unfinished: boolean;
    /** Period labels of the snapshots that were received and count. */
    readonly snapshotPeriods: readonly string[];
    /** Number of the newest index key; 0 where there is none. */
    readonly newestIndexKey: number;
  }>;
  addSubmission(submission: StoredSubmission, rows: readonly StoredRow[]): Promise<void>;
  /** Keeps a submission that waits for its turn, with its rows as they were sent. */
  addQueued(submission: StoredSubmission, rows: readonly RawRow[]): Promise<void>;
  /** Waits until nobody else changes who is who in the jurisdiction. Comes before `linkSubjects` where `resolveIdentities` follows. */
  lockIdentities(jurisdiction: string): Promise<void>;
  /** Keeps the documents; a subject never seen becomes a person of its own. */
  linkSubjects(jurisdiction: string, subjects: readonly Subject[], since: Date, submission: string): Promise<void>;
  /** Ends the standing of claims. Comes before `addClaims`: of one subject's key only one claim may stand, at any moment. */
  endClaims(claims: readonly Pick<Claim, 'id' | 'subjectKey'>[], at: Date, by: string): Promise<void>;
  addClaims(claims: readonly Claim[]): Promise<void>;
  /** Lets who is who around these subjects follow from the claims that now stand. Comes after `addClaims`. */
  resolveIdentities(jurisdiction: string, subjects: readonly string[], at: Date, submission: string): Promise<void>;
  /** Adds a job that is there when the transaction has happened. Comes last in it. */
  addJob(job: Job): Promise<void>;
}

/** Where lists go in. */
export interface ReceiveStore {
  /** What the work reads and writes is of this one jurisdiction. */
  inTransaction<T>(jurisdiction: string, work: (tx: ReceiveTransaction) => Promise<T>): Promise<T>;
}

/** What is kept of a file before its work begins; the rest of the submission is as of one that waits. */
export type UploadedSubmission = Pick<
  StoredSubmission,
  | 'id'
  | 'jurisdiction'
  | 'agency'
  | 'list'
  | 'mode'
  | 'period'
  | 'documentNumber'
  | 'idempotencyKey'
  | 'digest'
  | 'receivedAt'
  | 'dryRun'
  | 'format'
  | 'fileColumns'
  | 'operator'
  | 'signature'
>;

/** A file that is coming in: put aside row by row, and kept as a submission only once it is whole. */
export interface Upload {
  /** The submission that was received under this key before. */
  readonly before: StoredSubmission | undefined;
  /** Rows put aside so far. */
  readonly rows: number;
  /** Puts rows aside, in the order of the file. */
  addRows(rows: readonly RawRow[]): Promise<void>;
  /** Waits for this list's place in the order of receipt, and holds it until the upload is closed. */
  lockList(list: ListName): Promise<void>;
  /** Period labels of the snapshots of the list that were received and count. */
  snapshotPeriods(list: ListName): Promise<readonly string[]>;
  /**
   * Keeps the submission with its rows, `QUEUED`, and the job that will take it in: all of it, or nothing and `undefined`
   * where a push without a file has taken the key meanwhile.
   */
  keep(submission: UploadedSubmission): Promise<StoredSubmission | undefined>;
  /** Lets go of everything that was put aside. Comes last, whatever happened. */
  close(): Promise<void>;
}

/** Where files come in. */
export interface UploadStore {
  /** Begins an upload under a key; `undefined` while another one under the same key is coming in. */
  begin(jurisdiction: string, agency: Agency, idempotencyKey: string): Promise<Upload | undefined>;
}

/** A row that was not taken in: its number, whom it names, why, and its cells as they were sent. */
export type RejectedRow = Pick<StoredRow, 'row' | 'subjectKey' | 'findings' | 'sent'>;

/** Where the rejected rows of a submission are read. */
export interface RejectedRows {
  /** Rejected rows in row order, a block at a time; none of blocks without verdicts. */
  blocks(jurisdiction: string, submission: string): AsyncIterable<readonly RejectedRow[]>;
}

/** A page of something, with the cursor to go on from; `null` when there is no more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total: number;
}

/** Where kept submissions are read. */
export interface SubmissionStore {
  find(jurisdiction: string, id: string): Promise<StoredSubmission | undefined>;
  /** Those of these submissions that are the agency's, in any order. One statement. */
  findOwn(jurisdiction: string, agency: Agency, ids: readonly string[]): Promise<readonly StoredSubmission[]>;
  page(
    jurisdiction: string,
    filter: { readonly agency?: Agency; readonly list?: ListName; readonly status?: readonly SubmissionStatus[] },
    first: number,
    after: string | null,
  ): Promise<Page<StoredSubmission>>;
  rows(
    jurisdiction: string,
    submission: string,
    only: readonly RowOutcome[] | null,
    first: number,
    after: string | null,
  ): Promise<Page<StoredRow>>;
}

/** Where submissions are taken back, and let in after having been held. */
export interface WithdrawStore {
  /**
   * Takes a push back whole, in one transaction: no claim of it stands any more, and where it had the last word on a matter,
   * the last word before it stands again, told now. Gives the submission as it then is, unchanged where it was withdrawn
   * before; `undefined` while it is being worked on. The clock is asked once the list is held.
   */
  withdraw(submission: StoredSubmission, because: string, clock: Clock): Promise<StoredSubmission | undefined>;
  /** Lets in a held submission: it waits for its turn again. `undefined` where it is not held. */
  release(submission: StoredSubmission, by: string, clock: Clock): Promise<StoredSubmission | undefined>;
}

/** Where persons are read: one statement a call, however many are asked for. */
export interface PersonStore {
  /** Persons by subject key, as known at the instant; subjects never heard of are absent from the map. */
  findBySubjects(
    jurisdiction: string,
    subjectKeys: readonly string[],
    knownAt: Date,
  ): Promise<ReadonlyMap<string, NumberedFacts>>;
  /** Persons by person id, as known at the instant. */
  findByIds(jurisdiction: string, ids: readonly string[], knownAt: Date): Promise<ReadonlyMap<string, NumberedFacts>>;
}
