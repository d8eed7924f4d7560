import type { AuditEntry } from '../domain/audit/audit-entry.ts';

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
  /** Tries whether entries could be added now, and rejects with {@link AuditUnavailable} where not; nothing is added. */
  check(): Promise<void>;
}

/** What was asked cannot be put down, so it is not answered. */
export class AuditUnavailable extends Error {
  readonly code = 'AUDIT_UNAVAILABLE';

  constructor(options?: ErrorOptions) {
    super('the audit log cannot be written', options);
    this.name = 'AuditUnavailable';
  }
}
