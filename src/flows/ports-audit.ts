import type { Purpose } from '../domain/access/caller.ts';
import type { AuditEntry } from '../domain/audit/audit-entry.ts';
import type { Page } from './ports.ts';

/** The log that an entry was added to, as it was right after: how many entries, and the root over them, lower-case hex. */
export interface TreeHead {
  readonly log: string;
  readonly size: number;
  readonly root: string;
}

/** Where everything that anybody does with persons is put down. */
export interface AuditLog {
  /**
   * Adds entries to a jurisdiction's log, in this order, and resolves when they are there for good. Rejects with
   * {@link AuditUnavailable} where that cannot be known within seconds; then nothing may be answered.
   */
  append(log: string, entries: readonly AuditEntry[]): Promise<TreeHead>;
  /** The head as it stands now. */
  head(log: string): Promise<TreeHead>;
  /** Tries whether entries could be added now, and rejects with {@link AuditUnavailable} where not; nothing is added. */
  check(): Promise<void>;
}

/** Signs what the hub can be held to. */
export interface ReceiptSeal {
  /** @returns a compact JWS over the members */
  sealReceipt(members: object): Promise<string>;
  /** @returns a checkpoint: a compact JWS over the head and the instant, ISO 8601 */
  sealCheckpoint(head: TreeHead & { readonly at: string }): Promise<string>;
}

/** What is to be shown of a log. */
export interface ProofQuestion {
  /** Who holds the root of so many entries asks whether they are still its first; `null`: nobody does. */
  readonly from: number | null;
  /** As of so many entries; `null`: of all. */
  readonly until: number | null;
  /** Of which submission the entry of its receiving is to be shown. */
  readonly submission: string | null;
}

/** What a log shows of itself: by hashes (lower-case hex), and the one entry that was asked for. */
export interface LogProof {
  readonly head: TreeHead;
  /** That the head is that of the first `from` entries with others added (RFC 9162 §2.1.4.1). */
  readonly consistency: readonly string[] | null;
  /** The entry, its place from 0, and that it is there under the head (RFC 9162 §2.1.3.1); `null` where none is asked for or there. */
  readonly entry: { readonly index: number; readonly text: string; readonly inclusion: readonly string[] } | null;
}

/** Where a log shows that it was only added to. */
export interface AuditProofs {
  /** @returns `null` where the log is not, or was never, so long */
  prove(log: string, question: ProofQuestion): Promise<LogProof | null>;
}

/** One look at a person, as the log has it. */
export interface LoggedLook {
  /** The entry's place in its log, from 0. */
  readonly sequence: number;
  readonly entry: AuditEntry;
}

/** Where the log is read for the people it is about. */
export interface AuditReader {
  /**
   * What was granted about a person, the newest first: entries that name them under whichever id they had at that instant, those of
   * submissions that said something of them, and those about everybody since they were first heard of. What is told only days later,
   * by its purpose, is left out until then.
   *
   * @param subjectKeys every document of the person
   */
  looksAt(
    log: string,
    subjectKeys: readonly string[],
    told: { readonly now: Date; readonly afterDays: Partial<Record<Purpose, number>> },
    first: number,
    after: string | null,
  ): Promise<Page<LoggedLook>>;
}

/** What was asked cannot be put down, so it is not answered. */
export class AuditUnavailable extends Error {
  readonly code = 'AUDIT_UNAVAILABLE';

  constructor(options?: ErrorOptions) {
    super('the audit log cannot be written', options);
    this.name = 'AuditUnavailable';
  }
}
