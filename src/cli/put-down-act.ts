import { randomUUID } from 'node:crypto';
import { auditEntry, type AuditEntry } from '../domain/audit/audit-entry.ts';
import { AgencyKeyRefused } from '../storage/agency-keys.ts';
import { auditLog } from '../storage/audit-log.ts';

/** What the operator of the hub does by a command. */
export interface OperatorAct {
  /** In whose log it is put down. */
  readonly jurisdiction: string;
  readonly act: 'registerKey' | 'revokeKey' | 'suspendAgency' | 'resumeAgency' | 'tellReasons';
  /** The command and whom it is about: `keygen 130628:tax`. */
  readonly operation: string;
  /** Thumbprint of the public key that it is about; `null` for none, and for what is no public key. */
  readonly key: string | null;
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

const entryOf = ({ act, operation, key }: OperatorAct, outcome: Pick<AuditEntry, 'decision' | 'reason'>): AuditEntry =>
  auditEntry({
    at: new Date(),
    actor: { client: 'hub', key, operator: null },
    request: randomUUID(),
    operation,
    act,
    ...outcome,
  });
