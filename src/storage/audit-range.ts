import pg from 'pg';
import {
  GrowingTree,
  HASH_BYTES,
  isSameHash,
  NO_ENTRIES,
  type Subtree,
  type TreeHash,
} from '../domain/audit/merkle-tree.ts';
import { EntryColumns } from './audit-columns.ts';
import { KEPT_LEVELS, isSha256, sha256Tree } from './audit-tree.ts';
import { copyOut } from './copy-out.ts';

/** A log is checked in ranges of `2 ** RANGE_LEVEL` entries, which are whole subtrees; the last may be shorter. */
export const RANGE_LEVEL = 13;

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

/** Some entries of a log that are to be checked. */
export interface AuditRange {
  readonly log: string;
  /** From which entry to before which; whole subtrees of `2 ** RANGE_LEVEL`, but for the last. */
  readonly start: number;
  readonly end: number;
  /** Sizes of the log within it, ascending, of which somebody holds the root. */
  readonly heldAt: readonly number[];
}

/** The largest complete subtrees of a range that make up its first entries. */
export interface RangeEdge {
  /** Of the log, with these entries. */
  readonly size: number;
  readonly frontier: readonly TreeHash[];
}

/** What became of checking a range. */
export interface RangeVerdict {
  /** The first thing that is wrong within it. */
  readonly fault: AuditFault | null;
  /** Its edge as far as it is sound. */
  readonly edge: RangeEdge;
  /** Its edge at each size that was asked for. */
  readonly held: readonly RangeEdge[];
}

/** Checks a range by itself: hashes each text, holds the columns against it, and the kept subtrees against the hashes. */
export async function checkRange(client: pg.ClientBase, range: AuditRange): Promise<RangeVerdict> {
  const { log, start, end } = range;
  const span = 2 ** KEPT_LEVELS;
  const kept = await client.query<{ index: string; hash: Buffer }>({
    ...SUBTREES_OF,
    values: [log, KEPT_LEVELS, start / span, Math.ceil(end / span)],
  });
  const check = new RangeCheck(range, new Map(kept.rows.map(({ index, hash }) => [Number(index), hash])));
  for await (const _ of copyOut(client, entriesOf(range), (bytes, at) => check.add(bytes, at), end - start + 1));
  return check.verdict();
}

const SUBTREES_OF = {
  name: 'audit-kept-subtrees',
  text: 'select index, hash from audit_subtree where log = $1 and level = $2 and index >= $3 and index < $4',
};

const entriesOf = ({ log, start, end }: AuditRange): string => `
select sequence, at, known_at, person, everybody, submissions, leaf, body from audit_entry
where log = ${pg.escapeLiteral(log)} and sequence >= ${start} and sequence < ${end}
order by sequence`;

/** Bytes of a field's length before it. */
const LENGTH = 4;
const SEQUENCE_BYTES = 8;
/** Before a text as it is hashed (RFC 9162 §2.1.1). */
const LEAF_PREFIX = 0;

class RangeCheck {
  readonly #range: AuditRange;
  readonly #columns = new EntryColumns();
  readonly #tree: GrowingTree;
  readonly #held: RangeEdge[] = [];
  #size: number;
  #fault: AuditFault | null = null;
  /** What came last, and the memory in which it lies. */
  #bytes: Buffer = Buffer.alloc(0);
  #memory: ArrayBufferLike = this.#bytes.buffer;

  /** @param kept hashes of the kept subtrees, by their index */
  constructor(range: AuditRange, kept: ReadonlyMap<number, Buffer>) {
    this.#range = range;
    this.#size = range.start;
    const span = 2 ** KEPT_LEVELS;
    const compare = ({ index }: Subtree, hash: TreeHash): void => {
      const sequence = range.start + index * span;
      const stands = kept.get(sequence / span);
      if (!stands || !isSameHash(stands, hash)) this.#fault ??= { sequence, what: 'RANGE', until: sequence + span };
    };
    // A range has no subtrees of twice that level.
    this.#tree = new GrowingTree(sha256Tree, NO_ENTRIES, compare, KEPT_LEVELS);
  }

  /** Takes the next entry, its fields from a place on as {@link entriesOf} has them. */
  add(bytes: Buffer, at: number): void {
    if (this.#fault) return;
    const columns = at + LENGTH + SEQUENCE_BYTES;
    if (wholeNumber(bytes, at + LENGTH) !== this.#size) return this.#blame('MISSING');
    let leaf = columns;
    for (let column = 0; column < SEARCHED_BY; column++) leaf = behind(bytes, leaf);
    const body = behind(bytes, leaf);
    const text = body + LENGTH;
    const end = text + bytes.readInt32BE(body);
    // The last byte of the text's length is not needed any more, and is where the prefix belongs.
    bytes[text - 1] = LEAF_PREFIX;
    const hash = leaf + LENGTH;
    if (bytes.readInt32BE(leaf) !== HASH_BYTES || !isSha256(this.#part(bytes, text - 1, end), bytes, hash)) {
      return this.#blame('ENTRY');
    }
    if (!this.#columns.agree(bytes, columns, text, end)) return this.#blame('COLUMNS');
    this.#tree.add(bytes, hash);
    this.#size += 1;
    if (!this.#fault && this.#range.heldAt[this.#held.length] === this.#size) this.#held.push(this.#edge());
  }

  /** Some of the bytes. A buffer's own `subarray` asks for its memory each time. */
  #part(bytes: Buffer, from: number, end: number): Uint8Array {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#memory = bytes.buffer;
    }
    return new Uint8Array(this.#memory, bytes.byteOffset + from, end - from);
  }

  verdict(): RangeVerdict {
    if (this.#size < this.#range.end) this.#blame('MISSING');
    return { fault: this.#fault, edge: this.#edge(), held: this.#held };
  }

  #edge(): RangeEdge {
    return { size: this.#size, frontier: this.#tree.edge().frontier };
  }

  #blame(what: AuditFault['what']): void {
    this.#fault ??= { sequence: this.#size, what };
  }
}

/** Columns that entries are searched by. */
const SEARCHED_BY = 5;

/** Where the field behind one begins, with its length. */
function behind(bytes: Buffer, at: number): number {
  return at + LENGTH + Math.max(bytes.readInt32BE(at), 0);
}

const wholeNumber = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
