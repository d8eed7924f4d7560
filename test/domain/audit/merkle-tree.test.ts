import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  GrowingTree,
  isEdge,
  NO_ENTRIES,
  subtreesOf,
  treeHasher,
  type Subtree,
  type TreeHash,
} from '../../../src/domain/audit/merkle-tree.ts';
import { consistencyProof, inclusionProof, isGrownFrom, isIncluded } from '../../../src/domain/audit/proofs.ts';

const hasher = treeHasher((bytes, into, at) => into.set(createHash('sha256').update(bytes).digest(), at));
const hex = (hash: TreeHash): string => Buffer.from(hash).toString('hex');

/** Inputs and roots of the reference implementation of certificate transparency (google/certificate-transparency, merkle tree tests). */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** A tree of so many entries, with the hash of every complete subtree. */
function grown(size: number): {
  tree: GrowingTree;
  hashes: (subtree: Subtree) => Promise<TreeHash>;
  leaves: TreeHash[];
} {
  const kept = new Map<string, TreeHash>();
  const tree = new GrowingTree(hasher, NO_ENTRIES, ({ level, index }, hash) => kept.set(`${level}/${index}`, hash));
  const leaves = Array.from({ length: size }, (_, index) => hasher.leaf(`entry ${index}`));
  leaves.forEach((leaf, index) => {
    kept.set(`0/${index}`, leaf);
    tree.add(leaf);
  });
  return { tree, leaves, hashes: async ({ level, index }) => kept.get(`${level}/${index}`)! };
}

describe('a growing tree', () => {
  it('has the roots that certificate transparency has for the same entries', () => {
    const tree = new GrowingTree(hasher, NO_ENTRIES);
    expect(hex(tree.root())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const roots = INPUTS.map((input) => {
      tree.add(hasher.leaf(Buffer.from(input, 'hex').toString()));
      return hex(tree.root());
    });
    expect(roots).toEqual(ROOTS);
  });

  it('goes on from its edge as if it had never been put away', () => {
    for (let size = 0; size <= 40; size++) {
      const { tree } = grown(size);
      expect(isEdge(tree.edge())).toBe(true);
      const again = new GrowingTree(hasher, tree.edge());
      again.add(hasher.leaf(`entry ${size}`));
      expect(hex(again.root())).toBe(hex(grown(size + 1).tree.root()));
    }
  });

  it('hashes text of any length and script as its UTF-8', () => {
    for (const text of ['', '高阳县', '𠮷'.repeat(2_000), 'x'.repeat(5_000)]) {
      const plain = createHash('sha256').update(Buffer.concat([Buffer.of(0), Buffer.from(text)]));
      expect(hex(hasher.leaf(text))).toBe(plain.digest('hex'));
    }
  });

  it.each<[why: string, size: number, frontier: number]>([
    ['a hash too many', 4, 2],
    ['one too few', 7, 2],
    ['less than nothing', -1, 0],
    ['no whole number', 1.5, 1],
    ['hashes of nothing', 0, 1],
    ['one of a size beyond all logs', 2 ** 50 - 1, 1],
  ])('has no edge with %s, nor goes on from it', (_why, size, frontier) => {
    const edge = { size, frontier: Array.from({ length: frontier }, () => hasher.empty) };
    expect(isEdge(edge)).toBe(false);
    expect(() => new GrowingTree(hasher, edge)).toThrow(RangeError);
  });

  it.each([31, 33, 0])('has no edge with a hash of %i bytes, nor goes on from it', (bytes) => {
    const edge = { size: 3, frontier: [hasher.empty, new Uint8Array(bytes)] };
    expect(isEdge(edge)).toBe(false);
    expect(() => new GrowingTree(hasher, edge)).toThrow(RangeError);
  });
});

const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 70];

describe('proofs', () => {
  it('show every entry of every tree, and nothing else', async () => {
    for (const size of SIZES) {
      const { tree, leaves, hashes } = grown(size);
      const head = { size, root: tree.root() };
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(index, size, hashes, hasher);
        expect(isIncluded(leaves[index]!, index, head, proof, hasher)).toBe(true);
        expect(isIncluded(hasher.leaf('another'), index, head, proof, hasher)).toBe(false);
        expect(isIncluded(leaves[index]!, index + 1, head, proof, hasher)).toBe(false);
        expect(isIncluded(leaves[index]!, index, { ...head, root: hasher.empty }, proof, hasher)).toBe(false);
        expect(isIncluded(leaves[index]!, index, head, [...proof, hasher.empty], hasher)).toBe(false);
        if (proof.length > 0) expect(isIncluded(leaves[index]!, index, head, proof.slice(1), hasher)).toBe(false);
      }
    }
  });

  it('show that a tree grew from every earlier one, and from no other', async () => {
    for (const size of SIZES) {
      const after = { size, root: grown(size).tree.root() };
      const { hashes } = grown(size);
      for (let before = 1; before <= size; before++) {
        const proof = await consistencyProof(before, size, hashes, hasher);
        const held = { size: before, root: grown(before).tree.root() };
        expect(isGrownFrom(held, after, proof, hasher)).toBe(true);
        expect(isGrownFrom({ ...held, root: hasher.leaf('rewritten') }, after, proof, hasher)).toBe(false);
        expect(isGrownFrom(held, { ...after, root: hasher.leaf('rewritten') }, proof, hasher)).toBe(false);
        expect(isGrownFrom(held, after, [...proof, hasher.empty], hasher)).toBe(false);
        if (before < size) expect(isGrownFrom(held, after, proof.slice(1), hasher)).toBe(false);
      }
    }
  });

  it.each([
    ['an entry that is not there', () => inclusionProof(3, 3, grown(3).hashes, hasher)],
    ['a tree that never was', () => consistencyProof(4, 3, grown(3).hashes, hasher)],
    ['a tree without entries', () => consistencyProof(0, 3, grown(3).hashes, hasher)],
  ])('are refused of %s', async (_why, prove) => {
    await expect(prove()).rejects.toThrow(RangeError);
  });

  it('parts a range as its tree is', () => {
    expect(subtreesOf(0, 11)).toEqual([
      { level: 3, index: 0 },
      { level: 1, index: 4 },
      { level: 0, index: 10 },
    ]);
  });
});
