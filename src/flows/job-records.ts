import { auditEntry } from '../domain/audit/audit-entry.ts';
import type { AuditLog } from './ports-audit.ts';
import type { Clock, ContentDigest, Ids } from './ports.ts';

/** What a job did with people's data. */
export interface JobDone {
  readonly act: 'decideTouched' | 'rebuildDecisions' | 'keepEverybody' | 'comparePacks';
  /** Those whose people it was about; who they are follows from what these said. */
  readonly submissions?: readonly string[];
  /** It was about everybody of the jurisdiction. */
  readonly everybody?: true;
  /** The people it was about, where nothing else tells who they are: one entry each. */
  readonly persons?: readonly string[];
  readonly count: number;
  readonly digest: string | null;
}

/** Where what jobs do is put down. */
export interface JobRecords {
  /** Puts a run of a job down before what it did counts; rejects where it cannot be done, so that the job is tried again. */
  put(jurisdiction: string, done: JobDone): Promise<void>;
}

/**
 * Puts what jobs do down in the audit log: one entry a run with how many people it was about and a digest over their ids, not one a
 * person, which would double what a push costs. Whom it was about follows from the claims of its submissions (ADR 17).
 */
export function jobRecords({
  audit,
  clock,
  ids,
}: {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly ids: Ids;
}): JobRecords {
  return {
    put: async (jurisdiction, { act, persons, count, ...done }) => {
      const entry = auditEntry({
        at: clock.now(),
        actor: { client: 'hub', key: null, operator: null },
        request: ids.next(),
        operation: 'job',
        act,
        kinds: [act === 'comparePacks' ? 'BENEFIT' : 'DECIDED'],
        ...done,
      });
      const entries = persons?.map((person) => ({ ...entry, person, digest: null })) ?? [{ ...entry, count }];
      if (entries.length > 0) await audit.append(jurisdiction, entries);
    },
  };
}

/** Counts people as they pass, with a digest over their ids in this order. */
export class PeopleTally {
  readonly #contentDigest: ContentDigest;
  readonly #kept: string[] | undefined;
  count = 0;
  digest: string | null = null;

  /** @param keeps whether the ids are kept as well; for a few people only */
  constructor(contentDigest: ContentDigest, keeps = false) {
    this.#contentDigest = contentDigest;
    this.#kept = keeps ? [] : undefined;
  }

  get persons(): readonly string[] | undefined {
    return this.#kept;
  }

  add(persons: readonly string[]): void {
    this.count += persons.length;
    this.digest = this.#contentDigest([this.digest, persons]);
    this.#kept?.push(...persons);
  }

  /** The same batches, counted. */
  async *of<T>(batches: AsyncIterable<T>, personsOf: (batch: T) => readonly string[]): AsyncGenerator<T> {
    for await (const batch of batches) {
      this.add(personsOf(batch));
      yield batch;
    }
  }
}
