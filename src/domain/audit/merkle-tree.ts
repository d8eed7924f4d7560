/**
 * Hashes bytes to 32 bytes (SHA-256, or another of that length) and puts them in their place: an array for each would cost a fifth of the
 * hash. Handed in, since the domain knows no library.
 */
export type Hash = (bytes: Uint8Array, into: Uint8Array, at: number) => void;

/** A hash of the tree, 32 bytes. */
export type TreeHash = Uint8Array;

/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** What distinguishes an entry from two hashes put together: without it somebody could pass one off as the other (RFC 9162 §2.1.1). */
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;
/** A node as it is hashed: its prefix and two hashes. */
const PAIR_BYTES = 1 + 2 * HASH_BYTES;

/** Hashes entries and nodes of a tree as RFC 9162 §2.1.1 does. */
export interface TreeHasher {
  /** Of one entry's text. */
  leaf(text: string): TreeHash;
  node(left: TreeHash, right: TreeHash): TreeHash;
  /** Of a node whose hashes stand one behind the other, behind a byte that becomes its prefix; puts it in its place. */
  nodeOf(pair: Uint8Array, into: Uint8Array, at: number): void;
  /** Of a tree without entries. */
  readonly empty: TreeHash;
}

/** Makes the hashing of a tree out of a plain hash. */
export function treeHasher(hash: Hash): TreeHasher {
  const encoder = new TextEncoder();
  const hashed = (bytes: Uint8Array): TreeHash => {
    const into = new Uint8Array(HASH_BYTES);
    hash(bytes, into, 0);
    return into;
  };
  const pair = new Uint8Array(PAIR_BYTES);
  pair[0] = NODE_PREFIX;
  let room = new Uint8Array(1024);
  return {
    leaf: (text) => {
      // Three bytes a character are the most that UTF-8 needs.
      if (room.length < 1 + 3 * text.length) room = new Uint8Array(1 + 3 * text.length);
      room[0] = LEAF_PREFIX;
      const { written } = encoder.encodeInto(text, room.subarray(1));
      return hashed(room.subarray(0, 1 + written));
    },
    node: (left, right) => {
      pair.set(left, 1);
      pair.set(right, 1 + HASH_BYTES);
      return hashed(pair);
    },
    nodeOf: (bytes, into, at) => {
      bytes[0] = NODE_PREFIX;
      hash(bytes, into, at);
    },
    empty: hashed(new Uint8Array(0)),
  };
}

/** A tree as far as its root depends on it: how many entries, and the hashes of the complete subtrees that they make, the largest first. */
export interface TreeEdge {
  readonly size: number;
  readonly frontier: readonly TreeHash[];
}

/** The edge of a tree without entries. */
export const NO_ENTRIES: TreeEdge = { size: 0, frontier: [] };

/** A complete subtree: `2 ** level` entries, the `index`-th such group from the left. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Is it an edge that a tree of this size has? */
export const isEdge = ({ size, frontier }: TreeEdge): boolean =>
  Number.isSafeInteger(size) &&
  size >= 0 &&
  // As many as it has ones in binary; logarithms of sizes beyond 2^48 are not exact enough to tell.
  frontier.length === size.toString(2).replaceAll('0', '').length &&
  frontier.every(({ length }) => length === HASH_BYTES);

/** As many complete subtrees as there are in any tree whose size is a safe integer, and one more. */
const MOST_SUBTREES = 54;

/**
 * A tree that grows entry by entry, holding no more of it than its edge: the hashes of its complete subtrees one behind the other, so that the
 * last two are a node as it is hashed.
 */
export class GrowingTree {
  readonly #hasher: TreeHasher;
  readonly #onComplete: ((subtree: Subtree, hash: TreeHash) => void) | undefined;
  readonly #every: number;
  /** Behind a byte for the prefix of the first two. */
  readonly #hashes = new Uint8Array(1 + MOST_SUBTREES * HASH_BYTES);
  /** Of each place where two were joined, both, from the byte before. */
  readonly #pairs: Uint8Array[] = [];
  #subtrees: number;
  #size: number;

  /**
   * Throws a `RangeError` where the edge is none: what lies beyond an array of bytes is dropped without a word, so that a tree would grow
   * from it, to a wrong root.
   *
   * @param onComplete hears of every subtree of at least two entries as it becomes complete
   * @param every only of those whose level is a multiple of this
   */
  constructor(
    hasher: TreeHasher,
    edge: TreeEdge,
    onComplete?: (subtree: Subtree, hash: TreeHash) => void,
    every: number = 1,
  ) {
    if (!isEdge(edge)) throw new RangeError('no tree has such an edge');
    this.#hasher = hasher;
    this.#onComplete = onComplete;
    this.#every = every;
    this.#subtrees = edge.frontier.length;
    edge.frontier.forEach((hash, place) => this.#hashes.set(hash, 1 + place * HASH_BYTES));
    this.#size = edge.size;
  }

  /** Adds the hash of one entry, which stands at a place among bytes. */
  add(leaf: Uint8Array, from: number = 0): void {
    const hashes = this.#hashes;
    let at = 1 + this.#subtrees * HASH_BYTES;
    for (let index = 0; index < HASH_BYTES; index++) hashes[at + index] = leaf[from + index]!;
    let level = 0;
    // Each one at the end of the size in binary is a subtree that the new entry makes whole.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      at -= HASH_BYTES;
      this.#join((at - 1) / HASH_BYTES);
      level += 1;
      if (this.#onComplete && level % this.#every === 0) {
        this.#onComplete({ level, index: (rest - 1) / 2 }, hashes.slice(at, at + HASH_BYTES));
      }
    }
    this.#subtrees = (at - 1) / HASH_BYTES + 1;
    this.#size += 1;
  }

  /** Hashes what stands at a place and behind it into that place. */
  #join(place: number): void {
    const before = place * HASH_BYTES;
    // The prefix stands where the hash before them ends.
    const kept = this.#hashes[before]!;
    const pair = (this.#pairs[place] ??= this.#hashes.subarray(before, before + PAIR_BYTES));
    this.#hasher.nodeOf(pair, this.#hashes, before + 1);
    this.#hashes[before] = kept;
  }

  edge(): TreeEdge {
    const frontier = Array.from({ length: this.#subtrees }, (_, place) =>
      this.#hashes.slice(1 + place * HASH_BYTES, 1 + (place + 1) * HASH_BYTES),
    );
    return { size: this.#size, frontier };
  }

  /** The hash of all entries together. */
  root(): TreeHash {
    return rootOf(this.edge().frontier, this.#hasher);
  }
}

/** Puts the complete subtrees of a range together, the largest first: the smallest two first, as the tree does. */
export function rootOf(frontier: readonly TreeHash[], hasher: TreeHasher): TreeHash {
  return frontier.length === 0 ? hasher.empty : frontier.reduceRight((right, left) => hasher.node(left, right));
}

/** The complete subtrees that make up the entries from `start` to before `end`, where such a range is one of a tree's own. */
export function subtreesOf(start: number, end: number): Subtree[] {
  const found: Subtree[] = [];
  for (let at = start; at < end;) {
    const level = Math.floor(Math.log2(end - at));
    found.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return found;
}

/** Are two hashes the same? */
export const isSameHash = (one: TreeHash, other: TreeHash): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
