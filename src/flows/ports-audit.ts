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

/** Signs receipts, so that the hub can be held to them. */
export interface ReceiptSeal {
  /** @returns a compact JWS over the members */
  sealReceipt(members: object): Promise<string>;
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
