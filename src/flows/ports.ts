import type { Claim } from '../domain/claims/claim.ts';
import type { Jurisdiction } from '../domain/access/caller.ts';
import type { ListMode, RowCounts, RowOutcome, RowVerdict } from '../domain/intake/list-definition.ts';
import type { Agency, ListName } from '../domain/intake/words.ts';
import type { IdentityDocument, Subject } from '../domain/identity/subject.ts';
import type { PersonFacts } from '../domain/person/person-facts.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';

/** Tells the instant. Injected, so that tests and stories set it. */
export interface Clock {
  now(): Date;
}

/** Makes ids that sort by time (UUIDv7). */
export interface Ids {
  next(): string;
}

/** Turns a document into its subject key, with a secret that only the adapter holds. */
export interface SubjectKeys {
  keyOf(document: IdentityDocument): string;
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

/** One push of one list by one agency, as kept. Never changed once stored. */
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
}

/** A row of a submission as kept: what was sent, what became of it. */
export interface StoredRow extends RowVerdict {
  readonly subjectKey: string | null;
  /** The cells as they were sent. */
  readonly sent: Readonly<Record<string, unknown>>;
}

/** A document that names a person, to be linked: the first is the subject of the row, the others name the same person. */
export interface SubjectLinkRequest {
  readonly subjects: readonly Subject[];
  /** Why these are one person: `SUBJECT_OF_ROW`, `BIRTH_LIST`. */
  readonly because: 'SUBJECT_OF_ROW' | 'BIRTH_LIST';
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
  /** Names that standing claims of any list give the subjects, by subject key. */
  namesOf(jurisdiction: string, subjectKeys: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  addSubmission(submission: StoredSubmission, rows: readonly StoredRow[]): Promise<void>;
  /** Keeps the documents and joins them to persons; documents that name one person end up with one person id. */
  linkSubjects(
    jurisdiction: string,
    requests: readonly SubjectLinkRequest[],
    since: Date,
    submission: string,
  ): Promise<void>;
  /** Ends the standing of claims. Comes before `addClaims`: of one subject's key only one claim may stand, at any moment. */
  endClaims(claims: readonly Pick<Claim, 'id' | 'subjectKey'>[], at: Date): Promise<void>;
  addClaims(claims: readonly Claim[]): Promise<void>;
}

/** Where lists go in. */
export interface ReceiveStore {
  inTransaction<T>(work: (tx: ReceiveTransaction) => Promise<T>): Promise<T>;
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
  page(
    jurisdiction: string,
    filter: { readonly agency?: Agency; readonly list?: ListName },
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

/** Where persons are read: one statement a call, however many are asked for. */
export interface PersonStore {
  /** Persons by subject key, as known at the instant; subjects never heard of are absent from the map. */
  findBySubjects(
    jurisdiction: string,
    subjectKeys: readonly string[],
    knownAt: Date,
  ): Promise<ReadonlyMap<string, PersonFacts>>;
  /** Persons by person id, as known at the instant. */
  findByIds(jurisdiction: string, ids: readonly string[], knownAt: Date): Promise<ReadonlyMap<string, PersonFacts>>;
}
