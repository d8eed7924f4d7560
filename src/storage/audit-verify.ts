import type pg from 'pg';
import { GrowingTree, HASH_BYTES, isSameHash, NO_ENTRIES } from '../domain/audit/merkle-tree.ts';
import { KEPT_LEVELS, sha256Tree } from './audit-log.ts';

/** What somebody holds of a log, and where it came from: a checkpoint, or the receipt of an agency. */
export interface HeldHead {
  readonly size: number;
  /** Lower-case hex. */
  readonly root: string;
  readonly from: string;
}

/** What is wrong with a log, and with which entry it begins. */
export interface AuditFault {
  /** The first bad entry, from 0; with `RANGE` and `HELD` the first that may be. */
  readonly sequence: number;
  /**
   * `MISSING`: it is not there. `ENTRY`: its text is not what was hashed. `COLUMNS`: what is searched by is not what its text says.
   * `RANGE`: it and those up to `until` were hashed anew. `HEAD`: the head is not that of these entries. `HELD`: what somebody holds
   * shows that entries from here to before `until` were others, or more.
   */
  readonly what: 'MISSING' | 'ENTRY' | 'COLUMNS' | 'RANGE' | 'HEAD' | 'HELD';
  readonly until?: number;
  /** Whose checkpoint or receipt shows it. */
  readonly from?: string;
}

/** What became of checking a log. */
export interface AuditVerdict {
  readonly log: string;
  /** Entries that are sound, from the first on. */
  readonly sound: number;
  readonly fault: AuditFault | null;
}

/** Entries read at a time. */
const BLOCK = 4_096;

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
 * but the texts.
 */
export async function verifyLog(pool: pg.Pool, log: string, held: readonly HeldHead[]): Promise<AuditVerdict> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const check = new LogCheck(held);
    await checkBlocks(client, log, check);
    if (!check.fault) check.end(await headOf(client, log));
    return { log, sound: check.fault?.sequence ?? check.size, fault: check.fault };
  } finally {
    // A connection that is closed ends what it began.
    client.release(true);
  }
}

async function checkBlocks(client: pg.ClientBase, log: string, check: LogCheck): Promise<void> {
  let next = readBlock(client, log, 0);
  for (let first = 0; !check.fault; first += BLOCK) {
    const block = await next;
    if (block.count === 0) return;
    // The next block comes while this one is hashed.
    next = readBlock(client, log, first + BLOCK);
    next.catch(() => undefined);
    check.add(block);
    if (block.count < BLOCK) break;
  }
  await next.catch(() => undefined);
}

/** Some entries as they lie there. */
interface Block {
  readonly first: number;
  readonly count: number;
  readonly bodies: string;
  readonly columns: string;
  readonly leaves: Buffer;
  readonly subtrees: ReadonlyMap<string, Buffer>;
}

class LogCheck {
  fault: AuditFault | null = null;
  readonly #held: readonly HeldHead[];
  readonly #tree: GrowingTree;
  #subtrees: Block['subtrees'] = new Map();
  #size = 0;
  #nextHeld = 0;
  #lastHeld = 0;

  constructor(held: readonly HeldHead[]) {
    this.#held = held.toSorted((one, other) => one.size - other.size);
    this.#tree = new GrowingTree(sha256Tree, NO_ENTRIES, ({ level, index }, hash) => {
      if (level % KEPT_LEVELS !== 0 || this.fault) return;
      const kept = this.#subtrees.get(`${level}/${index}`);
      const [start, until] = [index * 2 ** level, (index + 1) * 2 ** level];
      if (!kept || !isSameHash(kept, hash)) this.fault = { sequence: start, what: 'RANGE', until };
    });
  }

  get size(): number {
    return this.#size;
  }

  add({ first, bodies, columns, leaves, subtrees }: Block): void {
    this.#subtrees = subtrees;
    const texts = bodies.split('\n');
    const said = columns.split('\n');
    for (let index = 0; index < said.length && !this.fault; index++) {
      const sequence = first + index;
      const text = texts[index] ?? '';
      if (!said[index]!.startsWith(`${sequence} `)) return this.#blame(sequence, 'MISSING');
      const leaf = sha256Tree.leaf(text);
      if (leaves.compare(leaf, 0, HASH_BYTES, index * HASH_BYTES, (index + 1) * HASH_BYTES) !== 0) {
        return this.#blame(sequence, 'ENTRY');
      }
      if (said[index] !== columnsOf(sequence, text)) return this.#blame(sequence, 'COLUMNS');
      this.#tree.add(leaf);
      this.#size += 1;
      this.#compareHeld();
    }
  }

  end(head: { readonly size: number; readonly root: Buffer } | undefined): void {
    const stands = head ?? { size: 0, root: Buffer.from(sha256Tree.empty) };
    if (stands.size > this.#size) this.#blame(this.#size, 'MISSING');
    else if (stands.size < this.#size || !isSameHash(stands.root, this.#tree.root())) this.#blame(stands.size, 'HEAD');
    const more = this.#held[this.#nextHeld];
    if (!this.fault && more) {
      this.fault = { sequence: this.#size, what: 'HELD', until: more.size, from: more.from };
    }
  }

  #compareHeld(): void {
    for (let held = this.#held[this.#nextHeld]; held?.size === this.#size; held = this.#held[this.#nextHeld]) {
      const root = Buffer.from(this.#tree.root()).toString('hex');
      if (held.root !== root) {
        this.fault ??= { sequence: this.#lastHeld, what: 'HELD', until: held.size, from: held.from };
        return;
      }
      this.#lastHeld = held.size;
      this.#nextHeld += 1;
    }
  }

  #blame(sequence: number, what: AuditFault['what']): void {
    this.fault = { sequence, what };
  }
}

/**
 * What an entry is searched by, as {@link BLOCK_OF} writes it. Cut out of the text, whose form is one: reading it as JSON would cost more
 * than all its hashes. Words of an asker cannot pass for a member, since JSON escapes their quotes.
 */
function columnsOf(sequence: number, text: string): string {
  const at = memberOf(text, '"at":"', '"');
  const person = memberOf(text, '"person":"', '"') ?? '-';
  const knownAt = memberOf(text, '"knownAt":"', '"') ?? at;
  const submissions = memberOf(text, '"submissions":[', ']')?.replaceAll('"', '') ?? '-';
  return `${sequence} ${at} ${knownAt} ${person} ${text.includes('"everybody":true')} ${submissions}`;
}

function memberOf(text: string, begin: string, end: string): string | undefined {
  const found = text.indexOf(begin);
  if (found === -1) return undefined;
  const start = found + begin.length;
  return text.slice(start, text.indexOf(end, start));
}

async function readBlock(client: pg.ClientBase, log: string, first: number): Promise<Block> {
  const range = [log, first, first + BLOCK];
  const found = await client.query<{ count: string; bodies: string; columns: string; leaves: Buffer }>(BLOCK_OF, range);
  const subtrees = await client.query<{ level: number; index: string; hash: Buffer }>(SUBTREES_OF, range);
  const { count, ...block } = found.rows[0]!;
  const kept = subtrees.rows.map(({ level, index, hash }) => [`${level}/${index}`, hash] as const);
  return { first, count: Number(count), ...block, subtrees: new Map(kept) };
}

async function headOf(client: pg.ClientBase, log: string): Promise<{ size: number; root: Buffer } | undefined> {
  const { rows } = await client.query<{ size: string; root: Buffer }>(
    'select size, root from audit_head where log = $1',
    [log],
  );
  return rows[0] && { ...rows[0], size: Number(rows[0].size) };
}

/** An instant as texts have it. */
const ISO = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** One row for many entries: a row each would cost more than its hash. */
const BLOCK_OF = `
select count(*), string_agg(body, E'\\n' order by sequence) as bodies, string_agg(leaf, '' order by sequence) as leaves,
  string_agg(concat_ws(' ', sequence, ${ISO('at')}, ${ISO('known_at')},
    coalesce(person::text, '-'), case when everybody then 'true' else 'false' end,
    coalesce(array_to_string(submissions, ','), '-')), E'\\n' order by sequence) as columns
from audit_entry
where log = $1 and sequence >= $2 and sequence < $3`;

/** The kept subtrees that become complete within the block. */
const SUBTREES_OF = `
select level, index, hash from audit_subtree
where log = $1 and (index + 1) * (1::bigint << level) > $2 and (index + 1) * (1::bigint << level) <= $3`;
