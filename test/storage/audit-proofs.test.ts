import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditEntry } from '../../src/domain/audit/audit-entry.ts';
import { isGrownFrom, isIncluded } from '../../src/domain/audit/proofs.ts';
import { GrowingTree, NO_ENTRIES } from '../../src/domain/audit/merkle-tree.ts';
import type { AuditProofs } from '../../src/flows/ports-audit.ts';
import { auditLog } from '../../src/storage/audit-log.ts';
import { sha256Tree } from '../../src/storage/audit-tree.ts';
import { auditProofs } from '../../src/storage/audit-proofs.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const LOG = '130628';
/** More than a subtree of the second kept kind. */
const SIZE = 66_000;
const BATCH = 5_000;
const PERSON = '018f0000-0000-7000-8000-000000000000';
const submissionOf = (index: number): string => `018f0000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;

let database: TestDatabase;
let proofs: AuditProofs;
beforeAll(async () => {
  database = await testDatabase();
  const log = auditLog(database.url);
  for (let from = 0; from < SIZE; from += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, SIZE - from) }, (_, index) => entryOf(from + index));
    await log.append(LOG, some);
  }
  await log.close();
  proofs = auditProofs(database.walled);
}, 120_000);
afterAll(() => database?.close());

const entryOf = (index: number) =>
  auditEntry({
    at: new Date(Date.UTC(2026, 0, 1) + index),
    actor: { client: '130628:tax', key: null, operator: null },
    request: `request ${index}`,
    operation: 'Test',
    // Before the receiving of each submission comes, by turns, a person whose row it brought and a job that was quicker: never shown.
    act: index % 3 === 1 ? 'decideTouched' : index % 2 === 0 ? 'receiveList' : 'receiveFile',
    person: index % 6 === 1 ? PERSON : null,
    submissions: index % 3 === 0 ? [] : [submissionOf(index - (index % 3))],
  });

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const ask = (question: Partial<Parameters<AuditProofs['prove']>[1]>) =>
  proofs.prove(LOG, { from: null, until: null, submission: null, ...question });

/** Roots of the log as it was at some sizes, by the plain tree. */
function rootsAt(sizes: readonly number[]): Map<number, Uint8Array> {
  const tree = new GrowingTree(sha256Tree, NO_ENTRIES);
  const roots = new Map<number, Uint8Array>();
  for (const { leaf } of stored) {
    tree.add(leaf);
    if (sizes.includes(tree.edge().size)) roots.set(tree.edge().size, tree.root());
  }
  return roots;
}
let stored: readonly { readonly leaf: Buffer }[] = [];

it('shows that each size grew out of each before, and no other root', async () => {
  stored = (await database.pool.query<{ leaf: Buffer }>('select leaf from audit_entry order by sequence')).rows;
  const sizes = [1, 2, 255, 256, 257, 4_097, 65_535, 65_536, 65_537, SIZE];
  const roots = rootsAt(sizes);
  for (const [nth, from] of sizes.entries()) {
    for (const until of sizes.slice(nth)) {
      const { head, consistency } = (await ask({ from, until }))!;
      expect(head).toEqual({ log: LOG, size: until, root: Buffer.from(roots.get(until)!).toString('hex') });
      const after = { size: until, root: bytes(head.root) };
      const shows = (root: Uint8Array): boolean =>
        isGrownFrom({ size: from, root }, after, consistency!.map(bytes), sha256Tree);
      expect([shows(roots.get(from)!), shows(sha256Tree.leaf('another'))]).toEqual([true, false]);
    }
  }
}, 60_000);

it.each([0, 255, 256, 65_535, 65_536, SIZE - 3].map((index) => index - (index % 3)))(
  'shows that the entry of a receiving is there, never one of a person or of a job: %i',
  async (index) => {
    const { head, entry } = (await ask({ submission: submissionOf(index) }))!;
    expect(entry).toMatchObject({ index: index + 2, text: expect.not.stringContaining('"person"') });
    const root = { size: head.size, root: bytes(head.root) };
    const inclusion = entry!.inclusion.map(bytes);
    expect(isIncluded(sha256Tree.leaf(entry!.text), index + 2, root, inclusion, sha256Tree)).toBe(true);
    expect(isIncluded(sha256Tree.leaf(`${entry!.text} `), index + 2, root, inclusion, sha256Tree)).toBe(false);
  },
);

it('shows no entry that came later, and nothing of a size that never was', async () => {
  expect(await ask({ submission: submissionOf(300), until: 302 })).toMatchObject({ entry: null });
  expect(await ask({ submission: submissionOf(300), until: 303 })).toMatchObject({ entry: { index: 302 } });
  expect(await ask({ until: SIZE + 1 })).toBeNull();
  expect(await ask({ from: 11, until: 10 })).toBeNull();
  expect(await proofs.prove('130600', { from: null, until: null, submission: null })).toMatchObject({
    head: { size: 0 },
    entry: null,
  });
});
