import type { Caller } from '../domain/access/caller.ts';
import { RequestRefused, ToldRefusal } from './error-answer.ts';
import { mapEvents } from './event-stream.ts';

/** Where doors have put down what a request saw and what it was denied. */
export interface RequestRecords {
  /**
   * Puts down what was noted of the caller's request; rejects with the code `AUDIT_UNAVAILABLE` where it cannot be done, and with
   * `BUDGET_SPENT` and `retryAfter` seconds where it would tell of too many people.
   */
  settle(caller: Caller): Promise<void>;
  /** Notes that the request was denied; once, whatever else of it is denied. */
  denied(caller: Caller, reason: string): void;
}

/** The caller as who asks in this request. */
export const askingIn = (caller: Caller, id: string, operation = 'unpublished'): Caller => ({
  ...caller,
  request: { id, operation },
});

/**
 * Does what somebody asks. What was seen for it, or why it was denied, is put down before the answer or the refusal is told; where that
 * cannot be done, neither is.
 */
export async function recorded<T>(caller: Caller | null, records: RequestRecords, work: () => Promise<T>): Promise<T> {
  // Who has not proven who they are is only counted.
  if (!caller) return work();
  try {
    const answer = await work();
    await settle(caller, records);
    return answer;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason !== undefined) records.denied(caller, reason);
    await settle(caller, records);
    throw asRefusal(error);
  }
}

/** The same of events, one by one. */
export function recordedEvents<T>(
  events: AsyncIterator<T, unknown>,
  caller: Caller | null,
  records: RequestRecords,
): AsyncIterator<T, unknown> {
  return {
    ...mapEvents(events, (event) => event),
    next: () => recorded(caller, records, () => events.next()),
  };
}

/** Puts down that somebody was denied who is known, though not let in. */
export async function recordDenied(
  caller: Caller,
  reason: string,
  records: RequestRecords,
  asked: { readonly id: string; readonly operation: string },
): Promise<void> {
  const asker = askingIn(caller, asked.id, asked.operation);
  records.denied(asker, reason);
  await settle(asker, records);
}

async function settle(caller: Caller, records: RequestRecords): Promise<void> {
  try {
    await records.settle(caller);
  } catch (error) {
    throw asRefusal(error);
  }
}

/** What the log or a budget stops is refused by its code, also where a flow that gives people one after another met it by itself. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RequestRefused) return error;
  const { code, retryAfter } = error as { readonly code?: unknown; readonly retryAfter?: number };
  if (code === 'AUDIT_UNAVAILABLE') return new RequestRefused('AUDIT_UNAVAILABLE');
  return code === 'BUDGET_SPENT' ? new RequestRefused('BUDGET_SPENT', [], retryAfter) : error;
}

/** Why a request is refused; nothing where the hub itself is at fault. */
function reasonOf(error: unknown): string | undefined {
  // Whoever found it spent has put that down.
  if (error instanceof RequestRefused && error.code === 'BUDGET_SPENT') return undefined;
  if (error instanceof ToldRefusal) return error.refusal.code;
  return error instanceof RequestRefused && error.status < 500 ? error.code : undefined;
}
