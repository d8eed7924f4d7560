import type { AuditEntry } from '../domain/audit/audit-entry.ts';
import { GrowingTree, HASH_BYTES, type Subtree, type TreeEdge, type TreeHash } from '../domain/audit/merkle-tree.ts';
import { plainArray, textArray } from './array-text.ts';
import { KEPT_LEVELS, sha256Tree } from './audit-tree.ts';

/** A head as it is kept. */
export interface HeadRow {
  readonly size: string;
  readonly frontier: Buffer;
}

/** The edge that a head says. Throws where it holds a part of a hash; whether it fits the size is for the tree to see. */
export function edgeOf({ size, frontier }: HeadRow): TreeEdge {
  if (frontier.length % HASH_BYTES !== 0) throw new Error('the head of the audit log is damaged');
  const hashes = Array.from({ length: frontier.length / HASH_BYTES }, (_, index) =>
    frontier.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );
  return { size: Number(size), frontier: hashes };
}

/** Entries on their way, and the log's edge behind them. */
export interface Batch {
  readonly values: readonly unknown[] & unknown[];
  readonly edge: TreeEdge;
  readonly root: Uint8Array;
}

/** Adds entries to the tree behind an edge: the values that {@link APPEND} takes, and the edge and root behind them. */
export function batchOf(
  log: string,
  before: TreeEdge,
  entries: readonly AuditEntry[],
  texts: readonly string[],
): Batch {
  const kept: { level: number; index: number; hash: Uint8Array }[] = [];
  const keep = (subtree: Subtree, hash: TreeHash): void => void kept.push({ ...subtree, hash });
  const tree = new GrowingTree(sha256Tree, before, keep, KEPT_LEVELS);
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
export const APPEND = {
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
