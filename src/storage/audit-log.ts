import pg from 'pg';
import { canonicalText, type AuditEntry } from '../domain/audit/audit-entry.ts';
import { GrowingTree, HASH_BYTES, NO_ENTRIES, type TreeEdge } from '../domain/audit/merkle-tree.ts';
import { AuditUnavailable, type AuditLog, type TreeHead } from '../flows/ports-audit.ts';
import { plainArray, textArray } from './array-text.ts';
import { KEPT_LEVELS, sha256Tree } from './audit-tree.ts';

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
  /** Milliseconds; for tests of a log that cannot be written. */
  readonly longestWait?: number;
}

/**
 * Adds to the logs of all jurisdictions, on connections of its own: requests that wait for a connection of the ordinary flows must not
 * keep others from being put down. What is asked for while a batch is on its way goes with the next, so that many who ask at once share
 * one commit (ADR 17).
 */
export function auditLog(url: string, { longestWait = LONGEST_WAIT }: AuditWriterOptions = {}): AuditWriter {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: STATEMENT_TIME,
    query_timeout: STATEMENT_TIME,
    options: `-c synchronous_commit=on -c statement_timeout=${STATEMENT_TIME} -c plan_cache_mode=force_generic_plan`,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const queues = new Map<string, LogQueue>();
  return {
    append: (log, entries) => {
      let queue = queues.get(log);
      if (!queue) queues.set(log, (queue = new LogQueue(log, pool, longestWait)));
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
  readonly done: (head: TreeHead) => void;
  readonly failed: (error: AuditUnavailable) => void;
}

/** Writes one log, one batch after another. */
class LogQueue {
  readonly #log: string;
  readonly #pool: pg.Pool;
  readonly #longestWait: number;
  /** The log's edge as this process knows it; `undefined` where another process may have added to it. */
  #edge: TreeEdge | undefined;
  #waiting: Waiting[] = [];
  #count = 0;
  #writing: Promise<void> | undefined;

  constructor(log: string, pool: pg.Pool, longestWait: number) {
    this.#log = log;
    this.#pool = pool;
    this.#longestWait = longestWait;
  }

  append(entries: readonly AuditEntry[]): Promise<TreeHead> {
    if (this.#count + entries.length > MOST_WAITING) return Promise.reject(new AuditUnavailable());
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(() => reject(new AuditUnavailable()), this.#longestWait);
      const settle =
        <T>(settled: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(impatience);
          settled(value);
        };
      this.#waiting.push({ entries, done: settle(resolve), failed: settle(reject) });
      this.#count += entries.length;
      this.#writing ??= this.#writeAll();
    });
  }

  async idle(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What is asked for in this turn of the process goes together.
    await undefined;
    while (this.#waiting.length > 0) {
      const some = this.#next();
      try {
        const head = await this.#write(some.flatMap(({ entries }) => entries));
        for (const { done } of some) done(head);
      } catch (cause) {
        this.#edge = undefined;
        for (const { failed } of some) failed(new AuditUnavailable({ cause }));
      }
    }
    // With nothing between this and the look at who waits: whoever comes later begins anew.
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
    const client = await this.#pool.connect();
    let whole = false;
    try {
      await client.query('begin');
      let { rows } = await client.query<HeadRow>({ ...LOCK, values: [this.#log] });
      if (rows.length === 0) {
        await client.query({ ...BEGIN_LOG, values: [this.#log, Buffer.from(sha256Tree.empty)] });
        ({ rows } = await client.query<HeadRow>({ ...LOCK, values: [this.#log] }));
      }
      const edge = edgeOf(rows[0]!);
      const batch = batchOf(this.#log, edge, entries, texts);
      await client.query({ ...APPEND, values: batch.values });
      await client.query('commit');
      whole = true;
      return this.#appended(batch);
    } finally {
      client.release(!whole);
    }
  }

  #appended({ edge, root }: Batch): TreeHead {
    this.#edge = edge;
    return { log: this.#log, size: edge.size, root: Buffer.from(root).toString('hex') };
  }
}

/** A head as it is kept. */
interface HeadRow {
  readonly size: string;
  readonly frontier: Buffer;
}

/** The edge that a head says. */
function edgeOf({ size, frontier }: HeadRow): TreeEdge {
  const hashes = Array.from({ length: frontier.length / HASH_BYTES }, (_, index) =>
    frontier.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
  return { size: Number(size), frontier: hashes };
}

/** Entries on their way, and the log's edge behind them. */
interface Batch {
  readonly values: readonly unknown[] & unknown[];
  readonly edge: TreeEdge;
  readonly root: Uint8Array;
}

function batchOf(log: string, before: TreeEdge, entries: readonly AuditEntry[], texts: readonly string[]): Batch {
  const kept: { level: number; index: number; hash: Uint8Array }[] = [];
  const tree = new GrowingTree(sha256Tree, before.size === 0 ? NO_ENTRIES : before, (subtree, hash) => {
    if (subtree.level % KEPT_LEVELS === 0) kept.push({ ...subtree, hash });
  });
  const leaves = texts.map((text) => sha256Tree.leaf(text));
  for (const leaf of leaves) tree.add(leaf);
  const edge = tree.edge();
  const root = tree.root();
  const values = [
    log,
    before.size,
    edge.size,
    Buffer.concat(edge.frontier),
    root,
    // JSON of one line each: as elements of an array all its quotes would have to be escaped, and read back.
    texts.join('\n'),
    plainArray(entries.map(({ at }) => stamp(at))),
    plainArray(entries.map(({ at, knownAt }) => stamp(knownAt ?? at))),
    plainArray(entries.map(({ person }) => person)),
    textArray(entries.map(({ submissions }) => (submissions.length > 0 ? plainArray(submissions) : null))),
    plainArray(entries.map(({ everybody }) => everybody)),
    Buffer.concat(leaves),
    plainArray(kept.map(({ level }) => level)),
    plainArray(kept.map(({ index }) => index)),
    Buffer.concat(kept.map(({ hash }) => hash)),
  ];
  return { values, edge, root };
}

const stamp = (instant: Date): string => instant.toISOString();

/**
 * Adds a batch where the log still is as the process knows it; all of it, or nothing. One statement, so one commit for everybody in
 * it: `appended` is false where another process was quicker, and then nothing has happened.
 */
const APPEND = {
  name: 'audit-append',
  text: `
with head as (
  update audit_head set size = $3::bigint, frontier = $4, root = $5 where log = $1 and size = $2::bigint returning log
),
entries as (
  insert into audit_entry (log, sequence, body, at, known_at, person, submissions, everybody, leaf)
  select head.log, $2::bigint + r.n - 1, r.body, r.at, r.known_at, r.person, r.submissions::uuid[], r.everybody,
    substr($12::bytea, (r.n::int - 1) * ${HASH_BYTES} + 1, ${HASH_BYTES})
  from head, unnest(string_to_array($6, chr(10)), $7::timestamptz[], $8::timestamptz[], $9::uuid[], $10::text[], $11::boolean[])
    with ordinality as r (body, at, known_at, person, submissions, everybody, n)
),
subtrees as (
  insert into audit_subtree (log, level, index, hash)
  select head.log, s.level, s.index, substr($15::bytea, (s.n::int - 1) * ${HASH_BYTES} + 1, ${HASH_BYTES})
  from head, unnest($13::smallint[], $14::bigint[]) with ordinality as s (level, index, n)
)
select exists (select from head) as appended`,
};

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
