import { isSameHash, rootOf, subtreesOf, type Subtree, type TreeHash, type TreeHasher } from './merkle-tree.ts';

/** Gives the hash of a complete subtree, wherever it is kept. Asked for one after another. */
export type SubtreeHashes = (subtree: Subtree) => Promise<TreeHash>;

/** A range of entries, from `start` to before `end`. */
type Range = readonly [start: number, end: number];

/** The hash of the entries from `start` to before `end`, where such a range is one of a tree's own. */
export async function rangeHash(
  start: number,
  end: number,
  hashes: SubtreeHashes,
  hasher: TreeHasher,
): Promise<TreeHash> {
  const subtrees: TreeHash[] = [];
  for (const subtree of subtreesOf(start, end)) subtrees.push(await hashes(subtree));
  return rootOf(subtrees, hasher);
}

/**
 * The hashes by which anybody who holds one entry and the root of `size` entries can see that the entry is the `index`-th
 * (RFC 9162 §2.1.3.1), the lowest first.
 */
export async function inclusionProof(
  index: number,
  size: number,
  hashes: SubtreeHashes,
  hasher: TreeHasher,
): Promise<readonly TreeHash[]> {
  if (!(index >= 0 && index < size)) throw new RangeError('the tree has no such entry');
  return hashesOf(pathOf(index, [0, size]), hashes, hasher);
}

/**
 * The hashes by which anybody who holds the root of the first `before` entries can see that the root of `size` entries is that of the
 * same log grown longer (RFC 9162 §2.1.4.1). None where nothing was added.
 */
export async function consistencyProof(
  before: number,
  size: number,
  hashes: SubtreeHashes,
  hasher: TreeHasher,
): Promise<readonly TreeHash[]> {
  if (!(before > 0 && before <= size)) throw new RangeError('the tree was never of that size');
  return hashesOf(growthOf(before, [0, size], true), hashes, hasher);
}

/** Does the proof show that a leaf is the `index`-th of the `size` entries under the root (RFC 9162 §2.1.3.2)? */
export function isIncluded(
  leaf: TreeHash,
  index: number,
  { size, root }: { readonly size: number; readonly root: TreeHash },
  proof: readonly TreeHash[],
  hasher: TreeHasher,
): boolean {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return false;
  let [place, last] = [index, size - 1];
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = hasher.node(sibling, hash);
      // Without a right sibling a node goes up as it is, until it is somebody's right.
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      hash = hasher.node(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSameHash(hash, root);
}

/** A tree as somebody holds it: how many entries, and their root. */
export interface HeldRoot {
  readonly size: number;
  readonly root: TreeHash;
}

/** Does the proof show that the later tree is the earlier one with entries added (RFC 9162 §2.1.4.2)? */
export function isGrownFrom(
  before: HeldRoot,
  after: HeldRoot,
  proof: readonly TreeHash[],
  hasher: TreeHasher,
): boolean {
  if (!(before.size > 0 && before.size <= after.size)) return false;
  if (before.size === after.size) return proof.length === 0 && isSameHash(before.root, after.root);
  // A tree of a power of two is a subtree of the later one, so that its root need not be told.
  const [first, ...rest] = Number.isInteger(Math.log2(before.size)) ? [before.root, ...proof] : proof;
  if (!first || proof.length === 0) return false;
  let [place, last] = [before.size - 1, after.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [old, now] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [old, now] = [hasher.node(sibling, old), hasher.node(sibling, now)];
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      now = hasher.node(now, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && isSameHash(old, before.root) && isSameHash(now, after.root);
}

const half = (place: number): number => Math.floor(place / 2);

/** The largest power of two below the number of entries: where a tree is parted (RFC 9162 §2.1.1). */
const partedAt = (entries: number): number => 2 ** Math.floor(Math.log2(entries - 1));

function pathOf(index: number, [start, end]: Range): Range[] {
  if (end - start === 1) return [];
  const middle = start + partedAt(end - start);
  return index < middle
    ? [...pathOf(index, [start, middle]), [middle, end]]
    : [...pathOf(index, [middle, end]), [start, middle]];
}

function growthOf(before: number, [start, end]: Range, isWhole: boolean): Range[] {
  if (before === end) return isWhole ? [] : [[start, end]];
  const middle = start + partedAt(end - start);
  return before <= middle
    ? [...growthOf(before, [start, middle], isWhole), [middle, end]]
    : [...growthOf(before, [middle, end], false), [start, middle]];
}

async function hashesOf(
  ranges: readonly Range[],
  hashes: SubtreeHashes,
  hasher: TreeHasher,
): Promise<readonly TreeHash[]> {
  const found: TreeHash[] = [];
  for (const [start, end] of ranges) found.push(await rangeHash(start, end, hashes, hasher));
  return found;
}
