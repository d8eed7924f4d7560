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
  return besideLog(url, act, async ({ check, put }) => {
    await check();
    const changed = await work().catch(async (error: unknown) => {
      if (error instanceof AgencyKeyRefused) await putBeside(error, () => put('DENIED', error.code));
      throw error;
    });
    if (changed) await put('GRANTED', null);
    return changed;
  });
}

/**
 * Does what cannot be taken back, and puts it down before: without an entry it does not happen. Where it comes to nothing, a second entry says
 * that it was not done, and by what code where it was refused; one that is cut off leaves the first alone. `INTERNAL` may also be a commit of which no
 * answer came.
 *
 * @param work gives whether anything was done; it does nothing where it throws
 */
export async function putDownThenDo(url: string, act: OperatorAct, work: () => Promise<boolean>): Promise<boolean> {
  return besideLog(url, act, async ({ put }) => {
    await put('GRANTED', null);
    const done = await work().catch(async (error: unknown) => {
      const reason = error instanceof ErasureRefused ? error.code : 'INTERNAL';
      await putBeside(error, () => put('DENIED', reason));
      throw error;
    });
    if (!done) await put('DENIED', 'NOT_FOUND');
    return done;
  });
}

/** The log while an act is done. */
interface ActLog {
  /** Fails where the log cannot be written. */
  check(): Promise<void>;
  put(decision: AuditEntry['decision'], reason: AuditEntry['reason']): Promise<unknown>;
}

async function besideLog<T>(url: string, act: OperatorAct, work: (log: ActLog) => Promise<T>): Promise<T> {
  const audit = auditLog(url);
  try {
    return await work({
      check: () => audit.check(),
      put: (decision, reason) => audit.append(act.jurisdiction, [entryOf(act, { decision, reason })]),
    });
  } finally {
    await audit.close();
  }
}

/** Puts down what came of an error. Where that fails too the operator hears of both: what was refused stays refused. */
async function putBeside(error: unknown, put: () => Promise<unknown>): Promise<void> {
  try {
    await put();
  } catch (unwritten) {
    const both = [error, unwritten];
    const messages = both.map((one) => (one instanceof Error ? one.message : String(one)));
    throw new AggregateError(both, messages.join('\n'), { cause: unwritten });
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
