import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AuditRange, RangeVerdict } from './audit-range.ts';
import type { CheckedSnapshot } from './audit-snapshot.ts';

/** Checks a range of a log. */
export type CheckRange = (range: AuditRange) => Promise<RangeVerdict>;

/** Threads that check ranges of a log side by side. */
export interface AuditThreads {
  /** Each gives a range to one of the threads, which may still be at one given before. */
  readonly checks: readonly CheckRange[];
  /** Lets them finish what they were given, and ends them. */
  stop(): Promise<void>;
}

/** Starts so many threads, each with a connection of its own that reads the same moment. */
export function auditThreads(count: number, at: CheckedSnapshot): AuditThreads {
  const threads = Array.from({ length: count }, () => new CheckingThread(at));
  return {
    checks: threads.map((thread) => (range) => thread.check(range)),
    stop: async () => {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

/** One thread: it answers in the order in which it is asked. */
class CheckingThread {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<RangeVerdict>[] = [];
  readonly #ended: Promise<unknown>;
  #broken: unknown;

  constructor(at: CheckedSnapshot) {
    const file = join(import.meta.dirname, `audit-verify-thread${extname(import.meta.filename)}`);
    this.#worker = new Worker(file, { workerData: at });
    this.#ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.on('message', (verdict: RangeVerdict) => this.#waiting.shift()?.resolve(verdict));
    this.#worker.on('error', (error) => {
      this.#broken = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  check(range: AuditRange): Promise<RangeVerdict> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken as Error);
    const answer = Promise.withResolvers<RangeVerdict>();
    this.#waiting.push(answer);
    // A thread has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker.postMessage(range);
    return answer.promise;
  }

  async stop(): Promise<void> {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.#worker.postMessage(null);
    await this.#ended;
  }
}
