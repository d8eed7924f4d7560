import type pg from 'pg';
import type { TreeHead } from '../flows/ports-audit.ts';

/** Milliseconds between two checkpoints of a log that grows. */
const EVERY = 60_000;

/** Signs a head of a log, so that nobody who changes the database can make another. */
export type SignHead = (head: TreeHead & { readonly at: string }) => Promise<string>;

/** What signs checkpoints. */
export interface Checkpoints {
  /** Signs what was added since the last one, and ends. */
  stop(): Promise<void>;
}

/** Signs a checkpoint of every log that has grown, every minute and at the end. Several processes may: each size is signed once. */
export function signCheckpoints(pool: pg.Pool, sign: SignHead, onFault: (error: unknown) => void): Checkpoints {
  const signAll = async (): Promise<void> => {
    const { rows } = await pool.query<TreeHead>(GROWN);
    for (const { log, size, root } of rows) {
      const at = new Date();
      const signed = await sign({ log, size: Number(size), root, at: at.toISOString() });
      await pool.query(KEEP, [log, size, at, signed]);
    }
  };
  const timer = setInterval(() => void signAll().catch(onFault), EVERY).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await signAll().catch(onFault);
    },
  };
}

/** A checkpoint as it is kept. */
export interface KeptCheckpoint {
  /** How many entries the log had, as the database has it. */
  readonly size: string;
  readonly signed: string;
}

/** The checkpoints that there are of a log, the smallest first. Whose signature they bear is for the caller to see. */
export async function readCheckpoints(pool: pg.Pool, log: string): Promise<readonly KeptCheckpoint[]> {
  const { rows } = await pool.query<KeptCheckpoint>(KEPT, [log]);
  return rows;
}

const GROWN = `
select h.log, h.size, encode(h.root, 'hex') as root
from audit_head h
where h.size > coalesce((select max(c.size) from audit_checkpoint c where c.log = h.log), 0)`;

const KEEP = 'insert into audit_checkpoint (log, size, at, signed) values ($1, $2, $3, $4) on conflict do nothing';

const KEPT = 'select size, signed from audit_checkpoint where log = $1 order by size';
