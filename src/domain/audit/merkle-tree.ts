/** Hashes bytes to 32 bytes (SHA-256, or another of that length). Handed in, since the domain knows no library. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** A hash of the tree, 32 bytes. */
export type TreeHash = Uint8Array;

/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** What distinguishes an entry from two hashes put together: without it somebody could pass one off as the other (RFC 9162 §2.1.1). */
const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/** Hashes entries and nodes of a tree as RFC 9162 §2.1.1 does. */
export interface TreeHasher {
  /** Of one entry's text. */
  leaf(text: string): TreeHash;
  node(left: TreeHash, right: TreeHash): TreeHash;
  /** Of a tree without entries. */
  readonly empty: TreeHash;
}

/** Makes the hashing of a tree out of a plain hash. */
export function treeHasher(hash: Hash): TreeHasher {
  const encoder = new TextEncoder();
  const pair = new Uint8Array(1 + 2 * HASH_BYTES);
  pair[0] = NODE_PREFIX;
  let room = new Uint8Array(1024);
  return {
    leaf: (text) => {
      // Three bytes a character are the most that UTF-8 needs.
      if (room.length < 1 + 3 * text.length) room = new Uint8Array(1 + 3 * text.length);
      room[0] = LEAF_PREFIX;
      const { written } = encoder.encodeInto(text, room.subarray(1));
      return hash(room.subarray(0, 1 + written));
    },
    node: (left, right) => {
      pair.set(left, 1);
      pair.set(right, 1 + HASH_BYTES);
      return hash(pair);
    },
    empty: hash(new Uint8Array(0)),
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
  Number.isSafeInteger(size) && size >= 0 && frontier.length === subtreesOf(0, size).length;

/** A tree that grows entry by entry, holding no more of it than its edge. */
export class GrowingTree {
  readonly #hasher: TreeHasher;
  readonly #frontier: TreeHash[];
  readonly #onComplete: ((subtree: Subtree, hash: TreeHash) => void) | undefined;
  #size: number;

  /** @param onComplete hears of every subtree of at least two entries as it becomes complete */
  constructor(hasher: TreeHasher, edge: TreeEdge, onComplete?: (subtree: Subtree, hash: TreeHash) => void) {
    this.#hasher = hasher;
    this.#frontier = [...edge.frontier];
    this.#size = edge.size;
    this.#onComplete = onComplete;
  }

  /** Adds the hash of one entry. */
  add(leaf: TreeHash): void {
    let hash = leaf;
    let level = 0;
    // Each one at the end of the size in binary is a subtree that the new entry makes whole.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      hash = this.#hasher.node(this.#frontier.pop()!, hash);
      level += 1;
      this.#onComplete?.({ level, index: (rest - 1) / 2 }, hash);
    }
    this.#frontier.push(hash);
    this.#size += 1;
  }

  edge(): TreeEdge {
    return { size: this.#size, frontier: [...this.#frontier] };
  }

  /** The hash of all entries together. */
  root(): TreeHash {
    return rootOf(this.#frontier, this.#hasher);
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
