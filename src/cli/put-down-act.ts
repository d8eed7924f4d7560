import { randomUUID } from 'node:crypto';
import { auditEntry, type AuditEntry } from '../domain/audit/audit-entry.ts';
import { AgencyKeyRefused } from '../storage/agency-keys.ts';
import { auditLog } from '../storage/audit-log.ts';
import { ErasureRefused } from '../storage/erasing/erasure-refused.ts';

/** What the operator of the hub does by a command. */
export interface OperatorAct {
  /** In whose log it is put down. */
  readonly jurisdiction: string;
  readonly act: 'registerKey' | 'revokeKey' | 'suspendAgency' | 'resumeAgency' | 'tellReasons' | 'erasePerson';
  /** The command and whom it is about: `keygen 130628:tax`. */
  readonly operation: string;
  /** Thumbprint of the public key that it is about; `null` for none, and for what is no public key. */
  readonly key: string | null;
  /** The person whom it is about. */
  readonly person?: string;
}

/**
 * Does something that the operator asks for, and puts it down: that it changed something, or that the key was refused. Not even begun
 * while the log cannot be written.
 *
 * @param url of the database
 * @param work gives whether it is to be put down: false where it was so already
 */
export async function putDownAct(url: string, act: OperatorAct, work: () => Promise<boolean>): Promise<boolean> {
  const audit = auditLog(url);
  const put = (outcome: Pick<AuditEntry, 'decision' | 'reason'>) =>
    audit.append(act.jurisdiction, [entryOf(act, outcome)]);
  try {
    await audit.check();
    const changed = await work();
    if (changed) await put({ decision: 'GRANTED', reason: null });
    return changed;
  } catch (error) {
    if (error instanceof AgencyKeyRefused) await put({ decision: 'DENIED', reason: error.code });
    throw error;
  } finally {
    await audit.close();
  }
}

/**
 * Does what cannot be taken back, and puts it down before: without an entry it does not happen. Where it comes to nothing, a second entry says
 * that it was not done, and by what code where it was refused; one that is cut off leaves the first alone. `INTERNAL` may also be a commit of which no
 * answer came.
 *
 * @param work gives whether anything was done; it does nothing where it throws
 */
export async function putDownThenDo(url: string, act: OperatorAct, work: () => Promise<boolean>): Promise<boolean> {
  const audit = auditLog(url);
  const put = (outcome: Pick<AuditEntry, 'decision' | 'reason'>) =>
    audit.append(act.jurisdiction, [entryOf(act, outcome)]);
  try {
    await put({ decision: 'GRANTED', reason: null });
    const done = await work().catch(async (error: unknown) => {
      await put({ decision: 'DENIED', reason: error instanceof ErasureRefused ? error.code : 'INTERNAL' });
      throw error;
    });
    if (!done) await put({ decision: 'DENIED', reason: 'NOT_FOUND' });
    return done;
  } finally {
    await audit.close();
  }
}

const entryOf = (
  { act, operation, key, person }: OperatorAct,
  outcome: Pick<AuditEntry, 'decision' | 'reason'>,
): AuditEntry =>
  auditEntry({
    at: new Date(),
    actor: { client: 'hub', key, operator: null },
    request: randomUUID(),
    operation,
    act,
    person: person ?? null,
    ...outcome,
  });
