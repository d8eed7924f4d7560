import { hash } from 'node:crypto';
import { verifyLog } from '../../storage/audit-verify.ts';
import { answerBench } from './processes.ts';

/** A log that was just written, and how many entries it has. */
export interface LogToCheck {
  readonly url: string;
  readonly log: string;
  readonly entries: number;
}

const LINK_BYTES = 64;

/**
 * The process that does nothing but check a log, as the command does, and chain hashes: the heap of the bench made the one slower and the other
 * faster than they are alone.
 */
export function verifyRole(): Promise<void> {
  return answerBench({ chain, check }, async () => undefined);
}

/** Links of a bare chain of hashes in a second. */
function chain(links: number): number {
  const started = performance.now();
  const link = Buffer.alloc(LINK_BYTES);
  for (let index = 0; index < links; index++) hash('sha256', link, 'buffer').copy(link);
  return perSecond(links, started);
}

/** Entries of a log that are checked in a second. */
async function check({ url, log, entries }: LogToCheck): Promise<number> {
  const started = performance.now();
  const { sound, fault } = await verifyLog(url, log, []);
  if (fault || sound !== entries) throw new Error('the log that was just written is not sound');
  return perSecond(entries, started);
}

const perSecond = (count: number, started: number): number => (count * 1_000) / (performance.now() - started);
