import pg from 'pg';
import { canonicalText, type AuditEntry } from '../domain/audit/audit-entry.ts';
import type { TreeEdge } from '../domain/audit/merkle-tree.ts';
import { AuditUnavailable, type AuditLog, type TreeHead } from '../flows/ports-audit.ts';
import { APPEND, batchOf, edgeOf, type Batch, type HeadRow } from './audit-batch.ts';
import { reasonSealer } from './audit-reasons.ts';
import { sha256Tree } from './audit-tree.ts';
import { committed } from './in-transaction.ts';
import { NO_SEALING, type Sealing } from './sealing/no-sealing.ts';
import { PersonKeysFault, SealingFault } from './sealing/sealing-fault.ts';
import { walledDatabase } from './walled-database.ts';

/** Milliseconds after which whoever waits for an entry is told that it cannot be written. */
const LONGEST_WAIT = 5_000;
/** Milliseconds that the database may take for a batch: less than anybody waits, so that what was given up is not written for long. */
const STATEMENT_TIME = 4_000;
/** As many entries as one statement adds; what waits beyond takes its turn. */
const MOST_AT_ONCE = 5_000;
/** As many entries as may wait in a process: beyond, the log is as good as unwritable. */
const MOST_WAITING = 100_000;

/** A log that this process adds to. */
export interface AuditWriter extends AuditLog {
  /** Writes what still waits, and lets go of the connections. */
  close(): Promise<void>;
}

/** How a log is written. */
export interface AuditWriterOptions {
  /** Seals what entries say in words; without it none with a reason can be put down. */
  readonly sealing?: Sealing;
  /** Milliseconds; for tests of a log that cannot be written. */
  readonly longestWait?: number;
}

/**
 * Adds to the logs of all jurisdictions, on connections of its own: requests that wait for a connection of the ordinary flows must not
 * keep others from being put down. What is asked for while a batch is on its way goes with the next, so that many who ask at once share
 * one commit (ADR 17).
 */
export function auditLog(
  url: string,
  { sealing = NO_SEALING, longestWait = LONGEST_WAIT }: AuditWriterOptions = {},
): AuditWriter {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: STATEMENT_TIME,
    query_timeout: STATEMENT_TIME,
    options: `-c synchronous_commit=on -c statement_timeout=${STATEMENT_TIME} -c plan_cache_mode=force_generic_plan`,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const seal = reasonSealer(walledDatabase(pool, sealing), sealing);
  const queues = new Map<string, LogQueue>();
  return {
    append: (log, entries) => {
      let queue = queues.get(log);
      if (!queue) queues.set(log, (queue = new LogQueue({ log, pool, seal, longestWait })));
      return queue.append(entries);
    },
    head: async (log) => {
      const { rows } = await pool
        .query<{ size: string; root: Buffer }>({ ...HEAD, values: [log] })
        .catch((cause: unknown) => Promise.reject(new AuditUnavailable({ cause })));
      const { size, root } = rows[0] ?? { size: 0, root: Buffer.from(sha256Tree.empty) };
      return { log, size: Number(size), root: root.toString('hex') };
    },
    check: async () => {
      await pool.query(TRY).catch((cause: unknown) => {
        throw new AuditUnavailable({ cause });
      });
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.idle()));
      await pool.end();
    },
  };
}

/** Entries that somebody waits for. */
interface Waiting {
  readonly entries: readonly AuditEntry[];
  /** By `performance.now()`. */
  readonly since: number;
  isAnswered: boolean;
  readonly done: (head: TreeHead) => void;
  readonly failed: (error: AuditUnavailable) => void;
}

/** What a queue is made of. */
interface QueueParts {
  readonly log: string;
  readonly pool: pg.Pool;
  readonly seal: ReturnType<typeof reasonSealer>;
  readonly longestWait: number;
}

/** Writes one log, one batch after another. */
class LogQueue {
  readonly #log: string;
  readonly #pool: pg.Pool;
  readonly #seal: ReturnType<typeof reasonSealer>;
  readonly #longestWait: number;
  /** The log's edge as this process knows it; `undefined` where another process may have added to it. */
  #edge: TreeEdge | undefined;
  #waiting: Waiting[] = [];
  /** Those whose entries are being written. */
  #written: readonly Waiting[] = [];
  /** Will they be looked at when their time is up? */
  #isTimed = false;
  #count = 0;
  #writing: Promise<void> | undefined;

  constructor({ log, pool, seal, longestWait }: QueueParts) {
    this.#log = log;
    this.#pool = pool;
    this.#seal = seal;
    this.#longestWait = longestWait;
  }

  append(entries: readonly AuditEntry[]): Promise<TreeHead> {
    if (this.#count + entries.length > MOST_WAITING) return Promise.reject(new AuditUnavailable());
    return new Promise((done, failed) => {
      const one: Waiting = { entries, since: performance.now(), isAnswered: false, done, failed };
      this.#waiting.push(one);
      if (!this.#isTimed) this.#lookIn(this.#longestWait);
      this.#count += entries.length;
      this.#writing ??= this.#writeAll();
    });
  }

  #lookIn(wait: number): void {
    this.#isTimed = true;
    setTimeout(() => this.#giveUp(), wait).unref();
  }

  /** Tells whoever has waited too long. One timer for all of them: one for each entry is set and cleared for nothing. */
  #giveUp(): void {
    this.#isTimed = false;
    const now = performance.now();
    for (const one of [...this.#written, ...this.#waiting]) {
      if (one.isAnswered) continue;
      const left = one.since + this.#longestWait - now;
      if (left > 0) {
        this.#lookIn(Math.ceil(left));
        return;
      }
      one.isAnswered = true;
      one.failed(new AuditUnavailable());
    }
  }

  /** What comes of entries that nobody waits for any more is told to nobody. */
  #answer(some: readonly Waiting[], tell: (one: Waiting) => void): void {
    for (const one of some) {
      if (one.isAnswered) continue;
      one.isAnswered = true;
      tell(one);
    }
  }

  async idle(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What is asked for in this turn of the process goes together.
    await undefined;
    while (this.#waiting.length > 0) {
      const some = this.#next();
      this.#written = some;
      try {
        const { sound, entries } = await this.#sealed(some);
        if (sound.length === 0) continue;
        const head = await this.#write(entries);
        // Once the next batch is sent, where nothing has to be asked for it: the database works on it while these go on.
        process.nextTick(() => this.#answer(sound, ({ done }) => done(head)));
      } catch (cause) {
        this.#edge = undefined;
        this.#answer(some, ({ failed }) => failed(new AuditUnavailable({ cause })));
      }
    }
    // With nothing between this and the look at who waits: whoever comes later begins anew.
    this.#written = [];
    this.#writing = undefined;
  }

  #next(): Waiting[] {
    let entries = 0;
    const fit = this.#waiting.findIndex((one) => (entries += one.entries.length) > MOST_AT_ONCE);
    // One that alone is more than fits goes alone.
    const some = this.#waiting.splice(0, fit === -1 ? this.#waiting.length : Math.max(fit, 1));
    this.#count -= some.reduce((sum, one) => sum + one.entries.length, 0);
    return some;
  }

  /** Seals what they say, and fails those alone whose words cannot be sealed: the others are sealed without them. */
  async #sealed(some: readonly Waiting[]): Promise<{ sound: readonly Waiting[]; entries: readonly AuditEntry[] }> {
    let sound = some;
    for (;;) {
      const said = sound.flatMap(({ entries }) => entries);
      try {
        return { sound, entries: await this.#seal(this.#log, said) };
      } catch (cause) {
        if (!(cause instanceof SealingFault)) throw cause;
        const parts = Map.groupBy(sound, ({ entries }) => entries.some((entry) => isKeptOut(entry, cause)));
        const failing = parts.get(true);
        // Without anybody to leave out it would be tried for ever.
        if (!failing) throw cause;
        this.#answer(failing, ({ failed }) => failed(new AuditUnavailable({ cause })));
        sound = parts.get(false) ?? [];
      }
    }
  }

  async #write(entries: readonly AuditEntry[]): Promise<TreeHead> {
    const texts = entries.map(canonicalText);
    if (this.#edge) {
      const batch = batchOf(this.#log, this.#edge, entries, texts);
      const { rows } = await this.#pool.query<{ appended: boolean }>({ ...APPEND, values: batch.values });
      if (rows[0]?.appended) return this.#appended(batch);
    }
    return this.#writeLocked(entries, texts);
  }

  /** Another process has added to the log, or this one knows nothing of it yet: looks where it stands, and holds it meanwhile. */
  async #writeLocked(entries: readonly AuditEntry[], texts: readonly string[]): Promise<TreeHead> {
    const batch = await committed(await this.#pool.connect(), async (client) => {
      await client.query('begin');
      let { rows } = await client.query<HeadRow>({ ...LOCK, values: [this.#log] });
      if (rows.length === 0) {
        await client.query({ ...BEGIN_LOG, values: [this.#log, Buffer.from(sha256Tree.empty)] });
        ({ rows } = await client.query<HeadRow>({ ...LOCK, values: [this.#log] }));
      }
      const added = batchOf(this.#log, edgeOf(rows[0]!), entries, texts);
      await client.query({ ...APPEND, values: added.values });
      return added;
    });
    return this.#appended(batch);
  }

  #appended({ edge, root }: Batch): TreeHead {
    this.#edge = edge;
    return { log: this.#log, size: edge.size, root: Buffer.from(root).toString('hex') };
  }
}

/** Is it an entry that cannot be sealed for this fault: of somebody whose key does not open, or any in words where it is not one person's? */
const isKeptOut = ({ revealBecause, person }: AuditEntry, fault: SealingFault): boolean =>
  revealBecause !== null && (!(fault instanceof PersonKeysFault) || (person !== null && fault.persons.has(person)));

/** Adds an entry to no log, and takes it back at once: it finds a table that is gone, a right that was taken, a disk that is full. */
const TRY = `
do $$
begin
  begin
    update audit_head set size = size + 1 where log = '';
    insert into audit_entry (log, sequence, at, known_at, everybody, body, leaf) values ('', 0, now(), now(), false, '', '');
    raise exception using errcode = 'AU000';
  exception when sqlstate 'AU000' then null;
  end;
end
$$`;

const HEAD = { name: 'audit-head', text: 'select size, root from audit_head where log = $1' };

const LOCK = { name: 'audit-lock', text: 'select size, frontier from audit_head where log = $1 for update' };

const BEGIN_LOG = {
  name: 'audit-begin',
  text: `insert into audit_head (log, size, frontier, root) values ($1, 0, '', $2) on conflict do nothing`,
};
