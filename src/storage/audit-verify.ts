import { availableParallelism } from 'node:os';
import type pg from 'pg';
import { GrowingTree, isSameHash, NO_ENTRIES, rootOf, type TreeHash } from '../domain/audit/merkle-tree.ts';
import { KEPT_LEVELS, sha256Tree } from './audit-tree.ts';
import { checkRange, RANGE_LEVEL, type AuditFault, type AuditRange, type RangeVerdict } from './audit-range.ts';
import { readingAt, shareSnapshot } from './audit-snapshot.ts';
import { auditThreads, type CheckRange } from './audit-threads.ts';

/** What somebody holds of a log, and where it came from: a checkpoint, or the receipt of an agency. */
export interface HeldHead {
  readonly size: number;
  /** Lower-case hex. */
  readonly root: string;
  readonly from: string;
}

/** What became of checking a log. */
export interface AuditVerdict {
  readonly log: string;
  /** Entries that are sound, from the first on. */
  readonly sound: number;
  readonly fault: AuditFault | null;
}

const RANGE = 2 ** RANGE_LEVEL;
/** Ranges of a log for which it is not worth while to start threads. */
const FEW_RANGES = 4;
/** More than so many threads would wait for the database. */
const MOST_THREADS = 8;

/** The logs that there are. */
export async function auditLogs(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ log: string }>(
    'select log from audit_head union select distinct log from audit_entry order by log',
  );
  return rows.map(({ log }) => log);
}

/**
 * Checks a whole log as it is at the moment, while it may be added to: hashes every text anew, holds the columns against it, builds the
 * tree, and holds the kept subtrees, the head and what others hold against that. Nothing that the database says of itself is believed
 * but the texts. A long log is checked in ranges, by this thread and others, each with a connection of its own; each keeps what has come
 * at a time, however long the log is.
 */
export async function verifyLog(url: string, log: string, held: readonly HeldHead[]): Promise<AuditVerdict> {
  const client = await readingAt({ url, snapshot: null });
  try {
    const stands = await standing(client, log);
    const check = new LogCheck(held, stands.subtrees);
    const own: CheckRange = (range) => checkRange(client, range);
    if (stands.entries <= FEW_RANGES * RANGE) {
      await checkAll(log, stands.entries, check, [own]);
    } else {
      const others = Math.min(availableParallelism(), MOST_THREADS) - 1;
      const threads = auditThreads(others, { url, snapshot: await shareSnapshot(client) });
      try {
        // Twice: the next range is with a thread before it has done with one.
        await checkAll(log, stands.entries, check, [own, ...threads.checks, ...threads.checks]);
      } finally {
        await threads.stop();
      }
    }
    check.end(stands);
    return { log, sound: check.fault?.sequence ?? check.size, fault: check.fault };
  } finally {
    await client.end();
  }
}

/** Has a log checked range by range, each by whoever is free, and takes the verdicts in the order of the log, until one with a fault. */
async function checkAll(log: string, entries: number, check: LogCheck, checkers: readonly CheckRange[]): Promise<void> {
  let given = 0;
  let taken = 0;
  /** Verdicts on ranges, by where they begin, while one before them is waited for. */
  const early = new Map<number, RangeVerdict>();

  const work = async (checked: CheckRange): Promise<void> => {
    while (!check.fault && given < entries) {
      const [start, end] = [given, Math.min(given + RANGE, entries)];
      given = end;
      early.set(start, await checked({ log, start, end, heldAt: check.heldUpTo(end) }));
      for (let next = early.get(taken); next && !check.fault; next = early.get(taken)) {
        early.delete(taken);
        taken += RANGE;
        check.add(next);
      }
    }
  };
  try {
    await Promise.all(checkers.map(work));
  } finally {
    // Where one has failed the others get no more.
    given = entries;
  }
}

/** What the database says of a log besides its entries. */
interface Standing {
  readonly size: number;
  readonly root: Buffer;
  /** How many entries there are to be checked: as the head has it, and those beyond it. */
  readonly entries: number;
  /** The kept subtrees that are larger than a range, by level and index. */
  readonly subtrees: ReadonlyMap<string, Buffer>;
}

async function standing(client: pg.ClientBase, log: string): Promise<Standing> {
  const found = await client.query<{ size: string; root: Buffer | null; entries: string }>(STANDING, [log]);
  const kept = await client.query<{ level: number; index: string; hash: Buffer }>(LARGE_SUBTREES, [log, RANGE_LEVEL]);
  const { size, root, entries } = found.rows[0]!;
  return {
    size: Number(size),
    root: root ?? Buffer.from(sha256Tree.empty),
    entries: Number(entries),
    subtrees: new Map(kept.rows.map(({ level, index, hash }) => [`${level}/${index}`, hash])),
  };
}

const STANDING = `
select coalesce(h.size, 0) as size, h.root, greatest(h.size, e.last + 1, 0) as entries
from (select max(sequence) as last from audit_entry where log = $1) e
left join audit_head h on h.log = $1`;

const LARGE_SUBTREES = 'select level, index, hash from audit_subtree where log = $1 and level > $2';

/** Puts ranges together, in their order. */
class LogCheck {
  fault: AuditFault | null = null;
  readonly #held: readonly HeldHead[];
  /** Over whole ranges, each of which is one of its leaves. */
  readonly #tree: GrowingTree;
  /** The complete subtrees of a range at the end that is not whole. */
  #rest: readonly TreeHash[] = [];
  #size = 0;
  #asked = 0;
  #nextHeld = 0;
  #lastHeld = 0;

  constructor(held: readonly HeldHead[], subtrees: Standing['subtrees']) {
    this.#held = held.toSorted((one, other) => one.size - other.size);
    this.#tree = new GrowingTree(sha256Tree, NO_ENTRIES, ({ level: above, index }, hash) => {
      const level = above + RANGE_LEVEL;
      if (level % KEPT_LEVELS !== 0) return;
      const kept = subtrees.get(`${level}/${index}`);
      const [start, until] = [index * 2 ** level, (index + 1) * 2 ** level];
      if (!kept || !isSameHash(kept, hash)) this.fault ??= { sequence: start, what: 'RANGE', until };
    });
    this.#compareHeld(0, []);
    this.#asked = this.#nextHeld;
  }

  get size(): number {
    return this.#size;
  }

  /** The sizes of the log up to an entry of which somebody holds the root, those asked for before left out. */
  heldUpTo(end: number): AuditRange['heldAt'] {
    const sizes = new Set<number>();
    for (; this.#held[this.#asked] && this.#held[this.#asked]!.size <= end; this.#asked++) {
      sizes.add(this.#held[this.#asked]!.size);
    }
    return [...sizes];
  }

  /** Takes what became of the next range. */
  add({ fault, edge, held }: RangeVerdict): void {
    const isWhole = edge.size % RANGE === 0;
    for (const at of held) if (!isWhole || at.size < edge.size) this.#compareHeld(at.size, at.frontier);
    this.fault ??= fault;
    this.#size = edge.size;
    if (this.fault) return;
    if (!isWhole) {
      this.#rest = edge.frontier;
      return;
    }
    this.#tree.add(edge.frontier[0]!);
    if (held.at(-1)?.size === edge.size) this.#compareHeld(edge.size, []);
  }

  end({ size, root }: Standing): void {
    if (this.fault) return;
    if (size > this.#size) this.fault = { sequence: this.#size, what: 'MISSING' };
    else if (size < this.#size || !isSameHash(root, this.#rootWith(this.#rest))) {
      this.fault = { sequence: size, what: 'HEAD' };
    }
    const more = this.#held[this.#nextHeld];
    if (more) this.fault ??= { sequence: this.#size, what: 'HELD', until: more.size, from: more.from };
  }

  /** The root over the whole ranges so far and what comes behind them. */
  #rootWith(frontier: readonly TreeHash[]): TreeHash {
    return rootOf([...this.#tree.edge().frontier, ...frontier], sha256Tree);
  }

  #compareHeld(size: number, frontier: readonly TreeHash[]): void {
    for (let held = this.#held[this.#nextHeld]; held?.size === size; held = this.#held[this.#nextHeld]) {
      if (this.fault) return;
      if (held.root !== Buffer.from(this.#rootWith(frontier)).toString('hex')) {
        this.fault = { sequence: this.#lastHeld, what: 'HELD', until: size, from: held.from };
        return;
      }
      this.#lastHeld = size;
      this.#nextHeld += 1;
    }
  }
}
